#!/bin/bash
# Compares each network with its quantized form on this machine: size, latency on one thread, accuracy. Prints a Markdown table.
#
#   models.sh [MODEL...]
#
# MODEL    of models/ (default: all that are quantized), in the form for BOARD of the environment (default: qemu-arm64). What is built already is taken from the cache. Latencies are the least processor time of five rounds that alternate between both forms.
set -euo pipefail
repository=$(realpath "$(dirname "$0")/../..")
[ $# -gt 0 ] || { mapfile -t models < <(cd "$repository/models" && grep -l '^quantize:' -- */*.yaml | sed 's|.*/||;s|\.yaml$||'); set -- "${models[@]}"; }
echo "| network | variant | size, float | size, quantized | of float | latency, float | latency, quantized | faster by | metric | float | quantized |"
echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
for model in "$@"; do
    # The verb's table has a line of names, then one each for the float network and the quantized one.
    "$repository/build.sh" model "$model" --board "${BOARD:-qemu-arm64}" | awk -v model="$model" '
        $1 == "setting" { metric = $5 }
        $1 == "float" { size = $2 " " $3; value = $5; latency = $6 " " $7 }
        $1 ~ /^(int8|float16)$/ {
            printf "| `%s` | %s | %s | %s %s | %s | %s | %s %s | %s | %s | %s | %s |\n", model, $1, size, $2, $3, $4, latency, $6, $7, $12, metric, value, $5
            found = 1
        }
        END { if (!found) { print "`./build.sh model " model "` printed no quantized network" > "/dev/stderr"; exit 1 } }'
done
