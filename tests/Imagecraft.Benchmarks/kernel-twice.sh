#!/bin/bash
# Proves that kernels which draw by chance or ask the machine come out the same: each of a few small configurations is built twice,
# with two caches, once on all processors and once on one, and compared by SHA256SUMS.
#
#   kernel-twice.sh WORK [CONFIGURATION...]     CONFIGURATION: plugins, types, compressed; default all
#
# WORK  folder for the builds; a cache in WORK/first (sources and tool roots) is used when it is there.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
repository=$(realpath "$(dirname "$0")/../..")
mkdir -p "$1"
work=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- plugins types compressed

# A variable for each name that may be given, with its symbols.
# shellcheck disable=SC2034 # They are read as ${!name}.
{
    # Layouts of structures, the compiler's random numbers, stamps of coverage.
    plugins="MODULES=y CRC7=m GCC_PLUGINS=y GCC_PLUGIN_LATENT_ENTROPY=y RANDSTRUCT_FULL=y DEBUG_FS=y GCOV_KERNEL=y GCOV_PROFILE_ALL=y"
    # Types for BPF, which pahole finds with as many threads as there are processors; the headers in an archive; signatures that are made after the build.
    types="MODULES=y CRC7=m EXPERT=y DEBUG_KERNEL=y DEBUG_INFO_DWARF5=y BPF_SYSCALL=y DEBUG_INFO_BTF=y SYSFS=y IKHEADERS=m MODULE_SIG=y MODULE_SIG_ALL=n MODULE_SIG_KEY=\"\""
    # Compressors with threads, and what is packed into the kernel.
    compressed="MODULES=y CRC7=m MODULE_COMPRESS=y MODULE_COMPRESS_XZ=y EFI=y EFI_ZBOOT=y KERNEL_ZSTD=y"
}

rm -rf "$work/checkout"
git clone -q "$repository" "$work/checkout"
cd "$work/checkout"
mkdir -p layers/twice
echo "layer: twice" > layers/twice/layer.yaml
for name in "$@"; do
    mkdir -p layers/twice/{recipes,boards,images}
    sed "s/^recipe: linux/recipe: linux-$name/; s/name: linux-modules/name: linux-$name-modules/; s/fragments: .*/fragments: [ $name.config ]/" recipes/linux/linux.yaml > "layers/twice/recipes/$name.yaml"
    read -ra symbols <<< "${!name}"
    printf 'CONFIG_%s\n' "${symbols[@]}" > "layers/twice/recipes/$name.config"
    printf 'board: twice-%s\narchitecture: arm64\nkernel: linux-%s\ncommand-line: console=ttyAMA0\nconsole: ttyAMA0\ndefault-image: twice\n' "$name" "$name" > "layers/twice/boards/$name.yaml"
done
printf 'image: twice\npackages: []\n' > layers/twice/images/twice.yaml
# The architecture's own fragment asks for more than a proof needs.
sed -i '/^kernel-fragments/d' boards/architectures/arm64.yaml

# build CACHE OUT BOARD COMMAND...
build() {
    rm -rf out .imagecraft
    IMAGECRAFT_CACHE=$work/$1 "${@:4}" ./build.sh image --board "$3" --locked > "$work/$2.log" 2>&1 || { tail -n 40 "$work/$2.log"; exit 1; }
    rm -rf "${work:?}/$2"
    mv "out/$3/twice" "$work/$2"
}

# What does not depend on the configuration is made once.
for name in "$@"; do
    IMAGECRAFT_CACHE=$work/first ./build.sh build "linux-$name:config-check" --board "twice-$name" --locked > "$work/configure.log" 2>&1 || { tail -n 40 "$work/configure.log"; exit 1; }
done
rm -rf "$work/second"
cp -al "$work/first" "$work/second"
for name in "$@"; do
    build first "$name-first" "twice-$name" env
    build second "$name-second" "twice-$name" taskset -c 0
    diff "$work/$name-first/SHA256SUMS" "$work/$name-second/SHA256SUMS"
    echo "$name: identical, $(wc -l < "$work/$name-first/SHA256SUMS") artifacts"
done
