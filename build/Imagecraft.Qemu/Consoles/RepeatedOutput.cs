// Gathers the lines of an output that is sent again, from as many times as it takes. Unaware of where they come from.

using System.Security.Cryptography;

namespace Imagecraft.Qemu.Consoles;

/// <summary>Filled by one thread, asked by another.</summary>
/// <param name="size">Bytes of the output, whole lines.</param>
internal sealed class RepeatedOutput(int size)
{
    private readonly Lock gate = new();
    private readonly byte[] content = new byte[size];
    private readonly bool[] known = new bool[size / OutputLines.Width];

    /// <summary>How many lines have come.</summary>
    public int Count { get; private set; }

    /// <summary>Takes a line, unless it is known or none of this output.</summary>
    public void Take(long offset, string bytes)
    {
        lock (gate)
        {
            if (offset % OutputLines.Width != 0 || offset >= size || known[offset / OutputLines.Width])
                return;
            for (int index = 0; index < OutputLines.Width; index++)
                content[offset + index] = (byte)bytes[index];
            known[offset / OutputLines.Width] = true;
            Count++;
        }
    }

    /// <summary>The part from the first to the last line that has not come; null when all have.</summary>
    public (int Offset, int Length)? Missing
    {
        get
        {
            lock (gate)
            {
                int first = Array.IndexOf(known, false);
                return first < 0 ? null : (first * OutputLines.Width, (Array.LastIndexOf(known, false) - first + 1) * OutputLines.Width);
            }
        }
    }

    /// <summary>All bytes, as characters of the same numbers; null when they are others than the hash says.</summary>
    public string? Content(string sha256)
    {
        lock (gate)
            return Convert.ToHexStringLower(SHA256.HashData(content)) == sha256 ? System.Text.Encoding.Latin1.GetString(content) : null;
    }
}
