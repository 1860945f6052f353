// Copies of disk images that take no more room than their content. Unaware of what is in them.

namespace Imagecraft.TestKit;

internal static class SparseFile
{
    private const int Piece = 1 << 16;

    /// <summary>Copies a file, leaving out what is zero.</summary>
    /// <param name="from">The file.</param>
    /// <param name="to">A new file.</param>
    /// <param name="size">Bytes of the new one, when it is to have more; null: as many.</param>
    public static void Copy(string from, string to, long? size = null)
    {
        using FileStream source = File.OpenRead(from), copy = File.Create(to);
        byte[] piece = new byte[Piece];
        for (int read; (read = source.ReadAtLeast(piece, piece.Length, throwOnEndOfStream: false)) > 0;)
        {
            if (piece.AsSpan(0, read).ContainsAnyExcept((byte)0))
                copy.Write(piece, 0, read);
            else
                copy.Seek(read, SeekOrigin.Current);
        }

        copy.SetLength(Math.Max(size ?? 0, (source.Length + 511) / 512 * 512));
    }
}
