"""Whether piles of scans are taken apart into the sets that were put into them.

    paper_piles.py PARAPHE LABORATOIRE CAMPAIGN WORK [SEEDS | --few]

CAMPAIGN is a campaign of short contracts that was made (`tests/fixtures/retours/campagne`); the laboratory piles up its exemplaires with
every mishap it knows, alone and together, and writes what the pile is. Each pile is given to `paraphe verify`, and its sets are compared
with the truth (`--few` tries two of them only): contract, version, and for each page the sides that show it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

MISHAPS = ["backs", "doubled", "letter", "missing", "older", "separators", "shuffled", "sideways", "swapped", "thrice", "upside-down"]
TOGETHER = ["letter,missing,backs", "older,doubled,upside-down", "swapped,separators,sideways", "thrice,shuffled,letter", ",".join(MISHAPS)]


def originals(campaign):
    """The printed files of the last version of each contract, and those of older ones."""
    last, older = [], []
    for contract in sorted(Path(campaign, "archive").glob("*-*")):
        versions = sorted(contract.glob("v*/content"), key=lambda path: int(path.parent.name[1:]))
        files = [sorted(version.glob("*-ex?.pdf")) for version in versions]
        files = [found for found in files if found]
        if files:
            last += files[-1]
            older += [file for version in files[:-1] for file in version[:1]]
    return last, older


def made(laboratoire, campaign, mishap, seed, work):
    out = work / f"{mishap.replace(',', '+')[:40]}-{seed}"
    if not (out / "pile.json").exists():
        last, older = originals(campaign)
        command = [laboratoire, "pile", "--pdf", ",".join(map(str, last)), "--profile", "g150", "--seed", str(seed), "--out", str(out)]
        command += ["--mishap", mishap, "--handling", "signed", "--hayro"]
        if "older" in mishap:
            command += ["--older", ",".join(map(str, older))]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return out


def seen(paraphe, campaign, pile):
    run = subprocess.run([paraphe, "verify", campaign, str(pile / "pile.pdf"), "--format", "json"], capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": "1781524800"})
    sets = []
    for returned in json.loads(run.stdout)["returns"]:
        pages = {}
        for side in returned.get("paper", {}).get("sides", []):
            if side.get("contract_page"):
                pages.setdefault(side["contract_page"], []).append(side["side"])
        sets.append((returned.get("contract"), returned.get("version"), {page: sorted(sides) for page, sides in pages.items()}))
    return sets


def main():
    paraphe, laboratoire, campaign, work = sys.argv[1:5]
    few = "--few" in sys.argv
    seeds = int(sys.argv[5]) if len(sys.argv) > 5 and not few else 1
    right = whole = sides = piles = 0
    for seed in range(1, seeds + 1):
        for mishap in TOGETHER[:1] + TOGETHER[2:3] if few else MISHAPS + TOGETHER:
            pile = made(laboratoire, campaign, mishap, seed, Path(work))
            truth = json.loads((pile / "pile.json").read_text())
            found = seen(paraphe, campaign, pile)
            piles, sides = piles + 1, sides + len(truth["sides"])
            for one in truth["sets"]:
                pages = {number: sorted(sides) for number, sides in enumerate(one["pages"], 1) if sides}
                whole += 1
                if (one["contract"], one["version"], pages) in found:
                    right += 1
                else:
                    near = [found_pages for contract, _, found_pages in found if contract == one["contract"]]
                    print(f"{pile.name}: {one['contract']} exemplaire {one['exemplaire']}: {pages}, found {near}")
    print(f"{piles} piles of {sides} sides: {right} of {whole} sets rebuilt exactly")


main()
