#!/bin/bash
# Proves that networks come out the same on every processor: all their steps (prepare, fuse, quantize, choose, evaluate, golden) are run again
# by this program under QEMU's user-mode emulation, and the SHA-256 of every output is compared with that of the build on this machine.
#
#   processors.sh WORK [MODEL...]
#
# CPUS   of the environment are emulated one after the other; default "Haswell max Nehalem": with AVX2, with all that QEMU has, without AVX
# KEEP   of the environment: steps that are not run again, e.g. "evaluate"; emulation takes 10 to 50 times as long
#
# WORK   folder for copies of the checkout and of the cache (hard links, so on the cache's file system); what it has of a processor already is not run again
# MODEL  of models/ (default: all), for BOARD of the environment (default: qemu-arm64). QEMU is the file of the environment, or that of Debian's package `qemu-user`.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
repository=$(realpath "$(dirname "$0")/../..")
cache=${IMAGECRAFT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/imagecraft}
qemu=${QEMU:-$(command -v qemu-x86_64)} || { echo "No qemu-x86_64; install Debian's \`qemu-user\`, or name it by QEMU" >&2; exit 1; }
mkdir -p "$1"
work=$(realpath "$1")
shift
[ $# -gt 0 ] || { mapfile -t models < <(cd "$repository/models" && grep -l '^model:' -- */*.yaml | sed 's|.*/||;s|\.yaml$||'); set -- "${models[@]}"; }
results() { "$repository/artifacts/bin/Imagecraft.Benchmarks/release/Imagecraft.Benchmarks" results "$@"; }

arguments=(--board "${BOARD:-qemu-arm64}")
{ read -r dotnet && read -r folder; } < <("$repository/build.sh" --version > /dev/null && cat "$repository/artifacts/orchestrator.stamp")

differ=0
for model in "$@"; do
    "$repository/build.sh" build "model:$model" "${arguments[@]}" > "$work/$model-native.log"
    results "$repository" "$model" > "$work/$model-native"
    mkdir -p "$work/cache"
    cp -an --link "$cache/objects" "$work/cache/"
    cp -a "$cache/results" "$cache/synced" "$work/cache/"
    for cpu in ${CPUS:-Haswell max Nehalem}; do
        if [ ! -s "$work/$model-$cpu" ]; then
            rm -rf "$work/workspace"
            mkdir -p "$work/workspace"
            (cd "$repository" && git ls-files -z | xargs -0 cp --parents -t "$work/workspace")
            # All that is known but what the steps gave; contents are never written to, so links will do.
            while read -r step key _; do [[ " ${KEEP:-} " == *" ${step##*:} "* ]] || rm -f "$work/cache/results/${key:0:2}/$key"; done < "$work/$model-native"
            # Pages that change between written and executed are beyond QEMU; the rest is for speed.
            (cd "$work/workspace" && IMAGECRAFT_WORKSPACE=$work/workspace IMAGECRAFT_CACHE=$work/cache DOTNET_EnableWriteXorExecute=0 DOTNET_TieredCompilation=0 \
                "$qemu" -cpu "$cpu" "$dotnet" exec "$repository/$folder/imagecraft.dll" build "model:$model" "${arguments[@]}" --offline --jobs 1) > "$work/$model-$cpu.log"
            grep -q ': 0 run,' "$work/$model-$cpu.log" && { echo "Nothing ran on $cpu" >&2; exit 1; }
            results "$work/workspace" "$model" > "$work/$model-$cpu.part"
            mv "$work/$model-$cpu.part" "$work/$model-$cpu"
        fi
        if diff "$work/$model-native" "$work/$model-$cpu" > "$work/$model-$cpu.diff"; then
            echo "$model on $cpu: identical, $(wc -l < "$work/$model-$cpu") outputs"
        else
            echo "$model on $cpu: differs, see $work/$model-$cpu.diff"
            differ=1
        fi
    done
done
exit $differ
