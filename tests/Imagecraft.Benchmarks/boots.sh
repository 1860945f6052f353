#!/bin/bash
# Boots an image again and again while every core of the host is loaded by other work, and counts how often all checks of the boot pass.
#
#   boots.sh [COUNT] [CHECK-OPTION...]     default 100; e.g. boots.sh 20 --board qemu-arm64 --image base
#
# Each boot starts from power-on. The reports lie in out/BOARD/IMAGE/check; the last line counts the boots that passed.
set -euo pipefail
count=${1:-100}
shift || true
[[ $count =~ ^[1-9][0-9]*$ ]] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
[ $# -gt 0 ] || set -- --board qemu-arm64
cd "$(dirname "$0")/../.."
load=()
for _ in $(seq "$(nproc)"); do
    while :; do :; done &
    load+=($!)
done
trap 'kill "${load[@]}" 2>/dev/null' EXIT
./build.sh check "$@" --repeat "$count" --filter 'boot/*'
