#!/usr/bin/env bash
# How a campaign behaves when it is large and old: CONTRACTS short contracts (3,000 if nothing is said) of VERSIONS versions (5) each,
# then the jobs that an officer repeats. Wall and CPU seconds.
#
#   benches/dossier.sh PARAPHE EXAMPLE [CONTRACTS [VERSIONS]]        (EXAMPLE: the example `campaign`, built in release)
#
# Printing 15,000 short contracts takes about a quarter of an hour on two processors; that part is not a measure.
set -euo pipefail

[ $# -ge 2 ] && [ -x "$1" ] && [ -x "$2" ] || { echo "usage: $0 PARAPHE EXAMPLE [CONTRACTS [VERSIONS]]" >&2; exit 2; }
paraphe=$1 example=$2 contracts=${3:-3000} versions=${4:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
campaign=$work/campaign
export PARAPHE_AGENT=mesure TIMEFORMAT='%R s wall, %U s user, %S s system'

for round in $(seq 1 "$versions"); do
    "$example" "$campaign" "$contracts" "$round" >/dev/null
    "$paraphe" generate "$campaign" >/dev/null 2>&1
    [ "$round" = "$versions" ] || "$paraphe" record "$campaign" propose --all --day 2022-06-0"$round" --moyen courriel >/dev/null
done
measure() { printf '%-34s ' "$1"; shift; time "$@" >"$work/said" 2>&1 || { tail -5 "$work/said"; exit 1; }; }
echo "$contracts contracts, $versions versions each; $(du -sh "$campaign/archive" | cut -f1) archived, register of $(du -h "$campaign/registre.sqlite" | cut -f1)"
measure "check" "$paraphe" check "$campaign"
measure "generate, nothing changed" "$paraphe" generate "$campaign"
measure "plan, nothing changed" "$paraphe" plan "$campaign"
"$example" "$campaign" "$contracts" 9 >/dev/null
measure "plan, every contract changed" "$paraphe" plan "$campaign"
measure "status" "$paraphe" status "$campaign"
measure "log of one contract" "$paraphe" log "$campaign" "$(ls "$campaign/contrats" | head -1)"
measure "register verify" "$paraphe" register verify "$campaign"
measure "archive verify" "$paraphe" archive verify "$campaign"
measure "sha256sum of the same files" find "$campaign/archive" -type f -exec sha256sum {} +
