#!/bin/bash
# Compares quantized networks with those that ONNX Runtime's own tool makes of the same prepared network on the same calibration frames:
# size, accuracy on the whole test split by the recipe's gate, and the least time of the processor on one thread. Prints a Markdown table for each.
#
#   quantizers.sh WORK [MODEL...]
#
# WORK   folder for Debian's python3-onnxruntime with all that it needs, of SUITE of the environment (default: forky), unpacked beside this system by apt-get and dpkg-deb, and for the networks
# MODEL  of models/ (default: fashion-mnist, ppocr-direction, silero-vad), for BOARD of the environment (default: qemu-arm64). Run `dotnet build tests/Imagecraft.Benchmarks -c Release` before.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
repository=$(realpath "$(dirname "$0")/../..")
benchmarks=$repository/artifacts/bin/Imagecraft.Benchmarks/release/Imagecraft.Benchmarks
mkdir -p "$1"
work=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- fashion-mnist ppocr-direction silero-vad

if [ ! -d "$work/python" ]; then
    # An apt-get of its own, that knows this suite alone and nothing installed.
    mkdir -p "$work"/apt/{lists/partial,archives/partial}
    : > "$work/apt/status"
    # shellcheck disable=SC2016 # apt-get expands it.
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sed -n '/\/debian\/*$/{p;q}')
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror ${SUITE:-forky} main" > "$work/apt/sources.list"
    options=(-o "Dir::Etc::sourcelist=$work/apt/sources.list" -o Dir::Etc::sourceparts=/nonexistent -o "Dir::State=$work/apt" -o "Dir::State::status=$work/apt/status" -o "Dir::Cache=$work/apt"
        -o Acquire::Check-Valid-Until=false -o APT::Sandbox::User=root -o Debug::NoLocking=true)
    apt-get "${options[@]}" -qq update
    apt-get "${options[@]}" -qq install -y --download-only --no-install-recommends python3-onnxruntime python3-onnx python3-numpy
    for package in "$work"/apt/archives/*.deb; do dpkg-deb -x "$package" "$work/python.part"; done
    mv "$work/python.part" "$work/python"
fi
# By its own loader, for the libraries of that suite may be newer than this system's.
usr=$work/python/usr libraries=$work/python/usr/lib/x86_64-linux-gnu
python() {
    PYTHONHOME=$usr PYTHONPATH=$usr/lib/python3/dist-packages "$usr/lib64/ld-linux-x86-64.so.2" --library-path "$libraries:$libraries/blas:$libraries/lapack" "$(realpath "$usr/bin/python3")" "$@"
}

for model in "$@"; do
    "$repository/build.sh" build "model:$model" --board "${BOARD:-qemu-arm64}" > "$work/$model.log"
    rm -rf "${work:?}/$model"
    "$benchmarks" quantizer-input "$repository" "$model" "$work/$model"
    python "$repository/tests/Imagecraft.Benchmarks/quantize_by_onnxruntime.py" "$work/$model" >> "$work/$model.log" 2>&1 || { tail -n 20 "$work/$model.log" >&2; exit 1; }
    "$benchmarks" judge "$repository" "$model" "$work/$model"/{float,imagecraft,onnxruntime-*}.onnx 2>> "$work/$model.log"
    echo
done
