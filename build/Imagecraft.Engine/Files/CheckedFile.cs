// A small file that is replaced as a whole and tells itself whether it is whole. Unaware of what is in it.

using System.Security.Cryptography;
using Google.Protobuf;

namespace Imagecraft.Engine.Files;

/// <summary>SHA-256 of a message, then the message. One that is torn, cut or flipped counts as absent: no one waits for the disk while it is written.</summary>
internal static class CheckedFile
{
    /// <summary>The message; null when the file is absent or not as it was written.</summary>
    internal static T? Read<T>(string path, MessageParser<T> parser)
        where T : class, IMessage<T> => Posix.TryRead(path, out _) is { } bytes ? Decode(bytes, parser) : null;

    /// <summary>Replaces the file; its folder is made when absent.</summary>
    /// <exception cref="DiskFullException">No space; the file is as before.</exception>
    /// <exception cref="IOException">It cannot be written; the file is as before.</exception>
    internal static void Write(string path, IMessage message) => AtomicFile.Write(path, Encode(message));

    /// <summary>The content of such a file.</summary>
    internal static byte[] Encode(IMessage message)
    {
        var bytes = new byte[SHA256.HashSizeInBytes + message.CalculateSize()];
        message.WriteTo(bytes.AsSpan(SHA256.HashSizeInBytes));
        SHA256.HashData(bytes.AsSpan(SHA256.HashSizeInBytes), bytes);
        return bytes;
    }

    /// <summary>The message in the content of such a file; null when it is torn or flipped.</summary>
    internal static T? Decode<T>(byte[] bytes, MessageParser<T> parser)
        where T : class, IMessage<T>
    {
        if (bytes.Length < SHA256.HashSizeInBytes || !SHA256.HashData(bytes.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(bytes.AsSpan(0, SHA256.HashSizeInBytes)))
            return null;
        try
        {
            return parser.ParseFrom(bytes.AsSpan(SHA256.HashSizeInBytes));
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
