#!/usr/bin/env bash
# How well returned paper is read, and what it costs, on campaigns of the scan laboratory; and the reading of page codes beside
# zbar and ZXing on the same pages.
#
#   benches/paper.sh LABORATOIRE PAPER CONTRACTS WORK [PYTHON]
#
# LABORATOIRE and PAPER are the examples of these names, built in release; CONTRACTS the folder `contrats` of the sample `region-2022`,
# which `paraphe generate` writes; WORK a folder that keeps the scans (about 600 MB). PYTHON is one that has zxing-cpp, numpy and pillow.
# Poppler and zbar-tools must be there. Contracts 1 to 100 are for tuning; the others, two thirds of them in other fonts, are held out.
set -euo pipefail
laboratoire=$1 paper=$2 contracts=$3 work=$4 python=${5:-}
fonts=${FONTS:-/usr/share/fonts/truetype}
mkdir -p "$work"

held=$work/hold-contrats
if [ ! -d "$held" ]; then
    mkdir -p "$held"
    "$laboratoire" refont --contracts "$contracts" --from 117 --to 132 --out "$held" \
        --regular "$fonts/liberation/LiberationSerif-Regular.ttf" --bold "$fonts/liberation/LiberationSerif-Bold.ttf"
    "$laboratoire" refont --contracts "$contracts" --from 133 --to 148 --out "$held" \
        --regular "$fonts/dejavu/DejaVuSansCondensed.ttf" --bold "$fonts/dejavu/DejaVuSansCondensed-Bold.ttf"
    find "$contracts" -mindepth 1 -maxdepth 1 -type d | sort | sed -n 101,116p | while read -r contract; do
        cp -r "$contract" "$held/"
    done
fi

# Pages that were made before are kept: a campaign that was interrupted goes on.
"$laboratoire" campaign --contracts "$contracts" --from 1 --to 100 --seed 1 --honest 10 --altered 1 --signed 4 --out "$work/tuning"
"$laboratoire" campaign --contracts "$held" --from 1 --to 48 --seed 20261122 --honest 14 --altered 2 --signed 6 --out "$work/hold"

echo "load: $(cut -d' ' -f1-3 /proc/loadavg)"
"$paper" "$contracts" "$work/tuning"
"$paper" "$held" "$work/hold"

[ -n "$python" ] || exit 0
"$python" "$(dirname "$0")/paper_codes.py" "$paper" "$work/hold"
