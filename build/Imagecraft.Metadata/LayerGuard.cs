// Keeps the reader of the workspace away from what is no file of it: links that lead out, pipes, devices, and files no person wrote. Part of the rim; unaware of YAML.

#pragma warning disable RS0030 // It looks at the disk for the rim, which reads from it.

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata;

/// <summary>Judges entries of one layer by their full paths; may be asked from several threads, and tells each problem once.</summary>
sealed partial class LayerGuard(string root)
{
    /// <summary>The largest YAML file; the largest that people write have a hundredth of it.</summary>
    const long MostBytes = 16 << 20;

    // Bits of st_mode and the kernel's struct statx, which is the same on all architectures. Source: inode(7), statx(2).
    const int CurrentFolder = -100, ModeAt = 28, SizeAt = 40, BufferSize = 256;
    const int TypeMask = 0xf000, NamedPipe = 0x1000, CharacterDevice = 0x2000, BlockDevice = 0x6000, Socket = 0xc000;
    const uint TypeModeSize = 0x203;

    readonly Lazy<string> home = new(() => RealPath(root) ?? root);
    readonly ConcurrentDictionary<string, string> elsewhere = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, RefusedEntry> refused = new(StringComparer.Ordinal);

    /// <summary>Everything that was not taken, by path.</summary>
    public ImmutableArray<RefusedEntry> Refused => [.. refused.Values.OrderBy(entry => entry.Path, StringComparer.Ordinal)];

    /// <summary>Whether a path is none that a link leads out of the workspace; what does not exist is taken.</summary>
    public bool Takes(string path)
    {
        if (new FileInfo(path).LinkTarget is not { } target)
            return true;
        if (RealPath(path) is not { } real)
            return true;
        var own = Home(path);
        if (path != root && path.Length > root.Length && LayerFolders.LinkOf(Relative(path)) == Relative(path))
            return true;
        if (path != root && $"{home.Value}{path[root.Length..]}/".StartsWith(real + "/", StringComparison.Ordinal))
            return Refuse(path, Codes.LinkLeadsOut, $"The symbolic link `{Relative(path)}` to `{target}` leads to a folder in which it lies itself", "Remove the link");
        if (real == own || real.StartsWith(own + "/", StringComparison.Ordinal))
            return true;
        return Refuse(path, Codes.LinkLeadsOut, $"The symbolic link `{Relative(path)}` to `{target}` leads out of the workspace, to `{real}`", "Copy what it leads to into the layer, or remove the link");
    }

    /// <summary>Whether a file, as far as it exists, is one that people write.</summary>
    public bool TakesText(string path) => TextProblem(path) is not var (message, hint) || Refuse(path, Codes.UnreadableFile, message, hint);

    /// <summary>The same of a file that need not be a document; nothing is told of it.</summary>
    public bool IsText(string path) => TextProblem(path) is null;

    (string Message, string Hint)? TextProblem(string path)
    {
        var buffer = new byte[BufferSize];
        if (Statx(CurrentFolder, path, 0, TypeModeSize, buffer) != 0)
            return ($"`{Relative(path)}` leads nowhere: it is a symbolic link to nothing, or was removed just now", "Correct the link, or remove it");
        var size = BitConverter.ToInt64(buffer, SizeAt);
        if (Kind(BitConverter.ToUInt16(buffer, ModeAt) & TypeMask) is { } kind)
            return ($"`{Relative(path)}` is {kind}, not a file", "Remove it, or give it another ending than `.yaml`");
        return size <= MostBytes ? null : ($"`{Relative(path)}` has {size} bytes, but at most {MostBytes} are read of a YAML file", "Split it, or give it another ending than `.yaml` when it is none");
    }

    /// <summary>Why a file that a document names cannot be taken: a link that leads out of the workspace, also one above it, or what is neither file nor folder; null when it can.</summary>
    /// <param name="path">Workspace-relative.</param>
    public (string Why, string Hint)? Oddity(string path)
    {
        if (RealPath($"{root}/{path}") is { } real && Home($"{root}/{path}") is var own && real != own && !real.StartsWith(own + "/", StringComparison.Ordinal))
            return ($"leads out of the workspace by a symbolic link, to `{real}`", "Copy it into the workspace");
        var buffer = new byte[BufferSize];
        return Statx(CurrentFolder, $"{root}/{path}", 0, TypeModeSize, buffer) == 0 && Kind(BitConverter.ToUInt16(buffer, ModeAt) & TypeMask) is { } kind
            ? ($"is {kind}", "Name a file or a folder")
            : null;
    }

    /// <summary>The folder that a path may not leave: the workspace, or the layer from elsewhere that it goes through.</summary>
    string Home(string path)
    {
        if (path.Length <= root.Length || LayerFolders.LinkOf(Relative(path)) is not { } link)
            return home.Value;
        return elsewhere.GetOrAdd(link, name => RealPath($"{root}/{name}") ?? home.Value);
    }

    /// <summary>Notes a file that is no UTF-8.</summary>
    public void RefuseBytes(string path, ReadOnlySpan<byte> bytes)
    {
        var good = 0;
        while (System.Text.Rune.DecodeFromUtf8(bytes[good..], out _, out var length) == System.Buffers.OperationStatus.Done)
            good += length;
        var line = bytes[..good].Count((byte)'\n') + 1;
        Refuse(path, Codes.UnreadableFile, bytes is [0xff, 0xfe, ..] or [0xfe, 0xff, ..] ? $"`{Relative(path)}` is UTF-16" : $"`{Relative(path)}` is no UTF-8: line {line} has the byte 0x{bytes[good]:x2}", "Save it as UTF-8");
    }

    /// <summary>Notes a folder of a layer that nobody looks into.</summary>
    public void RefuseFolder(string path, string meant) =>
        Refuse(path, Codes.UnreadFolder, $"Nobody looks into the folder `{Relative(path)}`", $"Did you mean `{meant}`? Rename it, or give it a name that is less like it");

    static string? Kind(int type) => type switch
    {
        NamedPipe => "a named pipe",
        CharacterDevice => "a character device",
        BlockDevice => "a block device",
        Socket => "a socket",
        _ => null,
    };

    bool Refuse(string path, string code, string message, string hint)
    {
        refused.TryAdd(path, new RefusedEntry(Relative(path), code, message, hint));
        return false;
    }

    string Relative(string path) => path[(root.Length + 1)..];

    /// <summary>The path behind all links; null when something of it does not exist.</summary>
    static string? RealPath(string path)
    {
        var resolved = RealPathNative(path, 0);
        if (resolved == 0)
            return null;
        var text = Marshal.PtrToStringUTF8(resolved);
        FreeNative(resolved);
        return text;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, [Out] byte[] buffer);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPathNative(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void FreeNative(nint pointer);
}
