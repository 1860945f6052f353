// What a program said last, for messages on its end. Unaware of processes.

namespace Imagecraft.Qemu.Machines;

/// <summary>Keeps the last lines; for any threads.</summary>
/// <param name="most">How many are kept.</param>
internal sealed class Complaints(int most)
{
    private readonly Queue<string> lines = new();

    /// <summary>Takes a line; empty ones and null, which ends a stream, are left out.</summary>
    public void Note(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (lines)
        {
            lines.Enqueue(line.Trim());
            if (lines.Count > most)
                lines.Dequeue();
        }
    }

    /// <summary>All that are kept in one line; empty when there are none.</summary>
    public override string ToString()
    {
        lock (lines)
            return string.Join(" / ", lines);
    }
}
