#!/usr/bin/env bash
# Piles of scans: taken apart into the sets that were put into them, and written as files that another program finds sound, with the
# pictures as they were scanned.
#
#   .ci/judges/piles.sh PARAPHE LABORATOIRE
set -euo pipefail
paraphe=$1 laboratoire=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

missing=()
command -v qpdf >/dev/null || missing+=(qpdf)
command -v pdfimages >/dev/null || missing+=(poppler-utils)
if [ ${#missing[@]} -gt 0 ]; then
    echo "installing ${missing[*]}" >&2
    apt-get update -q >&2 && apt-get install -qy --no-install-recommends "${missing[@]}" >&2
fi

cp -r "$here/../../tests/fixtures/retours/campagne" "$work/campagne"
python3 "$here/../../benches/paper_piles.py" "$paraphe" "$laboratoire" "$work/campagne" "$work/piles" --few | tee "$work/said"
! grep -q "found \[" "$work/said" || { echo "a pile was not taken apart as it was put together"; exit 1; }

pairs=()
for pile in "$work"/piles/*/pile.pdf; do
    # Exit status 1 says that some set is not accepted, as it should be.
    SOURCE_DATE_EPOCH=1781524800 "$paraphe" verify "$work/campagne" "$pile" --split "$pile.sets" >/dev/null || [ $? = 1 ]
    for set in "$pile.sets"/*.pdf; do pairs+=("$pile" "$set"); done
done
"$here/split.sh" "${pairs[@]}"
echo "$((${#pairs[@]} / 2)) sets written and found sound"
