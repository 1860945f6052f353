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
# An i.MX 9's set: the container of the security controller's firmware (by hand: only NXP has it), SPL's behind it, and what SPL loads.
printf '\020\000\000\024SPL of an i.MX 9' > "$work/u-boot-spl-ddr.bin"; head -c 2500 /dev/zero | tr '\0' s >> "$work/u-boot-spl-ddr.bin"
# `mov x20, x0`, and `mov w0, #0x44380000`.
printf '\364\003\000\252\000\207\250\122' > "$work/bl31.bin"; head -c 800 /dev/zero | tr '\0' a >> "$work/bl31.bin"
(
	cd "$work"
	python3 -c '
import hashlib, struct, sys
image = (b"firmware of the security controller" + b"e" * 900).ljust(1024, b"\0")
entry = struct.pack("<IIQQII", 0x2000, len(image), 0xe4000000, 0xe4000000, 0x166, 0) + hashlib.sha384(image).digest().ljust(64, b"\0") + bytes(32)
header = struct.pack("<BHBIHBBHH", 0, 16 + 128 + 16, 0x87, 1, 2, 0, 1, 16 + 128, 0) + entry + struct.pack("<BHBHHHHI", 0, 16, 0x90, 0, 0, 0, 0, 0)
sys.stdout.buffer.write(header.ljust(0x2000, b"\0") + image)' > ele.img
	printf 'BOOT_FROM SD 0x400\nSOC_TYPE IMX9\nAPPEND ele.img\nCONTAINER\nIMAGE A55 u-boot-spl-ddr.bin 0x2049A000\n' > spl.cfg
	printf 'BOOT_FROM SD 0x400\nSOC_TYPE IMX9\nCONTAINER\nIMAGE A55 bl31.bin 0x204E0000\nIMAGE A55 u-boot.bin 0x80200000\n' > container.cfg
	mkimage -n spl.cfg -T imx8image -e 0x2049A000 -d u-boot-spl-ddr.bin spl9.bin
	mkimage -n container.cfg -T imx8image -e 0x0 -d u-boot.bin later.bin
)
head -c "$(((($(wc -c < "$work/spl9.bin") + 1023) / 1024) * 1024))" /dev/zero > imx9.bin
dd if="$work/spl9.bin" of=imx9.bin conv=notrunc; cat "$work/later.bin" >> imx9.bin
# TF-A's own tools are in no package: an STM32's header of version 2, and a package with monitor, U-Boot and its device tree, by hand.
python3 -c '
import struct, sys
code = b"\x10\x00\x00\x14BL2" + b"b" * 1500
head = struct.pack("<4s64sIIIIIIIIIII16s", b"STM2", bytes(64), sum(code), 0x20200, len(code), 0xe012000, 0, 0xe012000, 0, 0, 4, 384, 0x10, bytes(16))
sys.stdout.buffer.write(head + struct.pack("<II376s", 0xffff5453, 384, bytes(376)) + code)' > stm32.bin
python3 -c '
import struct, sys
board = open(sys.argv[1], "rb").read()
files = [("47d4086d4cfe98469b952950cbbd5a00", b"\xf4\x03\x00\xaa" + b"a" * 600), ("08b8f1d9c9cf9349a9626fbc6b7265cc", board), ("d6d0eea7fcead54b97829934f234b6e4", b"\x10\x00\x00\x14" + b"u" * 900)]
at, table, data = 16 + 40 * (len(files) + 1), struct.pack("<IIQ", 0xaa640001, 0x12345678, 0), b""
for name, content in files:
    table += bytes.fromhex(name) + struct.pack("<QQQ", at + len(data), len(content), 0)
    data += content
sys.stdout.buffer.write(table + bytes(16) + struct.pack("<QQQ", at + len(data), 0, 0) + data)' "$work/board.dtb" > fip.bin
# SpacemiT signs with a script of its own; the block of its ROM at byte 0 and the first stage at byte 131072, without their keys.
python3 -c '
import struct, sys, zlib
header = lambda size: struct.pack("<4sBBHQQ8s", b"AIHD", 1, 0, 0, size, 0, b"\xa5" * 8)
code = b"\x13\x04\x05\x00SPL of a K1" + b"k" * 3000
code = code.ljust((len(code) + 31) // 32 * 32, b"\0")
block = struct.pack("<IIIBBHIIIB3xIIIII12x", 0xb00714f0, 0x10001, 0x434453, 0, 0, 0, 512, 0x10000, 0x10000000, 0, 0x20000, 0x80000, 0x36000, 0, 0)
stage = (bytes(256) + header(0x1000)).ljust(0xfe0, b"\0") + header(len(code)) + code + b"S" * 256
sys.stdout.buffer.write((block + struct.pack("<I12x", zlib.crc32(block))).ljust(0x20000, b"\0") + stage)' > spacemit.bin
# A certificate with what the ROM of a K3 is told of two pieces behind it, by openssl as U-Boot calls it.
(
	cd "$work"
	printf 'SPL of a Cortex-R5' > r5.bin; head -c 700 /dev/zero | tr '\0' r >> r5.bin
	printf 'system firmware' > tifs.bin; head -c 300 /dev/zero | tr '\0' f >> tifs.bin
	piece() { printf '[%s]\ncompType = INTEGER:%s\nbootCore = INTEGER:16\ncompOpts = INTEGER:0\ndestAddr = FORMAT:HEX,OCT:%s\ncompSize = INTEGER:%s\nshaType = OID:2.16.840.1.101.3.4.2.3\nshaValue = FORMAT:HEX,OCT:%s\n' "$1" "$2" "$3" "$(wc -c < "$4")" "$(sha512sum "$4" | cut -d' ' -f1)"; }
	{
		printf '[req]\ndistinguished_name = name\nx509_extensions = v3_ca\nprompt = no\n[name]\nCN = sample\n[v3_ca]\nbasicConstraints = CA:true\n1.3.6.1.4.1.294.1.9 = ASN1:SEQUENCE:boot\n[boot]\nextImgSize = INTEGER:%s\nnumComp = INTEGER:2\nsbl = SEQUENCE:sbl\nsysfw = SEQUENCE:sysfw\n' "$(($(wc -c < r5.bin) + $(wc -c < tifs.bin)))"
		piece sbl 1 43c00000 r5.bin
		piece sysfw 2 00040000 tifs.bin
	} > certificate.cfg
	openssl req -new -x509 -newkey rsa:2048 -noenc -keyout key.pem -outform DER -out certificate.der -config certificate.cfg -sha512 -days 36500
	cat certificate.der r5.bin tifs.bin
) > tiboot3.bin
