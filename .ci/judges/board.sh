#!/usr/bin/env bash
# Judges the board, by programs that are not ours: Microsoft's Open XML SDK and LibreOffice on the workbook, axe-core in Chromium on the
# page. First of all a page with planted faults must be refused: a judge that accepts everything is no judge.
#
#   .ci/judges/board.sh PARAPHE EXAMPLE      (EXAMPLE: the example `tableau`)
#
# What is missing is installed, as in docx.sh. Exit status: 0 accepted, 1 refused, 2 could not judge.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
[ $# = 2 ] && [ -x "$1" ] && [ -x "$2" ] || { echo "usage: $0 PARAPHE EXAMPLE" >&2; exit 2; }
paraphe=$(realpath "$1") example=$(realpath "$2")
cache=${PARAPHE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/paraphe}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

self=board
. "$here/../need.sh"
need node nodejs
need npm npm
need chromium chromium
need soffice libreoffice-calc-nogui
need pdftotext poppler-utils

# npm_install FOLDER PACKAGE…
npm_install() {
    local folder=$1
    shift
    mkdir -p "$folder"
    npm install --silent --no-audit --no-fund --prefix "$folder" "$@" >"$work/npm.log" 2>&1 || {
        echo "board: cannot judge: $* could not be installed from the npm registry" >&2
        exit 2
    }
}
pages=$cache/axe-4.14.1
[ -d "$pages/node_modules/axe-core" ] || npm_install "$pages" puppeteer-core@25.16.0 axe-core@4.14.1
cp "$here/board/axe.mjs" "$pages/axe.mjs"
office=$cache/ooxml-validate-0.4.6
[ -d "$office/node_modules/@ooxml-tools/validate" ] || npm_install "$office" @ooxml-tools/validate@0.4.6
cp "$here/docx/validate.mjs" "$office/validate.mjs"

# A campaign at every step, one that has nothing, and one contract whose archive is gone.
"$example" "$work/campaign" 60 >/dev/null
mkdir "$work/empty"
rm -r "$(find "$work/campaign/archive" -mindepth 1 -maxdepth 1 -type d | sort | sed -n 3p)"
for name in campaign empty; do
    for format in html xlsx; do "$paraphe" status "$work/$name" --format "$format" --out "$work/$name.$format"; done
done

# No language, and words that cannot be seen.
sed 's/<html lang="fr">/<html>/; s/--discret: #4b5560/--discret: #d0d0d0/' "$work/campaign.html" >"$work/spoilt.html"
if node "$pages/axe.mjs" "$(command -v chromium)" "$work/spoilt.html" 2>"$work/said"; then
    echo "board: axe accepted a page without language and without contrast" >&2
    exit 2
fi
grep -q html-has-lang "$work/said" && grep -q color-contrast "$work/said" || { cat "$work/said"; exit 2; }
node "$pages/axe.mjs" "$(command -v chromium)" "$work/campaign.html" "$work/empty.html"
echo "page      clean      axe-core, at 1280 and 375 px; nothing is asked of the network"

printf '%s\n' "$work/campaign.xlsx" "$work/empty.xlsx" | node "$office/validate.mjs"
(cd "$work" && soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to pdf campaign.xlsx empty.xlsx >"$work/said" 2>&1) || true
for name in campaign empty; do
    [ -s "$work/$name.pdf" ] || { echo "board: LibreOffice could not read $name.xlsx"; cat "$work/said"; exit 1; }
done
pdftotext -layout "$work/campaign.pdf" "$work/text"
# Read back from the print: the total, one stage, one party.
for line in 'Contrats +60' 'reçu +15' 'Exemplaire 1, CPAM +55 +0 +0 +0 +0 +5'; do
    grep -qE "$line" "$work/text" || { echo "board: « $line » is not in the printed workbook"; exit 1; }
done
if grep -qE '#(REF|VALUE|NAME|####)' "$work/text"; then echo "board: a cell of the printed workbook cannot be read"; exit 1; fi
echo "workbook  accepted   Open XML SDK, LibreOffice; its numbers are those of the register"
