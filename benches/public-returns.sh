#!/usr/bin/env bash
# What paraphe says of signed and changed PDF files that others have published: no panic, no hang, and a table of verdicts. None of the
# files is ours: they are run against, and none is committed (DSS is LGPL-2.1, pdf.js Apache-2.0, pyHanko and PDFCAB MIT, pdf-attacker
# states no licence).
#
#   benches/public-returns.sh get FOLDER            clones the repositories (bare, newest commit) and takes their PDF files out
#   benches/public-returns.sh get FOLDER MIRRORS    the same from bare clones that are already there, as MIRRORS/<owner>+<name>/repo
#   benches/public-returns.sh run FOLDER PARAPHE    judges them all with the campaign of tests/fixtures/retours; prints the table
#
# The verdicts in docs/ are of: esig/dss d9473b8 (2026-04-15), MatthiasValvekens/pyHanko 7db4e6f (2026-08-22), RUB-NDS/pdf-attacker 836ec17
# (2020-12-02), SybilGambleyyu/pdf-change-benchmark 98047e7 (2026-08-07), mozilla/pdf.js 0f26334 (2026-08-21).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 2 ] || { echo "usage: $0 get FOLDER [MIRRORS] | run FOLDER PARAPHE" >&2; exit 2; }
what=$1 folder=$2

# Repository, folder, and which of its files.
sets() {
    cat <<'SETS'
esig/dss dss ^(dss-pades|dss-pdfa|dss-validation|dss-test)[^/]*/src/(test|main)/resources/.*\.(pdf|PDF)$
MatthiasValvekens/pyHanko pyhanko \.pdf$
RUB-NDS/pdf-attacker pdf-attacker \.pdf$
SybilGambleyyu/pdf-change-benchmark pdfcab ^src/pdfcab/fixtures/
mozilla/pdf.js pdfjs ^test/pdfs/.*\.pdf$
SETS
}

case $what in
get)
    mirrors=${3-}
    mkdir -p "$folder"
    sets | while read -r repository name pattern; do
        if [ -n "$mirrors" ]; then
            mirror=$mirrors/${repository/\//+}/repo
        else
            mirror=$folder/.mirrors/$name
            [ -d "$mirror" ] || git clone --quiet --bare --depth 1 "https://github.com/$repository" "$mirror"
        fi
        python3 "$here/public_returns_extract.py" "$mirror" "$pattern" "$folder/$name"
    done
    ;;
run)
    python3 "$here/public_returns_run.py" "$folder" "$3" "$here/../tests/fixtures/retours/campagne"
    ;;
*)
    echo "$0: neither get nor run" >&2
    exit 2
    ;;
esac
