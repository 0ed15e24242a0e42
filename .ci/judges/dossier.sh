#!/usr/bin/env bash
# Judges what a campaign keeps, by programs that are not ours: its archive (ocfl-py), its register (Python's sqlite3 and hashlib), a
# contract exported from it (bagit-python) and the certificate that goes with it (qpdf, veraPDF).
#
#   .ci/judges/dossier.sh PARAPHE CAMPAIGN      (contracts were generated there)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
[ $# = 2 ] && [ -x "$1" ] && [ -d "$2/archive" ] || { echo "usage: $0 PARAPHE CAMPAIGN" >&2; exit 2; }
paraphe=$1 campaign=$2
cache=${PARAPHE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/paraphe}/judges
"$here/archive.sh" --install
bin=$cache/archive-venv/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

contract=$(basename "$(find "$campaign/archive" -mindepth 1 -maxdepth 1 -name '*-20*' | sort | head -1)")
# With a piece, so that every table of the register has a row.
"$paraphe" record "$campaign" propose --all --day 2022-06-01 --moyen courriel --piece "$campaign/campagne.yaml" >/dev/null
"$paraphe" archive verify "$campaign" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
"$paraphe" register verify "$campaign" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }

"$bin/python" "$bin/ocfl-root.py" validate --root "$campaign/archive" --validate-objects --check-digests >"$work/said" 2>&1
grep -q "Storage root .* is VALID" "$work/said" || { cat "$work/said"; exit 1; }
echo "archive  valid      $(grep -c . <(ls "$campaign/archive")) entries of the campaign's own root"

"$here/register.sh" "$campaign"

"$paraphe" archive export "$campaign" "$contract" --out "$work/bag" >/dev/null
"$bin/python" "$bin/bagit.py" --validate "$work/bag" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
echo "bag      valid      $contract"
mkdir "$work/certificate" && cp "$work/bag/data/certificat-integrite.pdf" "$work/certificate/"
"$here/pdf.sh" --notes "$work/certificate"
