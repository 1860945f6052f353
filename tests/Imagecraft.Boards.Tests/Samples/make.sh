#!/bin/sh
# Makes the boot images of these tests with U-Boot's own mkimage (u-boot-tools) and dtc. Run in this folder; results are committed, so that tests need neither.
set -eu
work=$(mktemp -d)
here=$PWD
cd "$work"
# `b .+0x40`, then what tells the programs apart.
code() { printf '\020\000\000\024%s' "$2" > "$1"; head -c "$3" /dev/zero | tr '\0' "$4" >> "$1"; }
code u-boot.bin "U-Boot" 3000 u
code spl.bin "SPL" 2500 s
code tpl.bin "memory training of version 1.18, not alike in any two places: 0123456789abcdefghijklmnopqrstuvwxyz" 1500 t
# `mov x20, x0`, and `mov w0, #0x30890000`.
printf '\364\003\000\252\040\021\246\122' > atf.bin; head -c 800 /dev/zero | tr '\0' a >> atf.bin
# `mv s0, a0`
printf '\023\004\005\000OpenSBI' > spl-riscv.bin; head -c 2000 /dev/zero | tr '\0' r >> spl-riscv.bin
printf '/dts-v1/;\n/ { compatible = "acme,board", "acme,soc"; model = "Acme Board"; };\n' | dtc -q -O dtb -o board.dtb
cat > fit.its <<'ITS'
/dts-v1/;
/ {
	description = "sample";
	#address-cells = <1>;
	images {
		uboot { description = "U-Boot"; data = /incbin/("u-boot.bin"); type = "standalone"; arch = "arm64"; compression = "none"; load = <0x40200000>; hash { algo = "sha256"; }; };
		atf { description = "TF-A"; data = /incbin/("atf.bin"); type = "firmware"; arch = "arm64"; os = "arm-trusted-firmware"; compression = "none"; load = <0x970000>; entry = <0x970000>; hash { algo = "crc32"; }; };
		fdt-1 { description = "board"; data = /incbin/("board.dtb"); type = "flat_dt"; arch = "arm64"; compression = "none"; hash { algo = "sha256"; }; };
	};
	configurations {
		default = "config-1";
		config-1 { description = "board"; firmware = "uboot"; loadables = "atf"; fdt = "fdt-1"; };
	};
};
ITS
mkimage -f fit.its "$here/inside.itb"
mkimage -E -p 0x1000 -f fit.its "$here/behind.itb"
mkimage -E -f fit.its "$here/after.itb"
# The header of the RK3588, too.
mkimage -n rk3568 -T rksd -d tpl.bin:spl.bin "$here/rockchip.bin"
# Older releases of mkimage do not know StarFive's header (tools/sfspl.c).
python3 -c '
import struct, sys, zlib
code = open("spl-riscv.bin", "rb").read()
sys.stdout.buffer.write(struct.pack("<II636xIIII364x", 0x240, 0x200000, 0x01010101, len(code), 0x400, zlib.crc32(code)) + code)' > "$here/starfive.bin"
printf 'ROM_VERSION v2\nBOOT_FROM sd\nLOADER spl.bin 0x920000\n' > imx.cfg
mkimage -T imx8mimage -n imx.cfg -d spl.bin "$here/imx8m.bin"
cp tpl.bin "$here/tpl.bin"
cd "$here"
dtc -q -I dts -O dtb -o desk.dtb desk.dts
# FAT of each width, with mkfs.vfat (dosfstools) and mcopy (mtools): a long name, a file of several clusters, a folder.
head -c 5000 /dev/zero | tr '\0' k > "$work/kernel"; printf 'default linux\n' > "$work/menu"
for kind in 12:1024 16:8192 32:34816; do
	rm -f "$work/fat"; mkfs.vfat -C -F "${kind%:*}" -s 1 -i 12345678 "$work/fat" "${kind#*:}" > "$work/said"
	mmd -i "$work/fat" ::/extlinux
	mcopy -i "$work/fat" "$work/menu" ::/extlinux/extlinux.conf
	mcopy -i "$work/fat" "$work/kernel" ::/jh7110-starfive-visionfive-2-v1.3b.dtb
	mcopy -i "$work/fat" "$work/menu" ::/SHORT.TXT
	gzip -9 -n -c "$work/fat" > "fat${kind%:*}.gz"
done
