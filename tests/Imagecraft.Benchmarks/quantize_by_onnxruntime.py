# Quantizes a network by ONNX Runtime's own tool in its documented variations, one file each. Unaware of Imagecraft.
# https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html

import pathlib
import sys

import numpy
import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process


class Frames(CalibrationDataReader):
    """The frames of a .npy file [count, then the input's shape], one at a time."""

    def __init__(self, name, frames):
        self.rows = ({name: frame} for frame in frames)

    def get_next(self):
        return next(self.rows, None)


folder = pathlib.Path(sys.argv[1])
source = folder / "onnxruntime-source.onnx"
quant_pre_process(str(folder / "prepared.onnx"), str(source), skip_symbolic_shape=True)
signed, unsigned = QuantType.QInt8, QuantType.QUInt8

if (folder / "calibration.npy").exists():
    name = onnx.load(source).graph.input[0].name
    frames = numpy.load(folder / "calibration.npy")
    variations = {
        "s8s8": dict(activation_type=signed),
        "u8s8": dict(activation_type=unsigned),
        "u8s8-channel": dict(activation_type=unsigned, per_channel=True),
        "u8s8-channel-7bit": dict(activation_type=unsigned, per_channel=True, reduce_range=True),
        "u8s8-channel-entropy": dict(activation_type=unsigned, per_channel=True, calibrate_method=CalibrationMethod.Entropy),
        "u8s8-channel-percentile": dict(activation_type=unsigned, per_channel=True, calibrate_method=CalibrationMethod.Percentile),
    }
    for variation, options in variations.items():
        quantize_static(str(source), str(folder / f"onnxruntime-{variation}.onnx"), Frames(name, frames), quant_format=QuantFormat.QDQ, weight_type=signed, **options)
else:
    variations = {
        "s8": dict(weight_type=signed),
        "u8": dict(weight_type=unsigned),
        "s8-channel": dict(weight_type=signed, per_channel=True),
        "s8-channel-7bit": dict(weight_type=signed, per_channel=True, reduce_range=True),
    }
    for variation, options in variations.items():
        quantize_dynamic(str(source), str(folder / f"onnxruntime-{variation}.onnx"), **options)
source.unlink()
