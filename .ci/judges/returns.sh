#!/usr/bin/env bash
# Judges the returned files of tests/fixtures/retours by paraphe and by programs that are not ours: pyHanko (with the campaign's anchors,
# lists and intermediates) and poppler's pdfsig (with an NSS database of the same anchors). Every difference must have its reason written
# in tests/fixtures/retours/differences.yaml.
#
#   .ci/judges/returns.sh PARAPHE           paraphe against the truth, and the judges against paraphe
#   .ci/judges/returns.sh --truth           the judges against the truth alone
#
# Other arguments are returns.py's. Missing programs are installed: Debian packages (as root), Python packages into a cache folder.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { echo "usage: $0 PARAPHE|--truth [--case NAME]..." >&2; exit 2; }
set_of_files=$here/../../tests/fixtures/retours
cache=${PARAPHE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/paraphe}/judges

missing=()
command -v pdfsig >/dev/null || missing+=(poppler-utils)
command -v certutil >/dev/null || missing+=(libnss3-tools)
command -v faketime >/dev/null || missing+=(faketime)
command -v python3 >/dev/null || missing+=(python3 python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
    echo "installing ${missing[*]}" >&2
    apt-get update -q >&2 && apt-get install -qy --no-install-recommends "${missing[@]}" >&2
fi
stamp=$cache/returns.$(sha256sum "$set_of_files/requirements.txt" | cut -c1-12)
if [ ! -e "$stamp" ]; then
    mkdir -p "$cache"
    python3 -m venv --clear "$cache/returns-venv"
    "$cache/returns-venv/bin/pip" install -q -r "$set_of_files/requirements.txt"
    touch "$stamp"
fi
exec "$cache/returns-venv/bin/python" "$here/returns.py" "$set_of_files" "$@"
