"""Runs a command and appends one line to a table: name, CPU seconds (user + system, children included), peak RSS in MiB, wall seconds.

    measure.py TABLE NAME COMMAND...
"""

import resource
import subprocess
import sys
import time

table, name, *command = sys.argv[1:]
start = time.monotonic()
status = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
wall = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
if status != 0:
    sys.exit(f"{name}: exit status {status}")
with open(table, "a", encoding="utf-8") as lines:
    lines.write(f"{name}\t{used.ru_utime + used.ru_stime:.3f}\t{used.ru_maxrss / 1024:.1f}\t{wall:.3f}\n")
