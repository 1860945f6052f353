// What in an array cannot become frames of a network.

using Imagecraft.Onnx.Data;

namespace Imagecraft.Onnx.Tests;

public sealed class NpyContentTests
{
    [Theory]
    [InlineData("<f4", new byte[] { 0, 0, 128, 63, 0, 0, 192, 127 }, "has at position 1 what is no finite number of 32 bits")]
    [InlineData("<f8", new byte[] { 0, 0, 0, 0, 0, 0, 240, 63, 0, 0, 0, 0, 0, 0, 224, 127 }, "has at position 1 what is no finite number of 32 bits")]
    [InlineData("<i4", new byte[] { 0, 0, 0, 1, 1, 0, 0, 1 }, "has 16777217 at position 1, but whole numbers are kept up to 16777216 for sure")]
    [InlineData("<u8", new byte[] { 0, 0, 0, 0, 0, 0, 0, 128, 255, 255, 255, 255, 255, 255, 255, 255 }, "has 18446744073709551615 at position 1")]
    public void What_float32_does_not_keep_is_told_with_its_position(string type, byte[] values, string words)
    {
        byte[] header = [.. System.Text.Encoding.ASCII.GetBytes($"{{'descr': '{type}', 'fortran_order': False, 'shape': (2,), }}\n")];
        var problem = Assert.Throws<OnnxException>(() => NpyFile.Read([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. values], "set/a.npy"));
        Assert.StartsWith($"The array `set/a.npy` {words}", problem.Message, StringComparison.Ordinal);
    }
}
