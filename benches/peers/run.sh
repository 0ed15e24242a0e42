#!/bin/sh
# Sets paraphe beside what an agency would otherwise use, on the same text, in one run on one machine:
#   - the usual chain: docxtpl fills a Word template, LibreOffice makes PDFs of all files in one call;
#   - Typst alone, from Python: PDF only, no DOCX, no codes, no signature fields.
#
#   benches/peers/run.sh PARAPHE CAMPAIGN [N]
#
# PARAPHE is a release binary, CAMPAIGN a campaign folder. The peers make N contracts (as many as the campaign has, unless
# given), from a template that is a DOCX of that campaign with its figures replaced by tags. For each contract paraphe makes
# one DOCX and three PDFs with page codes, the chain one DOCX and one PDF, Typst one PDF: hence one column per contract and one per
# PDF. CPU seconds are user + system of the command and its children: on a busy machine they are the sound figure. What is
# missing is installed: system packages with apt-get when run as root, Python packages in the cache folder
# ($PARAPHE_CACHE, or paraphe/ in the user's cache).
set -eu

usage="usage: run.sh PARAPHE CAMPAIGN [N]"
paraphe=${1:?$usage}
campaign=${2:?$usage}
here=$(cd "$(dirname "$0")" && pwd)
cache=${PARAPHE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/paraphe}/peers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

self=peers
. "$here/../../.ci/need.sh"
need python3 python3-venv
need soffice libreoffice-writer-nogui
need pdfinfo poppler-utils

if ! cmp -s "$here/requirements.txt" "$cache/requirements.txt"; then
    python3 -m venv "$cache"
    "$cache/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" || {
        echo "peers: the packages of requirements.txt could not be installed" >&2
        exit 2
    }
    cp "$here/requirements.txt" "$cache/requirements.txt"
fi
python="$cache/bin/python"
measure() { "$python" "$here/measure.py" "$work/table" "$@"; }

measure paraphe "$paraphe" generate "$campaign" --out "$work/paraphe" --jobs 1 --format pdf,docx
find "$work/paraphe" -name '*.docx' | LC_ALL=C sort >"$work/made"
made=$(wc -l <"$work/made" | tr -d ' ')
[ "$made" -gt 0 ] || { echo "peers: paraphe made no DOCX" >&2; exit 2; }
count=${3:-$made}

mkdir "$work/peers"
"$python" "$here/data.py" "$(head -n 1 "$work/made")" "$work/peers" "$count"
measure docxtpl "$python" "$here/docxtpl_fill.py" "$work/peers" "$work/docxtpl"
measure libreoffice soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to pdf \
    --outdir "$work/libreoffice" "$work"/docxtpl/*.docx
measure typst "$python" "$here/typst_alone.py" "$work/peers" "$work/typst"

"$python" "$here/ratios.py" "$work/table" "$made" "$count" "$work"
