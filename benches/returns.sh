#!/usr/bin/env bash
# What it costs to examine signed files, beside pyHanko and poppler's pdfsig on the same files, in one run.
#
#   benches/returns.sh EXAMINE PYTHON FILE...
#
# EXAMINE is the example `examine`, built in release; PYTHON one that has pyHanko. CPU milliseconds per file (user + system); what
# starting the interpreter and importing pyHanko takes is left out, the start of pdfsig is not. pyHanko validates each signature with
# its analysis of later revisions; pdfsig checks digests and chains only, and neither compares pages.
set -euo pipefail
examine=$1 python=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/validate.py" <<'PYTHON'
import logging, sys, time
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)
times = int(sys.argv[1])
for path in sys.argv[2:]:
    best = None
    for _ in range(times + 1):  # the first one fills caches
        start = time.process_time()
        with open(path, "rb") as file:
            for signature in PdfFileReader(file).embedded_regular_signatures:
                roots = [signature.signer_cert]
                validate_pdf_signature(signature, ValidationContext(trust_roots=roots))
        spent = time.process_time() - start
        best = spent if best is None else min(best, spent)
    print(f"{best * 1000:.1f}")
PYTHON

TIMEFORMAT='%U %S'
echo "load: $(cut -d' ' -f1-3 /proc/loadavg)"
printf '%-32s %10s %18s %18s\n' file 'paraphe ms' 'pyHanko' 'pdfsig'
for file in "$@"; do
    times=20
    [ "$(stat -c %s "$file")" -gt 10000000 ] && times=3
    own=$("$examine" --times "$times" "$file" | awk 'NR == 2 { print $1 }')
    python_ms=$("$python" "$work/validate.py" "$times" "$file")
    pdfsig_ms=$({ time for _ in $(seq "$times"); do pdfsig -nocert "$file" >"$work/out" 2>&1 || true; done; } 2>&1 |
        awk -v n="$times" '{ printf "%.1f", ($1 + $2) * 1000 / n }')
    awk -v f="$(basename "$file")" -v a="$own" -v b="$python_ms" -v c="$pdfsig_ms" \
        'BEGIN { printf "%-32s %10.1f %9.1f (x%5.1f) %9.1f (x%5.1f)\n", f, a, b, b / a, c, c / a }'
done
