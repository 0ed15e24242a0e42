"""The first half of the usual chain: docxtpl fills a Word template, once for each data file.

    docxtpl_fill.py FOLDER OUT
"""

import json
import sys
from pathlib import Path

from docxtpl import DocxTemplate

folder, out = Path(sys.argv[1]), Path(sys.argv[2])
out.mkdir(parents=True)
for data in sorted((folder / "data").glob("*.json")):
    # A template that has been rendered cannot be rendered again: docxtpl's own advice is to open it each time.
    template = DocxTemplate(folder / "template.docx")
    template.render(json.loads(data.read_text(encoding="utf-8")), autoescape=True)
    template.save(out / f"{data.stem}.docx")
