// Bytes to and from a machine over a port of its own. Unaware of shells and files.

using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Imagecraft.TestKit;

/// <summary>This host's end of a virtio port. QEMU connects to it when the machine starts.</summary>
/// <remarks>Source: virtio 1.3, 5.3 (console device); QEMU's documentation, <c>-device virtserialport</c>.</remarks>
internal sealed class FilePort : IDisposable
{
    /// <summary>The name by which the machine finds the port.</summary>
    public const string Name = "imagecraft.files";

    private const int Piece = 1 << 16;

    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly DirectoryInfo folder = SocketFolder.Create();
    private readonly Task<NetworkStream> connected;

    public FilePort()
    {
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        listener.Listen(1);
        connected = Task.Run(async () => new NetworkStream(await listener.AcceptAsync(), ownsSocket: true));
    }

    /// <summary>QEMU's arguments; the machine has a virtio serial bus already.</summary>
    public string[] Arguments => ["-chardev", $"socket,id=ic-files,path={SocketPath}", "-device", $"virtserialport,chardev=ic-files,name={Name}"];

    /// <summary>The machine's device; null: it has not been looked for; empty: it has none that can be used.</summary>
    public string? Device { get; set; }

    private string SocketPath => Path.Combine(folder.FullName, "files");

    /// <summary>Sends everything and gives its hash.</summary>
    public async Task<string> SendAsync(Stream content, CancellationToken cancellationToken)
    {
        NetworkStream stream = await connected.WaitAsync(cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[Piece];
        for (int read; (read = await content.ReadAsync(piece, cancellationToken)) > 0;)
        {
            hash.AppendData(piece, 0, read);
            await stream.WriteAsync(piece.AsMemory(0, read), cancellationToken);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Takes everything up to a mark and gives its hash.</summary>
    /// <param name="destination">Gets the bytes before the mark.</param>
    /// <param name="mark">ASCII; nothing comes behind it.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    public async Task<string> ReceiveAsync(Stream destination, string mark, CancellationToken cancellationToken)
    {
        NetworkStream stream = await connected.WaitAsync(cancellationToken);
        byte[] end = Encoding.ASCII.GetBytes(mark);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[Piece + end.Length];
        // The last bytes are kept back, as they may be the mark or its start.
        for (int kept = 0; ;)
        {
            int read = await stream.ReadAsync(piece.AsMemory(kept), cancellationToken);
            if (read == 0)
                throw new IOException("The machine closed its port for files");
            int length = kept + read, before = Math.Max(0, length - end.Length);
            hash.AppendData(piece, 0, before);
            await destination.WriteAsync(piece.AsMemory(0, before), cancellationToken);
            if (piece.AsSpan(before, length - before).SequenceEqual(end))
                return Convert.ToHexStringLower(hash.GetHashAndReset());
            piece.AsSpan(before, length - before).CopyTo(piece);
            kept = length - before;
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        if (connected.IsCompletedSuccessfully)
            connected.Result.Dispose();
        else
            connected.ContinueWith(failed => failed.Exception, TaskScheduler.Default);
        folder.Delete(recursive: true);
    }
}
