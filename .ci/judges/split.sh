#!/usr/bin/env bash
# Files that were split (`FILE SPLIT` pairs as arguments): another program finds each sound, and in it the pictures of the file, as they
# were encoded there, byte by byte.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The pictures of a PDF as they are encoded, by their digests: a set has some of the file's pages, in their order.
pictures() {
    mkdir -p "$work/$2"
    pdfimages -all "$1" "$work/$2/p"
    find "$work/$2" -type f -exec sha256sum {} + | cut -d' ' -f1 | sort
}

while [ $# -ge 2 ]; do
    qpdf --check "$2" >"$work/said" || { cat "$work/said"; exit 1; }
    if [ "$(head -c 5 "$1")" = '%PDF-' ]; then
        rm -rf "$work/before" "$work/after"
        lost=$(comm -13 <(pictures "$1" before) <(pictures "$2" after))
        [ -z "$lost" ] || { echo "$2: has pictures that $1 has not"; exit 1; }
    fi
    shift 2
done
