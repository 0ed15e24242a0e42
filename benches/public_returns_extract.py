"""Takes the PDF files (and messages) of a bare git mirror, one by one, because a mirror may lack its largest blobs.

Usage: public_returns_extract.py MIRROR PATTERN TARGET [BYTES]. PATTERN is searched in each path; files of more than BYTES (8 MB) stay behind.
"""

import re
import subprocess
import sys
from pathlib import Path


def main(mirror, pattern, target, most="8000000"):
    git = ["git", "-C", mirror]
    listing = subprocess.run([*git, "ls-tree", "-r", "-z", "-l", "HEAD"], capture_output=True, check=True).stdout
    taken = absent = large = total = 0
    for line in listing.split(b"\0"):
        if not line:
            continue
        head, path = line.decode("utf-8", "surrogateescape").split("\t", 1)
        _, kind, blob, size = head.split()
        if kind != "blob" or not re.search(pattern, path):
            continue
        if not size.isdigit():
            absent += 1
            continue
        if int(size) > int(most):
            large += 1
            continue
        file = Path(target) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(subprocess.run([*git, "cat-file", "blob", blob], capture_output=True, check=True).stdout)
        taken += 1
        total += int(size)
    print(f"{target}: {taken} files, {total / 1e6:.1f} MB; {absent} absent from the mirror, {large} too large")


if __name__ == "__main__":
    main(*sys.argv[1:])
