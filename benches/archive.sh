#!/usr/bin/env bash
# How fast the archive is verified, beside `sha256sum` and `sha512sum` over the same files, all in memory.
#
#   benches/archive.sh PROGRAM [MIB]     (the example `archive`, built in release)
set -euo pipefail
program=$1 mib=${2:-1024}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# 3 files of 512 KiB per version, 4 versions: 6 MiB per contract.
"$program" "$work" fill $((mib / 6)) 4 512
find "$work/archive" -type f -print0 >"$work/files"
sum() { xargs -0 "$1" <"$work/files" >/dev/null; }
measure() {
    local best=
    for _ in 1 2 3; do
        local start end
        start=$(date +%s%N)
        "$@" >/dev/null
        end=$(date +%s%N)
        [ -n "$best" ] && [ "$best" -le $((end - start)) ] || best=$((end - start))
    done
    printf '%-22s %6d MB/s\n' "$name" $((bytes * 1000 / best))
}
bytes=$(du --apparent-size --block-size=1 --summarize "$work/archive" | cut -f1)
echo "$((bytes / 1000000)) MB in $(tr -cd '\0' <"$work/files" | wc -c) files; best of three"
name="sha256sum" measure sum sha256sum
name="sha512sum" measure sum sha512sum
name="verify, one job" measure "$program" "$work" verify 1
name="verify, two jobs" measure "$program" "$work" verify 2
