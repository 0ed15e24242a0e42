"""Typst alone: the same text from a Typst source, once for each data file, in one process, as tagged PDF/A-2a.

    typst_alone.py FOLDER OUT
"""

import json
import sys
from pathlib import Path

import typst
from docx import Document
from docx.table import Table

HEAD = """
#let d = json(bytes(sys.inputs.data))
#set document(title: "CAQES", date: datetime(year: 2022, month: 6, day: 15))
#set page(paper: "a4", margin: (x: 20mm, top: 28mm, bottom: 31mm), header: d.etablissement,
  footer: context [page #counter(page).display("1/1", both: true)])
#set text(font: "Liberation Sans", size: 10pt, lang: "fr", hyphenate: true)
#set par(justify: true)
#outline(depth: 2)
"""


def markup(text: str) -> str:
    """Text as a Typst string, tags as look-ups."""
    pieces = []
    while "{{" in text:
        before, rest = text.split("{{", 1)
        name, text = rest.split("}}", 1)
        pieces += [json.dumps(before, ensure_ascii=False), f"d.{name.strip()}"]
    pieces.append(json.dumps(text, ensure_ascii=False))
    return "#{" + " + ".join(pieces) + "}"


def table(block: Table) -> str:
    rows = [[cell.text for cell in row.cells] for row in block.rows]
    cells = ", ".join(f"[{markup(text)}]" for row in rows[1:] for text in row)
    header = ", ".join(f"[{markup(text)}]" for text in rows[0])
    return f"#table(columns: {len(rows[0])}, table.header({header}), {cells})\n"


def source(template: Path) -> str:
    lines = [HEAD]
    for block in Document(str(template)).iter_inner_content():
        if isinstance(block, Table):
            lines.append(table(block))
        elif block.style.name.startswith("toc") or not block.text.strip():
            continue
        elif block.style.name.startswith("Heading"):
            lines.append("=" * int(block.style.name[-1]) + " " + markup(block.text) + "\n")
        else:
            lines.append(markup(block.text) + "\n")
    return "\n".join(lines)


folder, out = Path(sys.argv[1]), Path(sys.argv[2])
out.mkdir(parents=True)
main = out / "main.typ"
main.write_text(source(folder / "template.docx"), encoding="utf-8")
compiler = typst.Compiler(main)
for data in sorted((folder / "data").glob("*.json")):
    inputs = {"data": data.read_text(encoding="utf-8")}
    compiler.compile(output=out / f"{data.stem}.pdf", sys_inputs=inputs, pdf_standards="a-2a")
