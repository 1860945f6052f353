// What good, cut and damaged ONNX files give.

namespace Imagecraft.Onnx.Tests;

public sealed class OnnxFileTests
{
    [Fact]
    public void A_model_is_the_same_after_writing_and_reading()
    {
        using var folder = new TemporaryFolder();
        OnnxFile.Write(TestModels.Conditional(), folder["model.onnx"]);
        Assert.Equal(TestModels.Conditional(), OnnxFile.Read(folder["model.onnx"]));
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("`/nowhere/model.onnx` does not exist", Assert.Throws<OnnxException>(() => OnnxFile.Read("/nowhere/model.onnx")).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_truncation_is_an_error_that_names_the_file_or_a_model()
    {
        var bytes = TestModels.Bytes(TestModels.Conditional());
        var errors = 0;
        for (var length = 0; length < bytes.Length; length++)
            errors += Fails(bytes[..length]) ? 1 : 0;
        // The graph is one field, so nearly every cut goes through it.
        Assert.True(errors > bytes.Length * 9 / 10, $"{errors} of {bytes.Length} truncations were noticed");
    }

    [Fact]
    public void Damaged_bytes_never_give_another_exception()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = TestModels.Bytes(TestModels.Conditional());
            for (var flips = random.Next(1, 8); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            Fails(bytes);
        }
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        byte[] inner = [];
        for (var depth = 0; depth < 200; depth++)
            inner = Field(1, Field(5, Field(6, inner)));
        Assert.True(Fails(Field(7, inner)));
    }

    /// <summary>Whether the bytes are refused in the right way.</summary>
    static bool Fails(byte[] bytes)
    {
        try
        {
            using var stream = new MemoryStream(bytes);
            OnnxFile.Read(stream, "shown.onnx");
            return false;
        }
        catch (OnnxException problem)
        {
            Assert.Contains("`shown.onnx` is not an ONNX model or is damaged", problem.Message, StringComparison.Ordinal);
            return true;
        }
    }

    static byte[] Field(int number, byte[] content)
    {
        var length = new List<byte>();
        for (var rest = content.Length; ; rest >>= 7)
        {
            length.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
            if (rest <= 0x7F)
                break;
        }
        return [(byte)((number << 3) | 2), .. length, .. content];
    }
}
