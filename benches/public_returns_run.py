"""Judges every PDF file of the public sets with paraphe, and prints one table in Markdown.

Usage: public_returns_run.py FOLDER PARAPHE CAMPAIGN. Files are given in small batches; a batch that panics or takes too long is given again
file by file, to know which one it was. None of these files is of the campaign, so none may be accepted: that would be a fault too.
"""

import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BATCH, SECONDS = 50, 20
NOW = "1781524800"  # 2026-06-15T12:00:00Z


class Run:
    def __init__(self, program, campaign):
        self.program, self.campaign = program, campaign
        self.faults, self.slow = [], []

    def judge(self, paths):
        """The returns of some files; of none of them when the program breaks on one, which is then a fault."""
        env = {**os.environ, "SOURCE_DATE_EPOCH": NOW, "TZ": "UTC"}
        begin = time.monotonic()
        try:
            done = subprocess.run(
                [self.program, "verify", self.campaign, *paths, "--format", "json"],
                capture_output=True,
                env=env,
                timeout=SECONDS * len(paths),
                check=False,
            )
            failed = "" if done.returncode in (0, 1) else f"ended with {done.returncode}: {done.stderr.decode('utf-8', 'replace')[-200:]}"
        except subprocess.TimeoutExpired:
            failed = f"took more than {SECONDS} s"
        took = time.monotonic() - begin
        if len(paths) > 1 and (failed or took > SECONDS):
            return [returned for path in paths for returned in self.judge([path])]
        if failed:
            self.faults.append(f"{paths[0]}: {failed}")
            return []
        if len(paths) == 1 and took > 2:
            self.slow.append(f"{paths[0]}: {took:.1f} s")
        return json.loads(done.stdout)["returns"]


def main(folder, program, campaign):
    print("| set | files | verdicts | signatures | indications | reasons most told |")
    print("|---|---:|---|---:|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        # A copy: nothing beside the fixture may change.
        shutil.copytree(campaign, Path(scratch) / "campagne")
        run = Run(Path(program).resolve(), Path(scratch) / "campagne")
        accepted = []
        for place in sorted(path for path in Path(folder).iterdir() if path.is_dir() and not path.name.startswith(".")):
            files = sorted(path for path in place.rglob("*") if path.suffix.lower() == ".pdf")
            returns = [one for at in range(0, len(files), BATCH) for one in run.judge(files[at : at + BATCH])]
            verdicts = collections.Counter(one["verdict"] for one in returns)
            signatures = [signature for one in returns for signature in one["signatures"]]
            indications = collections.Counter(signature["indication"] for signature in signatures)
            reasons = collections.Counter(
                reason for one in returns for reason in {seen["code"] for seen in one["reasons"]}
            )
            accepted += [one["file"] for one in returns if one["verdict"] in ("accept", "accept-note")]
            print(
                f"| {place.name} | {len(files)} | {shown(verdicts)} | {len(signatures)} | {shown(indications)} | {shown(reasons, 8)} |",
                flush=True,
            )
    for title, lines in (("faults", run.faults), ("accepted, though of no campaign", accepted), ("more than two seconds", run.slow)):
        if lines:
            print(f"\n{title}:")
            print("\n".join(f"  {line}" for line in lines))
    return int(bool(run.faults or accepted))


def shown(counter, most=None):
    return ", ".join(f"{count} {name}" for name, count in counter.most_common(most))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
