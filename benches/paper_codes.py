"""Page codes as zbar and ZXing read them, on the scans of a campaign: how many pages have one code, both, a wrong one, and CPU time.

Both get the page as PNG, in grey; zbar is timed with its own reading of the PNG, and the time of an empty page is taken off it.
"""

import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy
import zxingcpp
from PIL import Image

folder = pathlib.Path(sys.argv[1])
scans = sorted(folder.glob("*.pdf"))


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


totals = {name: [0, 0, 0, 0.0] for name in ("zbar", "ZXing")}
with tempfile.TemporaryDirectory() as work:
    for scan in scans:
        printed = json.loads(scan.with_suffix(".json").read_text())["printed"]
        subprocess.run(["pdfimages", "-png", scan, f"{work}/page"], check=True)
        path = f"{work}/page.png"
        picture = Image.open(f"{work}/page-000.png").convert("L")
        picture.save(path, compress_level=1)
        blank = f"{work}/blank.png"
        Image.new("L", picture.size, 255).save(blank, compress_level=1)
        own = f"CQ1:{printed['contract']}:{printed['version']}:{printed['exemplaire']}/3:{printed['page']:02}/"
        said, spent = zbar(path)
        spent -= zbar(blank)[1]
        results = {"zbar": (said, spent), "ZXing": zxing(numpy.asarray(picture))}
        for name, (said, spent) in results.items():
            right = {one for one in said if one.startswith(own)}
            wrong = {one for one in said if one.startswith("CQ1:")} - right
            total = totals[name]
            total[0] += bool(right)
            total[1] += len(right) == 2
            total[2] += bool(wrong)
            total[3] += spent
for name, (one, both, wrong, spent) in totals.items():
    count = len(scans)
    print(f"{name}: a code {one}/{count}, both {both}/{count}, wrong {wrong}, {spent * 1000 / count:.1f} ms a page")
