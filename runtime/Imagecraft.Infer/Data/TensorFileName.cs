// The file names of tensors. Unaware of what is in the files. The build has the same rule, in GoldenNames.

using System.Text;

namespace Imagecraft.Infer.Data;

/// <summary>A name of its own for every tensor: networks may name tensors like paths, and at any length.</summary>
static class TensorFileName
{
    const int MostBytes = 200, HeadBytes = 160;

    /// <summary>As the tensor, but for slashes, zeros and percent signs, which become <c>%</c> and two digits; of a long one the end becomes the head of its SHA-256 behind <c>%-</c>.</summary>
    public static string Of(string tensor)
    {
        var bytes = Encoding.UTF8.GetBytes(tensor.Replace("%", "%25").Replace("/", "%2F").Replace("\0", "%00"));
        if (bytes.Length <= MostBytes)
            return Encoding.UTF8.GetString(bytes) + ".npy";
        var head = HeadBytes;
        // Not within a character.
        while ((bytes[head] & 0xC0) == 0x80)
            head--;
        return $"{Encoding.UTF8.GetString(bytes, 0, head)}%-{Convert.ToHexStringLower(Sha256.Of(Encoding.UTF8.GetBytes(tensor)).AsSpan(0, 8))}.npy";
    }
}
