#!/bin/sh
# Lets outside programs judge every DOCX below a folder:
#   1. Microsoft's Open XML SDK (schema and semantics of every part), as packaged for Node in @ooxml-tools/validate;
#   2. LibreOffice opens it and makes a PDF of it;
#   3. its text is the text of the PDF of the same contract, when `<name>*.pdf` stands beside `<name>.docx`.
# It takes about two seconds of CPU a file. First of all a file with a planted fault must be refused: a judge that accepts everything is no judge.
#
#   .ci/judges/docx.sh DIR
#
# What is missing is installed: system packages with apt-get when run as root, the validator into the cache folder
# ($PARAPHE_CACHE, or paraphe/ in the user's cache). Exit status: 0 all accepted, 1 something refused, 2 could not judge.
set -eu

dir=${1:?usage: docx.sh DIR}
here=$(cd "$(dirname "$0")" && pwd)/docx
cache=${PARAPHE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/paraphe}/ooxml-validate-0.4.6
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

self=docx
. "$here/../../need.sh"
need python3 python3
need node nodejs
need npm npm
need soffice libreoffice-writer-nogui
need pdftotext poppler-utils

if [ ! -d "$cache/node_modules/@ooxml-tools/validate" ]; then
    mkdir -p "$cache"
    npm install --silent --no-audit --no-fund --prefix "$cache" @ooxml-tools/validate@0.4.6 >"$work/npm.log" 2>&1 || {
        echo "docx: cannot judge: @ooxml-tools/validate@0.4.6 could not be installed from the npm registry" >&2
        exit 2
    }
fi
cp "$here/validate.mjs" "$cache/validate.mjs"

find "$dir" -name '*.docx' ! -name '~$*' | LC_ALL=C sort >"$work/files"
count=$(wc -l <"$work/files" | tr -d ' ')
[ "$count" -gt 0 ] || { echo "docx: no DOCX below $dir" >&2; exit 2; }
status=0

# The same file with a child of a paragraph's properties out of order, with half of the body missing, and with a word added.
first=$(head -n 1 "$work/files")
mkdir "$work/bad"
python3 "$here/spoil.py" "$first" "$work/bad"
for spoilt in "$work"/bad/order.docx "$work"/bad/cut.docx; do
    if echo "$spoilt" | node "$cache/validate.mjs" >/dev/null 2>&1; then
        echo "docx: the validator accepted $(basename "$spoilt"), which is spoilt" >&2
        exit 2
    fi
done

echo "docx: $count files, Open XML SDK"
node "$cache/validate.mjs" <"$work/files" || status=1

echo "docx: $count files, LibreOffice"
mkdir "$work/pdf"
n=0
while read -r file; do
    n=$((n + 1))
    cp "$file" "$work/pdf/$n.docx"
done <"$work/files"
soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to pdf --outdir "$work/pdf" "$work"/pdf/*.docx \
    >"$work/soffice.log" 2>&1 || true

n=0
while read -r file; do
    n=$((n + 1))
    if [ ! -s "$work/pdf/$n.pdf" ]; then
        echo "  refused by LibreOffice: $file" >&2
        status=1
        continue
    fi
    python3 "$here/compare.py" "$file" "$work/pdf/$n.pdf" || status=1
    for pdf in "${file%.docx}"*.pdf; do
        [ -e "$pdf" ] || continue
        if [ "$n" -eq 1 ] && python3 "$here/compare.py" "$work/bad/word.docx" "$pdf" >/dev/null 2>&1; then
            echo "docx: the comparison accepted a changed word" >&2
            exit 2
        fi
        python3 "$here/compare.py" "$file" "$pdf" || status=1
    done
done <"$work/files"

[ "$status" -eq 0 ] && echo "docx: $count accepted"
exit "$status"
