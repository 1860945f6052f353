# Makes the network of openwakeword-qdq.yaml: as onnxruntime.quantization writes it, with pairs of QuantizeLinear and DequantizeLinear. Unaware of Imagecraft.
# Needs Debian's python3-onnxruntime and python3-onnx: python3 quantize.py embedding_model.onnx FRAMES.npy RESULT; the frames are [count, 1, 76, 32, 1].
import sys

import numpy
import onnx
import onnx.reference  # before onnxruntime, which adds operators that it does not expect
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static


class Reader(CalibrationDataReader):
    def __init__(self, name, frames):
        self.rest = iter([{name: one} for one in frames])

    def get_next(self):
        return next(self.rest, None)


network, frames, result = sys.argv[1:]
name = onnx.load(network).graph.input[0].name
quantize_static(network, result, Reader(name, numpy.load(frames)), quant_format=QuantFormat.QDQ, per_channel=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
