"""Prints the table of run.sh: what each made, its CPU seconds and peak memory, and how many times paraphe's they are.

    ratios.py TABLE CONTRACTS_OF_PARAPHE CONTRACTS_OF_PEERS FOLDER
"""

import subprocess
import sys
from pathlib import Path

table, made, count, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])


def measured() -> dict[str, tuple[float, float, float]]:
    lines = Path(table).read_text(encoding="utf-8").splitlines()
    return {name: tuple(map(float, rest)) for name, *rest in (line.split("\t") for line in lines)}


def pages(pdf: Path) -> int:
    shown = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True, text=True).stdout
    return int(next(line.split()[1] for line in shown.splitlines() if line.startswith("Pages:")))


def main() -> None:
    seconds = measured()
    fill, convert = seconds["docxtpl"], seconds["libreoffice"]
    # The two halves of the chain run one after the other: their times add up, their memory does not.
    chain = (fill[0] + convert[0], max(fill[1], convert[1]), fill[2] + convert[2])
    rows = [
        ("paraphe", seconds["paraphe"], made, folder / "paraphe"),
        ("docxtpl + LibreOffice", chain, count, folder / "libreoffice"),
        ("Typst alone", seconds["typst"], count, folder / "typst"),
    ]
    print(f"{'':22} {'contracts':>9} {'PDFs':>6} {'pages':>5} {'CPU s':>8} {'wall s':>8} {'CPU ms/contract':>16}"
          f" {'CPU ms/PDF':>11} {'RSS MiB':>8} {'per contract':>13} {'per PDF':>8} {'memory':>7}")
    base = None
    for name, (cpu, rss, wall), contracts, where in rows:
        pdfs = sorted(where.rglob("*.pdf"))
        if not pdfs:
            sys.exit(f"peers: {name} made no PDF")
        each, per_pdf = 1000 * cpu / contracts, 1000 * cpu / len(pdfs)
        base = base or (each, per_pdf, rss)
        print(f"{name:22} {contracts:9} {len(pdfs):6} {pages(pdfs[0]):5} {cpu:8.2f} {wall:8.2f} {each:16.1f} {per_pdf:11.1f}"
              f" {rss:8.1f} {each / base[0]:12.2f}x {per_pdf / base[1]:7.2f}x {rss / base[2]:6.2f}x")
    print(f"halves of the chain: docxtpl {fill[0]:.2f} s CPU, LibreOffice {convert[0]:.2f} s CPU")


main()
