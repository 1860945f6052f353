#!/bin/sh
# Makes the files of this folder anew: images by GraphicsMagick and libjpeg's cjpeg, sounds by SoX and flac, arrays by NumPy, what is expected of them by Pillow.
# Debian packages: graphicsmagick, libjpeg-turbo-progs, sox, flac, python3-pil, python3-numpy.
set -eu
cd "$(dirname "$0")"
gm convert -size 37x23 plasma:tomato-steelblue -depth 8 photo.ppm
gm convert photo.ppm -depth 8 colour.png
gm convert photo.ppm -interlace Line -depth 8 interlaced.png
gm convert photo.ppm -colorspace Gray -depth 8 gray.png
gm convert photo.ppm -dither -colors 13 palette.png
gm convert photo.ppm -colorspace Gray -threshold 50% -monochrome bits.png
gm convert photo.ppm -depth 16 -colorspace Gray deep.png
/usr/bin/python3 - <<'P'
from PIL import Image
photo = Image.open("photo.ppm")
photo.putalpha(Image.linear_gradient("L").resize(photo.size)) ; photo.save("alpha.png")
P
cjpeg -quality 85 -sample 1x1 photo.ppm > full.jpg
cjpeg -quality 85 -sample 2x2 photo.ppm > half.jpg
cjpeg -quality 85 -sample 2x1 photo.ppm > wide.jpg
cjpeg -quality 85 -sample 1x2 photo.ppm > high.jpg
cjpeg -quality 85 -sample 1x1 -progressive photo.ppm > progressive.jpg
cjpeg -quality 85 -sample 1x1 -restart 1 photo.ppm > restart.jpg
cjpeg -quality 85 -grayscale photo.ppm > gray.jpg
/usr/bin/python3 - <<'P'
import io, numpy
from PIL import Image, ImageOps
exif = Image.Exif(); exif[0x0112] = 6
raw = Image.open("photo.ppm"); raw.save("turned.jpg", quality=90, subsampling=0, exif=exif)
for name in ["colour.png", "interlaced.png", "gray.png", "palette.png", "bits.png", "alpha.png", "full.jpg", "half.jpg", "wide.jpg", "high.jpg", "progressive.jpg", "restart.jpg", "gray.jpg", "turned.jpg"]:
    image = ImageOps.exif_transpose(Image.open(name))
    image = image.convert("L" if image.mode in ("1", "L") else "RGB")
    image.save(name + (".pgm" if image.mode == "L" else ".ppm"))
deep = numpy.asarray(Image.open("deep.png")).astype(numpy.uint16) >> 8
Image.fromarray(deep.astype(numpy.uint8)).save("deep.png.pgm")
# Pillow's resizing of bytes, which widens its filters when shrinking.
photo = Image.open("photo.ppm")
photo.resize((11, 9), Image.Resampling.BILINEAR).save("small-bilinear.ppm")
photo.resize((11, 9), Image.Resampling.BICUBIC).save("small-bicubic.ppm")
photo.resize((50, 40), Image.Resampling.BICUBIC).save("large-bicubic.ppm")
values = numpy.arange(6).reshape(2, 3)
for kind in ["<f2", "<f4", ">f4", "<f8", "i1", "u1", "<i2", ">i4", "<i8", "bool"]:
    numpy.save("array-" + kind.replace("<", "").replace(">", "big-") + ".npy", values.astype(kind))
numpy.save("array-columns.npy", numpy.asfortranarray(values.astype("<f4")))
P
sox -R -n -r 8000 -b 16 -c 2 tone.wav synth 0.12 sine 440 sine 700 gain -6
for b in 8 24 32; do sox -R -n -r 8000 -b $b -c 1 tone-$b.wav synth 0.05 sine 440 gain -6 ; done
sox -R -n -r 8000 -e floating-point -b 32 -c 1 tone-float.wav synth 0.05 sine 440 gain -6
flac --silent --force --no-padding --best tone.wav -o tone.flac
flac --silent --force --no-padding --fast tone.wav -o tone-fast.flac
flac --silent --force --no-padding -8 -b 192 tone-24.wav -o tone-24.flac
sox -R -n -r 8000 -b 16 -c 2 noise.wav synth 0.05 whitenoise gain -3
flac --silent --force --no-padding -8 noise.wav -o noise.flac
sox -R -n -r 8000 -b 16 -c 1 silence.wav trim 0 0.1
flac --silent --force --no-padding -8 silence.wav -o silence.flac
