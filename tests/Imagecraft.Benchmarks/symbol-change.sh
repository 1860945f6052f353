#!/bin/bash
# Times the kernel's build after one changed symbol, against its first build: in the checkout that whole-build.sh left, for each symbol on its own.
#
#   symbol-change.sh WORK [SYMBOL=VALUE...]     WORK as given to whole-build.sh; default CONFIG_TUN=m CONFIG_IKCONFIG=y
#
# The last symbol is committed to that checkout, so that reproduce.sh can compare what was continued with what is built from nothing.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
work=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- CONFIG_TUN=m CONFIG_IKCONFIG=y
export IMAGECRAFT_CACHE=$work/cache LC_ALL=C
cd "$work/checkout"
fragment=images/features/profiling.config
first=$(grep -o '"name":"linux@[^"]*:build"[^}]*"dur":[0-9]*' out/qemu-arm64/edge-ml/build-trace.json | grep -o '[0-9]*$')
printf '%-28s %7.1f s\n' 'first build' "${first}e-6"
for symbol in "$@"; do
    git checkout -q -- "$fragment"
    echo "$symbol" >> "$fragment"
    start=$(date +%s%N)
    ./build.sh build linux --board qemu-arm64 --offline > "$work/symbol.log" 2>&1
    took=$((($(date +%s%N) - start) / 1000))
    printf '%-28s %7.1f s, ratio %.3f\n' "$symbol" "${took}e-6" "$((took * 1000 / first))e-3"
done
git -c user.name=benchmark -c user.email=benchmark@localhost commit -qam "Change one symbol"
