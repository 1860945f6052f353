// Counts what an archive unpacks to and stops bombs. Unaware of formats.

namespace Imagecraft.Feeds.Archives;

/// <summary>The account of one archive; decoded bytes may be counted on another thread than members.</summary>
/// <param name="archiveBytes">Size of the archive as it is compressed.</param>
/// <param name="limits">What is too much.</param>
internal sealed class ExpansionGuard(long archiveBytes, ExpansionLimits limits)
{
    private readonly long mostBytes = limits.FloorBytes + (archiveBytes * limits.Ratio);
    private long decoded;
    private long linked;
    private int entries;

    /// <summary>Counts bytes that came out of a decoder.</summary>
    /// <exception cref="InvalidDataException">Too many.</exception>
    public void Decoded(long count)
    {
        if ((decoded += count) > mostBytes) throw TooLarge("unpacks");
    }

    /// <summary>Counts the bytes of a further name of a file: whoever copies the tree copies them.</summary>
    /// <exception cref="InvalidDataException">Too many.</exception>
    public void Linked(long count)
    {
        if ((linked += count) > mostBytes) throw TooLarge("unpacks with its hard links");
    }

    /// <summary>Counts a member.</summary>
    /// <exception cref="InvalidDataException">Too many.</exception>
    public void Entry()
    {
        if (++entries > limits.Entries) throw new InvalidDataException($"it has more than {limits.Entries} members; when it means to, split it");
    }

    private InvalidDataException TooLarge(string verb) =>
        new($"it {verb} to more than {mostBytes} bytes, {limits.Ratio} times its {archiveBytes} bytes and {limits.FloorBytes} more, as decompression bombs do; when it means to, compress it less");
}

/// <summary>Read-only stream that counts what is read.</summary>
internal sealed class CountedStream(Stream source, ExpansionGuard guard) : ForwardStream
{
    public override int Read(Span<byte> buffer)
    {
        var count = source.Read(buffer);
        guard.Decoded(count);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) source.Dispose();
        base.Dispose(disposing);
    }
}
