"""Makes three spoilt copies of a DOCX, each with one fault a judge must see."""

import re
import sys
import zipfile
from pathlib import Path

BODY = "word/document.xml"


def copy(source: Path, target: Path, change) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == BODY:
                changed = change(part.decode())
                assert changed != part.decode(), f"{target.name} is not spoilt"
                part = changed.encode()
            new.writestr(name, part)


def main() -> None:
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    copy(source, folder / "order.docx", lambda body: body.replace("<w:pPr><w:pStyle ", '<w:pPr><w:jc w:val="left"/><w:pStyle ', 1))
    copy(source, folder / "cut.docx", lambda body: body[: len(body) // 2])
    words = lambda body: re.sub(r">([^<>]{30,})</w:t>", lambda m: f">{m[1]} zwyx</w:t>", body, count=1)
    copy(source, folder / "word.docx", words)


main()
