#!/usr/bin/env bash
# Judges the register of a folder (registre.sqlite, registre.sceau) by Python's sqlite3 and hashlib, from its description.
# Negative controls come first: a judge that accepts a register it must refuse is no judge.
#
#   .ci/judges/register.sh DIR
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
[ $# = 1 ] && [ -f "$1/registre.sqlite" ] || { echo "usage: $0 DIR" >&2; exit 2; }
if ! command -v python3 >/dev/null; then
    apt-get update -q >&2 && apt-get install -qy --no-install-recommends python3 >&2
fi

control=$(mktemp -d)
trap 'rm -rf "$control"' EXIT
refused() { # NAME SQL
    cp "$1/registre.sqlite" "$1/registre.sceau" "$control/"
    python3 -c 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()' \
        "$control/registre.sqlite" "$3"
    if python3 "$here/register.py" "$control" >/dev/null 2>&1; then
        echo "control: the judge accepts a register $2, which it must refuse" >&2
        exit 1
    fi
}
refused "$1" "with an event changed" "DROP TRIGGER evenement_update; UPDATE evenement SET agent = 'x' WHERE numero = 1;"
refused "$1" "without its last event" "DROP TRIGGER evenement_delete; DELETE FROM evenement WHERE numero = (SELECT max(numero) FROM evenement);"
refused "$1" "that lost a trigger" "DROP TRIGGER piece_delete;"
refused "$1" "with other bytes" "PRAGMA user_version = 2;"
echo "control  refused    an event changed, the last one removed, a trigger removed, other bytes"

python3 "$here/register.py" "$1"
