"""Makes what the peers start from, out of one DOCX that paraphe wrote: a template of equal length, and N data files.

    data.py CONTRACT.docx FOLDER N

The template is that very file, its figures and the name of the établissement replaced by tags: the peer sets the same text in the same
styles. A data file has other figures in the same places.
"""

import json
import random
import re
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import unescape

FIGURE = re.compile(r"(?<=>)[\d\u00a0\u202f ]+(?:,\d+)?[\u00a0\u202f ][%€](?=</w:t>)")


def subject(archive: zipfile.ZipFile) -> str:
    core = archive.read("docProps/core.xml").decode()
    return re.search(r"<dc:subject>(.*?)</dc:subject>", core)[1]


def main() -> None:
    source, folder, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    figures: list[str] = []

    def tag(found: re.Match) -> str:
        figures.append(unescape(found[0]))
        return f"{{{{ v{len(figures) - 1} }}}}"

    with zipfile.ZipFile(source) as old, zipfile.ZipFile(folder / "template.docx", "w", zipfile.ZIP_DEFLATED) as new:
        name = subject(old)
        for part in old.namelist():
            text = old.read(part)
            if part.startswith("word/") and part.endswith(".xml"):
                changed = text.decode().replace(name, "{{ etablissement }}")
                text = (FIGURE.sub(tag, changed) if part == "word/document.xml" else changed).encode()
            new.writestr(part, text)
    chance = random.Random(96)
    (folder / "data").mkdir()
    for number in range(1, count + 1):
        values = {f"v{i}": re.sub(r"\d", lambda _: str(chance.randrange(1, 10)), figure) for i, figure in enumerate(figures)}
        data = {"etablissement": f"{unescape(name)} {number}", **values}
        (folder / "data" / f"{number:05}.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    print(f"template: {len(figures)} figures, {name!r}", file=sys.stderr)


main()
