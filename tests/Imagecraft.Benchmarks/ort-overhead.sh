#!/bin/bash
# Compares `imagecraft-infer bench` with a C program that calls ONNX Runtime's C API straight, on the same network and library.
#
#   ort-overhead.sh INFER MODEL [ROUNDS [QUERIES]] [-- shape:INPUT=SIZES | carry:INPUT=OUTPUT ...]
#
# INFER    the program as published for this machine, with libonnxruntime.so beside it
# ROUNDS   of both programs, one after the other (default 11); QUERIES in each of them (default 2000)
#
# Needs gcc. ONNX Runtime's header comes from its NuGet package. Prints both medians of each round, and the ratio of the medians over all rounds.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
infer=$(realpath "$1") model=$(realpath "$2")
shift 2
rounds=11 queries=2000
[ $# -eq 0 ] || [ "$1" = -- ] || { rounds=$1; shift; }
[ $# -eq 0 ] || [ "$1" = -- ] || { queries=$1; shift; }
[ $# -eq 0 ] || shift
repository=$(realpath "$(dirname "$0")/../..")
version=$(sed -n 's/.*"Microsoft.ML.OnnxRuntime" Version="\([^"]*\)".*/\1/p' "$repository/Directory.Packages.props")
package=${NUGET_PACKAGES:-$HOME/.nuget/packages}/microsoft.ml.onnxruntime/$version
[ -d "$package" ] || { echo "No $package; run \`dotnet restore runtime/Imagecraft.Infer\` first" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
gcc -O2 -Wall -Wextra -Werror -I "$package/build/native/include" -o "$work/ort-loop" "$repository/tests/Imagecraft.Benchmarks/ort-loop.c" -ldl

options=()
for word in "$@"; do
    options+=("--${word%%:*}" "${word#*:}")
done
export ORT_DISABLE_TELEMETRY=1
echo "round  C API ms  imagecraft-infer ms"
for round in $(seq "$rounds"); do
    # Who goes first alternates, so that neither always finds the warmer machine.
    for who in $([ $((round % 2)) = 0 ] && echo "ours theirs" || echo "theirs ours"); do
        if [ "$who" = ours ]; then
            "$infer" bench "$model" --queries "$queries" --json "${options[@]}" | sed 's/.*"p50_ms":\([0-9.eE+-]*\).*/\1/' >> "$work/ours"
        else
            "$work/ort-loop" "$(dirname "$infer")/libonnxruntime.so" "$model" "$queries" "$@" | cut -d ' ' -f 1 >> "$work/theirs"
        fi
    done
    echo "$round  $(tail -n 1 "$work/theirs")  $(tail -n 1 "$work/ours")"
done
median() { sort -g "$1" | awk '{ values[NR] = $1 } END { print (values[int((NR + 1) / 2)] + values[int(NR / 2) + 1]) / 2 }'; }
awk -v theirs="$(median "$work/theirs")" -v ours="$(median "$work/ours")" 'BEGIN { printf "median  %.6f  %.6f  ratio %.4f\n", theirs, ours, ours / theirs }'
