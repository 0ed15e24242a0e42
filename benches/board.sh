#!/usr/bin/env bash
# How long the board of a large campaign takes, in each of its forms: CONTRACTS contracts (3,000 if nothing is said) at every step of the
# circuit, made without printing any. Wall and CPU seconds.
#
#   benches/board.sh PARAPHE EXAMPLE [CONTRACTS]        (EXAMPLE: the example `tableau`)
set -euo pipefail

[ $# -ge 2 ] && [ -x "$1" ] && [ -x "$2" ] || { echo "usage: $0 PARAPHE EXAMPLE [CONTRACTS]" >&2; exit 2; }
paraphe=$1 example=$2 contracts=${3:-3000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TIMEFORMAT='%R s wall, %U s user, %S s system'

"$example" "$work/campaign" "$contracts"
for format in text json csv xlsx html; do
    printf '%-6s ' "$format"
    time "$paraphe" status "$work/campaign" --format "$format" --out "$work/board.$format"
    printf '       %s bytes\n' "$(stat -c %s "$work/board.$format")"
done
