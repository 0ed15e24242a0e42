"""Reads printed contracts back with programs that are not ours: zxing-cpp for the codes, poppler for text, pyHanko for fields.

Usage: pdf_pages.py FILE.pdf..., each with its page map FILE.pages.json beside it. Prints one line for each file and each fault;
exits with 1 on any fault.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import zxingcpp
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

DPI = 150  # the coarsest scan that must be read
TOLERANCE = 0.5  # mm
HOLDERS = {1: "établissement", 2: "CPAM", 3: "ARS"}


def judge(pdf):
    """Every fault of one file."""
    page_map = json.loads(pdf.with_suffix("").with_suffix(".pages.json").read_text())
    return [*codes(pdf, page_map), *texts(pdf, page_map), *fields(pdf, page_map)]


def codes(pdf, page_map):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", str(DPI), "-gray", pdf, f"{folder}/p"], check=True, stderr=subprocess.DEVNULL)
        pictures = sorted(pathlib.Path(folder).iterdir())
        if len(pictures) != len(page_map["pages"]):
            yield f"{len(pictures)} pages, the map has {len(page_map['pages'])}"
        for picture, page in zip(pictures, page_map["pages"]):
            found = {code.text: code for code in zxingcpp.read_barcodes(Image.open(picture))}
            expected = {code["payload"]: code["area"] for code in page["codes"]}
            if found.keys() != expected.keys():
                yield f"page {page['number']}: codes {sorted(found)}, expected {sorted(expected)}"
            for payload in found.keys() & expected.keys():
                corner = found[payload].position.top_left
                area = expected[payload]
                off = max(abs(corner.x / DPI * 25.4 - area["x"] / 1000), abs(corner.y / DPI * 25.4 - area["y"] / 1000))
                if off > TOLERANCE:
                    yield f"page {page['number']}: code {payload} is {off:.2f} mm away from its area"


def texts(pdf, page_map):
    output = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    pages = output.split("\f")[:-1]
    number, total = page_map["exemplaire"], len(page_map["pages"])
    for index, text in enumerate(pages, 1):
        for wanted in (
            f"CAQES {page_map['contract']}",
            f"version {page_map['version']}",
            f"exemplaire {number}/3 – {HOLDERS[number]}",
            f"page {index}/{total}",
            "Paraphes",
        ):
            if wanted not in text:
                yield f"page {index}: no text `{wanted}`"


def fields(pdf, page_map):
    with pdf.open("rb") as file:
        reader = PdfFileReader(file)
        found = {name: (value, ref.get_object()) for name, value, ref in enumerate_sig_fields(reader)}
    boxes = {box["field"]: (box["area"], page["number"]) for page in page_map["pages"] for box in page["boxes"]}
    names = {"signature_etablissement", "signature_cpam", "signature_ars"}
    if found.keys() != names or boxes.keys() != names:
        yield f"fields {sorted(found)}, boxes {sorted(boxes)}"
    for name in found.keys() & boxes.keys():
        value, widget = found[name]
        if value is not None:
            yield f"field {name} is not empty"
        area = boxes[name][0]
        left, bottom, right, top = (float(x) / 72 * 25.4 for x in widget["/Rect"])
        expected = (area["x"], 297_000 - area["y"] - area["height"], area["x"] + area["width"], 297_000 - area["y"])
        if any(abs(got - want / 1000) > 0.01 for got, want in zip((left, bottom, right, top), expected)):
            yield f"field {name} is not on its box"


def main(files):
    faulty = not files
    for file in map(pathlib.Path, files):
        try:
            faults = list(judge(file))
        except Exception as unreadable:  # a file that a judge cannot even open is a faulty file
            faults = [f"{type(unreadable).__name__}: {unreadable}"]
        print(f"{'pages':8} {'REFUSED' if faults else 'read':10} {file.name}")
        for fault in faults:
            print(f"  {fault}")
        faulty |= bool(faults)
    return int(faulty)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
