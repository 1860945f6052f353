// Writes WAV files of 16-bit PCM. Unaware of what is heard.
// Source of the format: "Multimedia Programming Interface and Data Specifications 1.0", IBM and Microsoft, 1991.

using System.Buffers.Binary;

namespace Imagecraft.Onnx.Audio;

/// <summary>RIFF/WAVE, uncompressed, 16 bits, one channel.</summary>
public static class WavWriter
{
    const int HeaderLength = 44;

    /// <summary>Writes <paramref name="sound"/>; samples beyond -1 and 1 are clipped.</summary>
    public static void Write(string path, Sound sound)
    {
        var bytes = new byte[HeaderLength + (2 * sound.Samples.Length)];
        "RIFF"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        "WAVEfmt "u8.CopyTo(bytes.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), sound.Rate);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), 2 * sound.Rate);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(34), 16);
        "data"u8.CopyTo(bytes.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), 2 * sound.Samples.Length);
        for (var i = 0; i < sound.Samples.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(HeaderLength + (2 * i)), (short)Math.Clamp(Math.Round(sound.Samples[i] * 32768), short.MinValue, short.MaxValue));
        File.WriteAllBytes(path, bytes);
    }
}
