// Integers against values computed by hand.

using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Quantization.Calibration;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class ArithmeticTests
{
    [Fact]
    public void A_range_is_covered_by_256_steps_and_zero_is_exact()
    {
        // (3 + 1) / 255 = 0.0156863; 1 / 0.0156863 = 63.75, so zero is 64.
        var of = QuantizationParameters.Cover(new(-1, 3), QuantizedType.UInt8, symmetric: false);
        Assert.Equal(4f / 255, of.Scale);
        Assert.Equal(64, of.ZeroPoint);
        Assert.Equal(64, of.Quantize(0));
        Assert.Equal(0, of.Dequantize(64));
        Assert.Equal(255, of.Quantize(100));
        Assert.Equal(0, of.Quantize(-100));
        Assert.Equal(128, of.Quantize(1));
    }

    [Theory]
    [InlineData(QuantizedType.UInt8, 128)]
    [InlineData(QuantizedType.Int8, 0)]
    public void Symmetric_parameters_have_zero_in_the_middle(QuantizedType type, int zeroPoint)
    {
        var of = QuantizationParameters.Cover(new(-1, 2.54f), type, symmetric: true);
        Assert.Equal(0.02f, of.Scale, 6);
        Assert.Equal(zeroPoint, of.ZeroPoint);
        Assert.Equal(zeroPoint - 50, of.Quantize(-1));
    }

    [Theory]
    [InlineData(2, 5, 0, 5)]
    [InlineData(-5, -2, -5, 0)]
    public void A_range_beside_zero_is_widened_to_it(float least, float largest, double covered, double end)
    {
        var of = QuantizationParameters.Cover(new(least, largest), QuantizedType.Int8, symmetric: false);
        Assert.Equal(covered, of.Least, 4);
        Assert.Equal(end, of.Largest, 4);
    }

    [Fact]
    public void Halves_are_rounded_to_even()
    {
        var of = new QuantizationParameters(1, 0, QuantizedType.Int8);
        Assert.Equal([0, 2, 2, -2], new[] { 0.5f, 1.5f, 2.5f, -2.5f }.Select(of.Quantize));
    }

    [Fact]
    public void Nothing_but_zero_has_a_scale_all_the_same() =>
        Assert.Equal(new QuantizationParameters(1, 0, QuantizedType.UInt8), QuantizationParameters.Cover(new(0, 0), QuantizedType.UInt8, symmetric: false));

    [Fact]
    public void Each_channel_of_weights_has_its_own_scale()
    {
        var quantized = WeightQuantizer.Quantize([1.27f, -0.5f, 12.7f, 5], [2, 2], axis: 0, QuantizedType.Int8, reduceRange: false);
        Assert.Equal([0.01f, 0.1f], quantized.Scales.Select(scale => MathF.Round(scale, 5)));
        Assert.Equal([127, -50, 127, 50], quantized.Integers.Select(value => (int)(sbyte)value));
    }

    [Fact]
    public void Channels_of_an_inner_axis_are_found()
    {
        var quantized = WeightQuantizer.Quantize([1, 10, 2, 20, 4, 40], [3, 2, 1], axis: 1, QuantizedType.UInt8, reduceRange: false);
        Assert.Equal([4f / 127, 40f / 127], quantized.Scales);
        Assert.Equal(128, quantized.ZeroPoint);
        Assert.Equal([160, 160, 192, 192, 255, 255], quantized.Integers.Select(value => (int)value));
    }

    [Fact]
    public void A_reduced_range_keeps_the_sum_of_two_products_within_16_bits()
    {
        var quantized = WeightQuantizer.Quantize([-1, 0.5f], [2], axis: null, QuantizedType.Int8, reduceRange: true);
        Assert.Equal([-64, 32], quantized.Integers.Select(value => (int)(sbyte)value));
        Assert.True(2 * 255 * 64 <= short.MaxValue);
    }

    [Fact]
    public void A_bias_counts_in_products_of_the_two_scales()
    {
        var (integers, scales) = WeightQuantizer.QuantizeBias([1, -0.25f, 3], 0.5f, [0.1f, 0.25f, 2]);
        Assert.Equal([0.05f, 0.125f, 1], scales);
        Assert.Equal([20, -2, 3], integers);
    }

    [Fact]
    public void Weights_too_small_for_their_bias_get_a_larger_scale()
    {
        var least = WeightQuantizer.LeastScales([1e6f], 1e-3f, 1);
        var quantized = WeightQuantizer.Quantize([1e-9f], [1, 1], axis: 0, QuantizedType.Int8, reduceRange: false, least);
        var (integers, scales) = WeightQuantizer.QuantizeBias([1e6f], 1e-3f, quantized.Scales);
        Assert.InRange(integers[0] * (double)scales[0], 0.9999e6, 1.0001e6);
    }
}
