#!/bin/bash
# Builds every component of the image edge-ml by its own build system, one after the other, in given tool roots and
# without the orchestrator: the time to compare `./build.sh image --board qemu-arm64` with. Prints seconds per component.
#
#   by-hand.sh SANDBOX CROSS IMAGE SOURCES WORK [JOBS]
#
# SANDBOX, CROSS, IMAGE  folders with the tool roots of these names (`cross-arm64` is CROSS)
# SOURCES                folder with the archives that the recipes name
# WORK                   folder for everything that is made; must not exist
# DOTNET_TOOLROOT, DOTNET_SDK, NUGET  when all three are set, the runtime is compiled too: tool root, SDK, folder of packages
# shellcheck disable=SC2016 # What stands in single quotes is expanded by the shell in the sandbox.
set -euo pipefail
[ $# -ge 5 ] || { sed -n '2,/^set/{/^set/d;/^# shellcheck/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
sandbox=$(realpath "$1") cross=$(realpath "$2") image=$(realpath "$3") sources=$(realpath "$4") work=$5 jobs=${6:-2}
repository=$(realpath "$(dirname "$0")/../..")
mkdir "$work"
work=$(realpath "$work")
triplet=aarch64-linux-gnu
loader=("$sandbox/lib64/ld-linux-x86-64.so.2" --library-path "$sandbox/usr/lib/x86_64-linux-gnu" "$sandbox/usr/bin/bwrap")

# inside ROOT SOURCE OUT [extra bubblewrap arguments] -- SHELL-TEXT
inside() {
    local root=$1 source=$2 out=$3 extra=()
    shift 3
    while [ "$1" != -- ]; do extra+=("$1"); shift; done
    shift
    mkdir -p "$out" "$out.build"
    "${loader[@]}" --unshare-all --die-with-parent --uid 0 --gid 0 --cap-add CAP_DAC_OVERRIDE --hostname imagecraft \
        --overlay-src "$root" ${dependencies[@]+"${dependencies[@]}"} --tmp-overlay / --proc /proc --dev /dev --tmpfs /tmp \
        --overlay-src "$source" --tmp-overlay /src --bind "$out.build" /build --bind "$out" /out ${extra[@]+"${extra[@]}"} --clearenv \
        --setenv PATH /usr/sbin:/usr/bin:/sbin:/bin --setenv HOME /build --setenv TZ UTC --setenv LC_ALL C.UTF-8 --setenv SOURCE_DATE_EPOCH 1767225600 \
        --setenv T "$triplet" --setenv J "-j$jobs" --setenv D /out/install --setenv F "-O2 -mcpu=cortex-a57" --setenv PKG_CONFIG_LIBDIR "/usr/lib/$triplet/pkgconfig:/usr/share/pkgconfig" \
        --chdir /build /bin/bash -euc "umask 022; $*" > "$out.log" 2>&1 || { tail -n 30 "$out.log"; echo "by-hand: \`$(basename "$out")\` failed, see $out.log"; exit 1; }
}

total=$(date +%s%N)
timed() {
    local name=$1 start
    start=$(date +%s%N)
    shift
    "$@"
    LC_ALL=C printf '%-16s %7.1f s\n' "$name" "$((($(date +%s%N) - start) / 1000000))e-3"
}

# unpack NAME ARCHIVE
unpack() {
    mkdir -p "$work/$1.src"
    tar -C "$work/$1.src" --strip-components=1 --no-same-owner -xf "$sources/$2"
}

# needs NAME... : their install trees are laid over the root of the next build
needs() {
    local name
    dependencies=()
    for name in "$@"; do dependencies+=(--overlay-src "$work/$name/install"); done
}

linux() {
    unpack linux linux_6.12.107.orig.tar.xz
    needs
    cat "$repository"/recipes/linux/{base,modules,disk,network}.config "$repository/boards/architectures/arm64.config" "$repository/boards/platforms/virt-arm.config" \
        "$repository"/boards/accelerators/{etnaviv/etnaviv,qaic/qaic}.config "$repository/images/edge-ml/cgroups.config" "$repository/images/features/profiling.config" > "$work/linux.fragment"
    inside "$cross" "$work/linux.src" "$work/linux" --ro-bind "$work/linux.fragment" /tmp/fragment -- '
        make="make -C /src O=/build ARCH=arm64 CROSS_COMPILE=$T- KBUILD_BUILD_USER=imagecraft KBUILD_BUILD_HOST=imagecraft"
        $make tinyconfig
        /src/scripts/kconfig/merge_config.sh -m -O /build .config /tmp/fragment
        $make olddefconfig
        $make $J Image modules
        $make INSTALL_MOD_PATH=$D/usr INSTALL_MOD_STRIP=1 DEPMOD=true modules_install
        rm -f $D/usr/lib/modules/*/build
        cp arch/arm64/boot/Image /out/Image
        env srctree=/src SRCARCH=arm64 CC=gcc HOSTCC=gcc MAKE=make sh /src/scripts/package/install-extmod-build /out/dev
        cp .config /out/dev/'
}

hello_accel() {
    needs
    inside "$cross" "$repository/recipes/hello-accel" "$work/hello-accel" --ro-bind "$work/linux/dev" /mnt -- '
        make="make -C /mnt M=/src ARCH=arm64 CROSS_COMPILE=$T-"
        $make modules
        $make INSTALL_MOD_PATH=$D/usr INSTALL_MOD_STRIP=1 INSTALL_MOD_DIR=extra DEPMOD=true modules_install'
}

perf() {
    needs
    inside "$cross" "$work/linux.src" "$work/perf" -- '
        make="make -C /src/tools/perf O=/build ARCH=arm64 CROSS_COMPILE=$T- prefix=/usr lib=lib/$T WERROR=0 BUILD_BPF_SKEL=0 NO_AUXTRACE=1 NO_CAPSTONE=1 NO_DEMANGLE=1
              NO_GTK2=1 NO_JEVENTS=1 NO_JVMTI=1 NO_LIBAUDIT=1 NO_LIBBPF=1 NO_LIBCAP=1 NO_LIBCRYPTO=1 NO_LIBDEBUGINFOD=1 NO_LIBDW_DWARF_UNWIND=1 NO_LIBELF=1 NO_LIBNUMA=1
              NO_LIBPERL=1 NO_LIBPFM4=1 NO_LIBPYTHON=1 NO_LIBTRACEEVENT=1 NO_LIBUNWIND=1 NO_LIBZSTD=1 NO_LZMA=1 NO_SDT=1 NO_SLANG=1 NO_ZLIB=1"
        $make $J
        $make DESTDIR=$D install-bin'
}

busybox() {
    unpack busybox busybox_1.37.0.orig.tar.bz2
    needs
    inside "$cross" "$work/busybox.src" "$work/busybox" --ro-bind "$repository/recipes/busybox/busybox.config" /tmp/fragment --ro-bind "$repository/recipes/busybox/0001-log-locally.patch" /tmp/patch -- '
        patch -d /src -p1 < /tmp/patch
        make="make -C /src O=/build ARCH=arm64 CROSS_COMPILE=$T-"
        $make defconfig
        sed -n "s/^# \(CONFIG_[A-Z0-9_a-z]*\) is not set$/\1/p; s/^\(CONFIG_[A-Z0-9_a-z]*\)=.*/\1/p" /tmp/fragment | while read -r symbol; do sed -i "/^$symbol=/d; /^# $symbol is not set/d" .config; done
        cat /tmp/fragment >> .config
        $make oldconfig </dev/null
        $make $J
        $make CONFIG_PREFIX=$D/usr install'
}

zlib() {
    unpack zlib zlib_1.3.dfsg+really1.3.1.orig.tar.gz
    needs
    inside "$cross" "$work/zlib.src" "$work/zlib" --ro-bind "$repository/recipes/zlib/0001-no-windows-resources.patch" /tmp/patch -- '
        patch -d /src -p1 < /tmp/patch
        cmake -S /src -B /build -G "Unix Makefiles" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 -DCMAKE_C_COMPILER=$T-gcc -DCMAKE_LIBRARY_ARCHITECTURE=$T -DCMAKE_BUILD_TYPE=Release \
            "-DCMAKE_C_FLAGS=$F" -DCMAKE_INSTALL_PREFIX=/usr -DZLIB_BUILD_EXAMPLES=OFF -DINSTALL_LIB_DIR=/usr/lib/$T -DINSTALL_PKGCONFIG_DIR=/usr/lib/$T/pkgconfig
        make $J
        make DESTDIR=$D install'
}

# In the source folder, as the orchestrator does; expanded inside the sandbox.
configure='./configure --build=x86_64-pc-linux-gnu --host=$T --prefix=/usr --libdir=/usr/lib/$T --sysconfdir=/etc --localstatedir=/var "CFLAGS=$F"'

dropbear() {
    unpack dropbear dropbear_2025.89.orig.tar.bz2
    needs zlib
    inside "$cross" "$work/dropbear.src" "$work/dropbear" -- "cd /src; $configure"' --enable-bundled-libtom --enable-zlib --disable-pam --disable-lastlog --disable-utmp --disable-utmpx --disable-wtmp --disable-wtmpx --disable-pututline --disable-pututxline
        make $J "PROGRAMS=dropbear dbclient dropbearkey scp" MULTI=1
        make DESTDIR=$D "PROGRAMS=dropbear dbclient dropbearkey scp" MULTI=1 install'
}

ncurses() {
    unpack ncurses ncurses_6.5+20250216.orig.tar.gz
    needs
    inside "$cross" "$work/ncurses.src" "$work/ncurses" -- "cd /src; $configure"' --with-shared --without-normal --without-debug --without-ada --without-cxx --without-cxx-binding --without-manpages --without-tests --without-progs \
            --enable-widec --with-termlib --enable-pc-files --with-pkg-config-libdir=/usr/lib/$T/pkgconfig --with-default-terminfo-dir=/usr/share/terminfo --with-terminfo-dirs=/etc/terminfo:/usr/share/terminfo --disable-stripping \
            --with-build-cc=gcc --with-build-cflags=-O2 --with-tic-path=/usr/bin/tic --with-infocmp-path=/usr/bin/infocmp
        make $J
        make DESTDIR=$D install'
}

htop() {
    unpack htop htop_3.4.1.orig.tar.gz
    needs ncurses
    inside "$cross" "$work/htop.src" "$work/htop" -- "cd /src; autoreconf --install --force; $configure"' --enable-unicode --enable-affinity --disable-hwloc --disable-delayacct --disable-capabilities --disable-sensors --disable-unwind
        make $J
        make DESTDIR=$D install'
}

pciutils() {
    unpack pciutils pciutils_3.13.0.orig.tar.gz
    needs
    inside "$cross" "$work/pciutils.src" "$work/pciutils" -- '
        cd /src
        set -- CROSS_COMPILE=$T- HOST=$T "OPT=$F" PREFIX=/usr LIBDIR=/usr/lib/$T SHARED=no ZLIB=no DNS=no LIBKMOD=no HWDB=no STRIP=
        make $J "$@"
        make DESTDIR=$D "$@" install'
}

libdrm() {
    unpack libdrm libdrm_2.4.124.orig.tar.xz
    needs
    cat > "$work/cross.ini" <<EOF
[binaries]
c = '$triplet-gcc'
ar = '$triplet-ar'
strip = '$triplet-strip'
pkg-config = 'pkg-config'
[properties]
pkg_config_libdir = ['/usr/lib/$triplet/pkgconfig', '/usr/share/pkgconfig']
[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'aarch64'
endian = 'little'
EOF
    inside "$cross" "$work/libdrm.src" "$work/libdrm" --ro-bind "$work/cross.ini" /tmp/cross.ini -- '
        export CFLAGS="$F"
        meson setup --cross-file /tmp/cross.ini --prefix=/usr --libdir=lib/$T --buildtype=plain --wrap-mode=nodownload -Detnaviv=enabled -Damdgpu=disabled -Dexynos=disabled -Dfreedreno=disabled -Dintel=disabled -Dnouveau=disabled \
            -Domap=disabled -Dradeon=disabled -Dtegra=disabled -Dvc4=disabled -Dvmwgfx=disabled -Dcairo-tests=disabled -Dman-pages=disabled -Dvalgrind=disabled -Dudev=false -Dtests=true -Dinstall-test-programs=true /build /src
        ninja $J
        DESTDIR=$D meson install --no-rebuild'
}

runtime() {
    needs
    mkdir "$work/runtime.src"
    cp -r "$repository/runtime" "$repository"/Directory.{Build,Packages}.props "$repository/.editorconfig" "$work/runtime.src/"
    find "$work/runtime.src" -depth \( -name obj -o -name bin \) -type d -exec rm -r {} +
    inside "$DOTNET_TOOLROOT" "$work/runtime.src" "$work/runtime" --ro-bind "$DOTNET_SDK" /opt --ro-bind "$NUGET" /mnt -- '
        export DOTNET_ROOT=/opt DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false MSBUILDDISABLENODEREUSE=1 NUGET_PACKAGES=/build/packages
        /opt/dotnet publish /src/runtime/Imagecraft.Infer/Imagecraft.Infer.csproj -c Release -p:RuntimeIdentifier=linux-arm64 --source /mnt --artifacts-path /build/artifacts -p:SysRoot=/ -p:LinkerFlavor=lld -p:ObjCopyName=llvm-objcopy -p:UseSharedCompilation=false -o $D'
}

root_file_system() {
    needs
    local name
    mkdir -p "$work/root/usr"
    for name in linux hello-accel perf busybox zlib dropbear ncurses htop pciutils libdrm; do cp -a "$work/$name/install/usr/." "$work/root/usr/"; done
    rm -rf "$work/root/usr/include" "$work/root/usr/share/man" "$work/root/usr/libexec"
    inside "$image" "$work/root" "$work/image" --bind "$work/root" /mnt -- '
        ln -s usr/lib /mnt/lib
        for folder in /mnt/usr/lib/modules/*; do depmod -b /mnt "$(basename "$folder")"; done'
    tar -C "$work/root" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@1767225600 -cf "$work/rootfs.tar" .
    inside "$image" "$work/root" "$work/ext4" --ro-bind "$work/rootfs.tar" /tmp/rootfs.tar -- 'mke2fs -q -t ext4 -d /tmp/rootfs.tar /out/rootfs.ext4 256M'
}

for component in busybox zlib dropbear ncurses htop pciutils libdrm linux hello_accel perf; do timed "$component" "$component"; done
[ -z "${DOTNET_TOOLROOT:-}" ] || timed runtime runtime
timed root_file_system root_file_system
LC_ALL=C printf '%-16s %7.1f s\n' total "$((($(date +%s%N) - total) / 1000000))e-3"
