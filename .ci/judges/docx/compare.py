"""Says whether the text of a DOCX is the text of a PDF.

Both are read by others than us (Python's XML parser, poppler). Each paragraph and each cell of the DOCX must be in the PDF, and each
word of the PDF in the DOCX. Letters and digits count; spaces, line ends and hyphens do not, since lines are cut at other places. Margins
are left out.
"""

import re
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum() or c in "%€<>&*+=")


def docx_lines(path: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The paragraphs of the body, each with and without what is raised, and the lines of the table of contents, whose page
    numbers are each program's own."""
    with zipfile.ZipFile(path) as archive:
        body = ET.fromstring(archive.read("word/document.xml"))
    lines, contents = [], []
    merged = {p for cell in body.iter(f"{W}tc") if cell.find(f"{W}tcPr/{W}vMerge") is not None for p in cell.iter(f"{W}p")}
    for paragraph in body.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        runs = list(paragraph.iter(f"{W}r"))
        line = said(runs)
        if style is not None and style.get(f"{W}val", "").startswith("TOC"):
            contents.append(line)
        elif letters(line) and paragraph in merged:
            # poppler reads a cell merged over rows line by line, between those of the cells beside it: word by word, then.
            lines.extend((word, "") for word in line.split() if letters(word))
        elif letters(line):
            lines.append((line, said(run for run in runs if run.find(f"{W}rPr/{W}vertAlign") is None)))
    return lines, contents


def said(runs) -> str:
    """The text of runs; a line break is a space, as between the lines of the PDF."""
    pieces = (piece for run in runs for piece in run if piece.tag in (f"{W}t", f"{W}br"))
    return "".join(" " if piece.tag == f"{W}br" else piece.text or "" for piece in pieces)


def pdf_text(path: str) -> str:
    """The text between the margins of each page (A4 at 72 dots an inch, from 27 to 268 mm), without what is not the contract's."""
    crop = ["-r", "72", "-x", "0", "-y", "76", "-W", "595", "-H", "684"]
    text = subprocess.run(["pdftotext", *crop, path, "-"], check=True, capture_output=True, text=True).stdout
    text = re.sub(r"\s+", " ", text)
    # Leaders and page numbers of the table of contents.
    return re.sub(r"(\. ?){4,} *\d*", " ", text)


def main() -> int:
    docx, pdf = sys.argv[1], sys.argv[2]
    lines, contents = docx_lines(docx)
    text = pdf_text(pdf)
    faults = [f"not in {pdf}: {line[:120]}" for line in missing(lines, letters(text))]
    known = letters("".join([line for line, _ in lines] + contents))
    strange = [word for word in text.split() if letters(word) and letters(word) not in known]
    if strange:
        faults.append(f"only in {pdf}: {' '.join(strange[:20])}")
    for fault in faults[:10]:
        print(f"  {docx}: {fault}", file=sys.stderr)
    return 1 if faults else 0


def missing(lines: list[tuple[str, str]], text: str) -> list[str]:
    """The lines that are not there as often as they should be; a raised « er » may have slipped behind the line."""
    found = []
    for (line, flat), count in Counter(lines).items():
        wanted = letters(line)
        if flat == "" and (wanted in text or halves(wanted, text)):
            continue
        if text.count(wanted) < count and not in_pieces(wanted, text) and not in_pieces(letters(flat), text):
            found.append(line)
    return found


def in_pieces(wanted: str, text: str) -> bool:
    """Whether a line is there in pieces: cut by a page, with a header row printed again in between, or by the cells beside it."""
    start = pieces = 0
    while start < len(wanted):
        size = len(wanted) - start
        while size > 0 and wanted[start : start + size] not in text:
            size -= 1
        if size < min(8, len(wanted) - start) or size == 0:
            return False
        start += size
        pieces += 1
    return 1 < pieces <= max(3, len(wanted) // 12)


def halves(wanted: str, text: str) -> bool:
    """Whether a word is there cut in two by hyphenation, with lines of other cells in between."""
    return any(wanted[:at] in text and wanted[at:] in text for at in range(2, len(wanted) - 1))


sys.exit(main())
