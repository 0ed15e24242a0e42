"""Page codes as paraphe, ZXing and zbar read them, on the same scans in one run.

    paper_codes.py PAPER FOLDER [--pages 40] [--seed 1]

PAPER is the example of this name; FOLDER holds scans of the laboratory with their truth. So many of them are drawn by the seed (`--pages 0`
takes all), and one table tells for each reader on how many pages it read a code, both codes and a wrong one, and its CPU time a page.

The pictures are decoded before. ZXing and zbar get them in grey, zbar as a PNG: the time that it takes for an empty one is taken off.
"""

import argparse
import json
import pathlib
import random
import resource
import subprocess
import tempfile
import time

import numpy
import zxingcpp
from PIL import Image


def sample(folder, pages, seed):
    """The scans, or so many of them: the same ones for the same seed."""
    scans = sorted(path for path in pathlib.Path(folder).glob("*.pdf") if path.with_suffix(".json").exists())
    if pages and pages < len(scans):
        scans = sorted(random.Random(seed).sample(scans, pages))
    return scans


def paraphe(paper, scans):
    """What paraphe reads on each scan, and CPU seconds."""
    said = subprocess.run([paper, "codes", *map(str, scans)], check=True, capture_output=True, text=True).stdout
    return [(line["codes"], line["ms"] / 1000) for line in map(json.loads, said.splitlines())]


def zbar(path):
    """What zbar reads, and the CPU seconds of its process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", path]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return said, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def zxing(pixels):
    """What ZXing reads, and its CPU seconds."""
    start = time.process_time()
    found = zxingcpp.read_barcodes(pixels, formats=zxingcpp.BarcodeFormat.QRCode)
    return [one.text for one in found], time.process_time() - start


def others(scan, work, blanks):
    """What ZXing and zbar read on a scan, and CPU seconds."""
    subprocess.run(["pdfimages", "-png", "-l", "1", scan, f"{work}/page"], check=True)
    path = f"{work}/page.png"
    picture = Image.open(f"{work}/page-000.png").convert("L")
    picture.save(path, compress_level=1)
    if picture.size not in blanks:
        Image.new("L", picture.size, 255).save(f"{work}/blank.png", compress_level=1)
        blanks[picture.size] = zbar(f"{work}/blank.png")[1]
    said, spent = zbar(path)
    return zxing(numpy.asarray(picture)), (said, max(0.0, spent - blanks[picture.size]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paper")
    parser.add_argument("folder")
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    order = parser.parse_args()
    scans = sample(order.folder, order.pages, order.seed)
    readers = {"paraphe": paraphe(order.paper, scans), "ZXing": [], "zbar": []}
    blanks = {}
    with tempfile.TemporaryDirectory() as work:
        for scan in scans:
            for name, result in zip(("ZXing", "zbar"), others(scan, work, blanks)):
                readers[name].append(result)
    print(f"{len(scans)} pages of {order.folder}, seed {order.seed}\n")
    print("| reader | a code | both | wrong | CPU ms a page |\n|---|---|---|---|---|")
    for name, results in readers.items():
        one = both = wrong = 0
        for scan, (said, _) in zip(scans, results):
            printed = json.loads(scan.with_suffix(".json").read_text())["printed"]
            own = f"CQ1:{printed['contract']}:{printed['version']}:{printed['exemplaire']}/3:{printed['page']:02}/"
            right = {code for code in said if code.startswith(own)}
            one += bool(right)
            both += len(right) == 2
            wrong += any(code.startswith("CQ1:") and code not in right for code in said)
        spent = sum(seconds for _, seconds in results)
        print(f"| {name} | {one} | {both} | {wrong} | {spent * 1000 / max(1, len(scans)):.1f} |")


main()
