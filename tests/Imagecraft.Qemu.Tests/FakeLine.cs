// Spoils what a machine says on its serial line, at any byte: what a kernel prints by itself falls into the middle of lines. Unaware of what is said.

using System.Text;

namespace Imagecraft.Qemu.Tests;

/// <summary>Puts other text between bytes, and loses bytes, at places that the seed decides.</summary>
/// <param name="seed">Another one gives other places.</param>
/// <param name="between">Mean number of bytes from one place to the next.</param>
/// <param name="texts">What is put there, in turns; an empty one loses the byte at that place.</param>
internal sealed class FakeLine(int seed, int between, params string[] texts)
{
    private readonly Random places = new(seed);
    private int next = 1;
    private int count;
    private string passed = "";

    /// <summary>Off: everything passes unchanged.</summary>
    public bool IsOn { get; set; }

    /// <summary>After this text, it is always spoilt with the first of the texts.</summary>
    public string? Victim { get; set; }

    /// <summary>How often it did so.</summary>
    public int Count => count;

    public Stream On(Stream screen) => new Spoilt(this, screen);

    private byte[] Spoil(ReadOnlySpan<byte> bytes)
    {
        var spoilt = new List<byte>(bytes.Length + 64);
        foreach (byte value in bytes)
        {
            if (IsOn && --next <= 0)
            {
                next = places.Next(1, between * 2);
                byte[] text = Encoding.UTF8.GetBytes(texts[count++ % texts.Length]);
                spoilt.AddRange(text);
                if (text.Length == 0)
                    continue;
            }

            spoilt.Add(value);
            passed = (passed + (char)value)[^Math.Min(passed.Length + 1, 64)..];
            if (Victim is not null && passed.EndsWith(Victim, StringComparison.Ordinal))
                spoilt.AddRange(Encoding.UTF8.GetBytes(texts[0]));
        }

        return [.. spoilt];
    }

    private sealed class Spoilt(FakeLine line, Stream inner) : Stream
    {
        private readonly Queue<byte> waiting = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            byte[] bytes = new byte[buffer.Length];
            while (waiting.Count == 0)
            {
                int read = await inner.ReadAsync(bytes, cancellationToken);
                if (read == 0)
                    return 0;
                foreach (byte value in line.Spoil(bytes.AsSpan(0, read)))
                    waiting.Enqueue(value);
            }

            int count = Math.Min(waiting.Count, buffer.Length);
            for (int index = 0; index < count; index++)
                buffer.Span[index] = waiting.Dequeue();
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
