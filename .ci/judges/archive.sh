#!/usr/bin/env bash
# Lets programs that are not ours judge an archive and a bag that paraphe wrote: ocfl-py (the standard), bagit-python (RFC 8493).
# The archive is written by a program that is killed again and again on its way, and judged after each kill.
# A negative control comes first: a judge that accepts a spoilt archive is no judge.
#
#   .ci/judges/archive.sh PROGRAM        (the example `archive`, built)
#   .ci/judges/archive.sh --install      (the two judges only)
#
# The two Python packages are installed into a cache folder.
set -euo pipefail

[ $# = 1 ] && { [ "$1" = --install ] || [ -x "$1" ]; } || { echo "usage: $0 PROGRAM" >&2; exit 2; }
program=$1
cache=${PARAPHE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/paraphe}/judges

command -v python3 >/dev/null || { apt-get update -q >&2 && apt-get install -qy --no-install-recommends python3 python3-venv >&2; }
stamp=$cache/archive.v1
if [ ! -e "$stamp" ]; then
    mkdir -p "$cache"
    python3 -m venv "$cache/archive-venv"
    "$cache/archive-venv/bin/pip" install -q ocfl-py==2.1.0 bagit==1.9.0 setuptools==65.5.0
    touch "$stamp"
fi
bin=$cache/archive-venv/bin
[ "$program" != --install ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ocfl() { "$bin/python" "$bin/ocfl-root.py" validate --root "$1" --validate-objects --check-digests >"$work/said" 2>&1 && grep -q "Storage root .* is VALID" "$work/said"; }
bag() { "$bin/python" "$bin/bagit.py" --validate "$1" >"$work/said" 2>&1; }

# --- negative control
mkdir "$work/control"
"$program" "$work/control" fill 2 2 1
"$program" "$work/control" bag 960000001-2022
printf x >>"$work/control/archive/960000000-2022/v1/content/exemplaires/ars.pdf"
printf x >>"$work/control/960000001-2022/data/v1/exemplaires/ars.pdf"
if ocfl "$work/control/archive" || bag "$work/control/960000001-2022" || "$program" "$work/control" verify 2 >/dev/null; then
    echo "control: a spoilt archive or bag is accepted" >&2
    exit 1
fi
echo "control  refused    one byte more in an archive, in a bag"

# --- killed at any moment, the archive is valid, and the next run goes on
mkdir "$work/killed"
kills=0
while true; do
    "$program" "$work/killed" fill 12 4 64 &
    pid=$!
    sleep "0.0$((RANDOM % 90 + 10))"
    if kill -KILL "$pid" 2>/dev/null; then kills=$((kills + 1)); fi
    if wait "$pid" 2>/dev/null; then break; fi
    [ -e "$work/killed/archive" ] || continue
    "$program" "$work/killed" verify 2 >"$work/said" || { cat "$work/said"; exit 1; }
    if [ $((kills % 5)) = 1 ]; then ocfl "$work/killed/archive" || { cat "$work/said"; exit 1; }; fi
    [ "$kills" -lt 20 ] || { "$program" "$work/killed" fill 12 4 64; break; }
done
[ "$kills" -gt 0 ] || { echo "the program was never killed on its way" >&2; exit 1; }
mkdir "$work/whole"
"$program" "$work/whole" fill 12 4 64
diff --recursive "$work/whole/archive" "$work/killed/archive"
echo "killed   $kills times: valid after each, and in the end the same archive as in one go"

# --- judges
ocfl "$work/killed/archive" || { cat "$work/said"; exit 1; }
printf '%-8s %-10s %s\n' ocfl-py valid "$(grep -o 'Objects checked:.*' "$work/said" || tail -n 1 "$work/said")"
"$program" "$work/killed" bag 960000003-2022
bag "$work/killed/960000003-2022" || { cat "$work/said"; exit 1; }
printf '%-8s %-10s %s\n' bagit valid "one object of 4 versions"
