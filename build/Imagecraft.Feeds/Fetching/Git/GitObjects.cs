// Reads objects of a repository and checks each against its id. Unaware of networks.

using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Imagecraft.Feeds.Fetching;

/// <summary>Objects of the bare repository at <paramref name="folder"/>. An id is a hash of the content, so what has the right id is right, whoever gave it.</summary>
/// <remarks>Source: git-cat-file(1), section "Batch Output"; gitformat-pack(5) for ids.</remarks>
internal sealed class GitObjects(GitProgram git, string folder)
{
    private const int LongestInMemory = 64 << 20;

    /// <summary>Reads objects in order; <paramref name="take"/> gets index, size and content, and may leave the rest of it.</summary>
    /// <exception cref="FeedException">One is missing, of another kind, or not what its id says.</exception>
    public Task ReadAsync(string kind, IReadOnlyList<string> ids, Func<int, long, Stream, Task> take, CancellationToken cancellationToken) =>
        ids.Count == 0 ? Task.CompletedTask : git.StreamAsync(string.Join('\n', ids) + "\n", async output =>
        {
            var buffered = new BufferedStream(output, 256 * 1024);
            for (var i = 0; i < ids.Count; i++)
            {
                var header = await LineAsync(buffered, cancellationToken);
                if (header is not [_, var found, var length] || !long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var size)) throw new FeedException($"has no {kind} `{ids[i]}`", userError: true);
                if (found != kind) throw new FeedException($"has a {found} where a {kind} is named: `{ids[i]}`", userError: true);
                await using var content = new Checked(buffered, kind, size, ids[i]);
                await take(i, size, content);
                await content.EndAsync(cancellationToken);
                if (buffered.ReadByte() < 0) throw new EndOfStreamException();
            }
        }, cancellationToken, $"--git-dir={folder}", "cat-file", "--batch", "--buffer");

    /// <summary>Reads whole objects that are small as a rule.</summary>
    /// <exception cref="FeedException">As above, or one has more than 64 MiB.</exception>
    public async Task<byte[][]> BytesAsync(string kind, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var all = new byte[ids.Count][];
        await ReadAsync(kind, ids, async (index, size, content) =>
        {
            if (size > LongestInMemory) throw new FeedException($"has a {kind} of {size} bytes", userError: true);
            all[index] = new byte[size];
            await content.ReadExactlyAsync(all[index], cancellationToken);
        }, cancellationToken);
        return all;
    }

    private static async Task<string[]> LineAsync(Stream stream, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length < 256)
        {
            await stream.ReadExactlyAsync(one, cancellationToken);
            if (one[0] == '\n') return line.ToString().Split(' ');
            line.Append((char)one[0]);
        }
        throw new EndOfStreamException();
    }

    // The content of one object within git's output, hashed as it is read.
    private sealed class Checked : Stream
    {
        private readonly Stream source;
        private readonly string id;
        private readonly IncrementalHash hash;
        private readonly long size;
        private long rest;

        public Checked(Stream source, string kind, long size, string id)
        {
            this.source = source;
            this.id = id;
            this.size = rest = size;
            // git's older ids are SHA-1; it looks for made collisions itself while it receives.
            hash = IncrementalHash.CreateHash(id.Length == 64 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
            hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind} {size}\0")));
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await source.ReadAsync(buffer[..(int)Math.Min(buffer.Length, rest)], cancellationToken);
            if (count == 0 && rest > 0 && buffer.Length > 0) throw new EndOfStreamException();
            hash.AppendData(buffer.Span[..count]);
            rest -= count;
            return count;
        }

        public async Task EndAsync(CancellationToken cancellationToken)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
            while (rest > 0 && await ReadAsync(buffer, cancellationToken) > 0)
            {
            }
            ArrayPool<byte>.Shared.Return(buffer);
            if (Convert.ToHexStringLower(hash.GetHashAndReset()) != id) throw new FeedException(FeedCause.OtherContent, $"gave something else for the object `{id}`: its content has another hash");
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) hash.Dispose();
            base.Dispose(disposing);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => size;

        public override long Position { get => size - rest; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
