// Builds and reads .npy files independently of the program under test.

using System.Text;

namespace Imagecraft.Runtime.Tests;

static class NpyFile
{
    public static byte[] Bytes(string header, byte[] data, byte version = 1)
    {
        var text = Encoding.Latin1.GetBytes(header + "\n");
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)text.Length) : BitConverter.GetBytes((uint)text.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. text, .. data];
    }

    public static byte[] Floats(string shape, params float[] values) => Bytes($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}", [.. values.SelectMany(BitConverter.GetBytes)]);

    /// <summary>Header text and values of a float file of version 1.</summary>
    public static (string Header, float[] Values) Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        Assert.Equal([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0], bytes[..8]);
        var start = 10 + BitConverter.ToUInt16(bytes, 8);
        Assert.Equal(0, start % 64);
        return (Encoding.Latin1.GetString(bytes, 10, start - 10).TrimEnd(), [.. Enumerable.Range(0, (bytes.Length - start) / 4).Select(i => BitConverter.ToSingle(bytes, start + (4 * i)))]);
    }
}
