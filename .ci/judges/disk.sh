#!/usr/bin/env bash
# A disk that is full and a folder that cannot be written, for real: disk.sh PARAPHE. Needs to mount; says so where it may not.
set -euo pipefail
paraphe=$(realpath "$1")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
disk="$work/disk"
mkdir "$disk"
if ! mount -t tmpfs -o size=4m tmpfs "$disk" 2> /dev/null; then
    echo "skipped: this machine does not let us mount a small disk"
    rm -rf "$work"
    exit 0
fi
trap 'umount "$disk"; rm -rf "$work"' EXIT

mkdir "$disk/samples"
cp -r contract-templates annexes "$disk/"
cp -r samples/region-2022 "$disk/samples/"
campaign="$disk/samples/region-2022"
rm -rf "$campaign"/{archive,contrats,.paraphe} "$campaign"/registre.*

# Runs a command that cannot be done: exit status 2, and a sentence that says why.
refused() {
    local why="$1" status=0
    shift
    "$paraphe" "$@" > "$work/out" 2> "$work/said" || status=$?
    if [ "$status" != 2 ] || ! grep -qi "$why" "$work/said"; then
        echo "expected status 2 and « $why », found status $status:"
        cat "$work/out" "$work/said"
        exit 1
    fi
}

refused "no space left" generate "$campaign"
mount -o remount,size=400m "$disk"
"$paraphe" generate "$campaign" --only 960000016-2022 > /dev/null 2>&1
"$paraphe" archive verify "$campaign" > /dev/null
"$paraphe" register verify "$campaign" > /dev/null
echo "a full disk: said, nothing lost, the next run completes"

before=$(sha256sum "$campaign/registre.sqlite")
mount -o remount,ro "$disk"
refused "read-only" generate "$campaign"
refused "may not be written" record "$campaign" propose 960000016-2022 --moyen courriel --day 2022-06-01
"$paraphe" archive verify "$campaign" > /dev/null
"$paraphe" log "$campaign" 960000016-2022 > /dev/null
mount -o remount,rw "$disk"
[ "$before" = "$(sha256sum "$campaign/registre.sqlite")" ]
"$paraphe" record "$campaign" propose 960000016-2022 --moyen courriel --day 2022-06-01 > /dev/null
"$paraphe" register verify "$campaign" > /dev/null
echo "a folder that cannot be written: said, nothing changed, what only reads still works"
