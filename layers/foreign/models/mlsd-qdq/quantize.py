# Makes the network of mlsd-qdq.yaml: M-LSD as onnxruntime.quantization writes it, with pairs of QuantizeLinear and DequantizeLinear. Unaware of Imagecraft.
# Needs Debian's python3-onnxruntime and python3-onnx: python3 quantize.py NETWORK FOLDER_OF_PNG RESULT; the folder is `stamps` of tuxpaint-stamps.
import struct
import sys
import zlib
from pathlib import Path

import numpy
import onnx
import onnx.reference  # before onnxruntime, which adds operators that it does not expect
from onnx import version_converter
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

SIZE, COUNT = 320, 32


def png(path):
    """Pixels of a PNG with 8 bits, colour and alpha, without interlacing, as [height, width, 4]; None of others."""
    data, at, parts = path.read_bytes(), 8, []
    width, height, bits, kind, _, _, interlace = struct.unpack(">IIBBBBB", data[16:29])
    if (bits, kind, interlace) != (8, 6, 0):
        return None
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at:at + 8])
        parts += [data[at + 8:at + 8 + length]] if name == b"IDAT" else []
        at += length + 12
    rows = numpy.frombuffer(zlib.decompress(b"".join(parts)), numpy.uint8).reshape(height, 1 + width * 4)
    image = numpy.zeros((height + 1, width + 1, 4), int)
    for y, row in enumerate(rows):
        above, line, raw = image[y], image[y + 1], row[1:].reshape(width, 4).astype(int)
        for x in range(width):
            left, up, corner = line[x], above[x + 1], above[x]
            guess = left + up - corner
            a, b, c = abs(guess - left), abs(guess - up), abs(guess - corner)
            paeth = numpy.where((a <= b) & (a <= c), left, numpy.where(b <= c, up, corner))
            line[x + 1] = (raw[x] + [0, left, up, (left + up) // 2, paeth][row[0]]) & 255
    return image[1:, 1:]


def frame(pixels):
    """The network's input: as large as fits, on gray, opaque."""
    height, width, _ = pixels.shape
    scale = SIZE / max(height, width)
    rows = (numpy.arange(int(height * scale)) / scale).astype(int)
    columns = (numpy.arange(int(width * scale)) / scale).astype(int)
    result = numpy.full((1, SIZE, SIZE, 4), 114, numpy.float32)
    top, left = (SIZE - len(rows)) // 2, (SIZE - len(columns)) // 2
    result[0, top:top + len(rows), left:left + len(columns)] = pixels[rows][:, columns]
    result[..., 3] = 1
    return result


class Reader(CalibrationDataReader):
    def __init__(self, name, frames):
        self.rest = iter([{name: one} for one in frames])

    def get_next(self):
        return next(self.rest, None)


network, folder, result = sys.argv[1:]
model = version_converter.convert_version(onnx.load(network), 13)
files = sorted(Path(folder).rglob("*.png"))
images = [image for image in (png(path) for path in files[::len(files) // (2 * COUNT)]) if image is not None][:COUNT]
# The scores stay where they are the largest around, which integers that are the same would all be: from the last convolution on all is float.
nodes = list(model.graph.node)
head = [node.name for node in nodes[max(at for at, node in enumerate(nodes) if node.op_type == "Conv"):]]
onnx.save(model, result + ".13")
quantize_static(result + ".13", result, Reader(model.graph.input[0].name, [frame(image) for image in images]), quant_format=QuantFormat.QDQ, per_channel=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, nodes_to_exclude=head)
Path(result + ".13").unlink()
