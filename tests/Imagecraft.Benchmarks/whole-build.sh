#!/bin/bash
# Times a whole build from an empty cache with its sources fetched, against by-hand.sh in the same tool roots, one after the other.
#
#   whole-build.sh WORK     WORK must not exist; it needs about 15 GiB
#
# The orchestrator's time has everything from unpacking tool roots to disk.img; by-hand.sh finds its tool roots unpacked.
# The image is edge-ml without its networks, for which there is no build by hand.
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
repository=$(realpath "$(dirname "$0")/../..")
mkdir "$1"
work=$(realpath "$1")
export IMAGECRAFT_CACHE=$work/cache

git clone -q "$repository" "$work/checkout"
cd "$work/checkout"
# Up to the next key.
sed -i '/^models:/,/^[a-z-]*:/{/^models:/d;/^ /d}' images/edge-ml.yaml
./build.sh fetch --board qemu-arm64 > "$work/fetch.log" 2>&1
start=$(date +%s%N)
./build.sh image --board qemu-arm64 --offline > "$work/image.log" 2>&1
ours=$((($(date +%s%N) - start) / 1000000))
echo "orchestrator: $((ours / 1000)) s"

# tree WITH [WITHOUT...]: the materialized tool root that has a file and has not others
tree() {
    local folder with=$1 other
    shift
    for folder in "$IMAGECRAFT_CACHE"/trees/*/*; do
        [ -e "$folder/$with" ] || continue
        for other in "$@"; do [ ! -e "$folder/$other" ] || continue 2; done
        echo "$folder"
        return
    done
    echo "No tool root has $with" >&2
    return 1
}

mkdir "$work/sources" "$work/nuget"
grep -rhoE '(sha256: *[0-9a-f]{64}|debian:[A-Za-z0-9._+/-]+)' recipes --include='*.yaml' | while read -r word rest; do
    case $word in
        debian:*) name=${word##*/} ;;
        sha256:*) object=$IMAGECRAFT_CACHE/objects/${rest:0:2}/$rest; [ ! -f "$object" ] || ln -s "$object" "$work/sources/$name" ;;
    esac
done
awk '$1 == "nupkg" { print tolower($2) "." tolower($3) ".nupkg", $5 }' imagecraft.lock | while read -r name hash; do
    object=$IMAGECRAFT_CACHE/objects/${hash:0:2}/$hash
    [ ! -f "$object" ] || cp "$object" "$work/nuget/$name"
done
dotnet=$(command -v dotnet || echo "$IMAGECRAFT_CACHE/.dotnet/dotnet")
DOTNET_SDK=$(dirname "$(readlink -f "$dotnet")") DOTNET_TOOLROOT=$(tree usr/bin/clang) NUGET=$work/nuget
export DOTNET_SDK DOTNET_TOOLROOT NUGET
sync
start=$(date +%s%N)
tests/Imagecraft.Benchmarks/by-hand.sh "$(tree usr/bin/bwrap)" "$(tree usr/bin/aarch64-linux-gnu-gcc usr/src/linux-dev usr/include/zlib.h usr/include/ncurses.h)" "$(tree usr/sbin/mke2fs usr/bin/qemu-system-aarch64)" "$work/sources" "$work/by-hand"
hand=$((($(date +%s%N) - start) / 1000000))
echo "by hand: $((hand / 1000)) s; ratio $((ours * 1000 / hand))e-3"
