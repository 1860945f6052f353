// Every file of an image with the package that brought it, as JSON. Unaware of how the root file system was merged.

using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Manifests;

/// <summary>A file, link or folder of a root file system.</summary>
/// <param name="Path">Absolute path on the board.</param>
/// <param name="Kind"><c>file</c>, <c>folder</c>, <c>link</c>, or <c>node</c> for devices and pipes.</param>
/// <param name="Package">Who brought it: a package, <c>model-NAME</c>, <c>image</c> or <c>board</c>; empty for folders that only lead to others.</param>
/// <param name="Mode">Permission bits, four octal digits.</param>
/// <param name="Owner">Numbers of user and group, <c>0:0</c>.</param>
public sealed record ListedFile(string Path, string Kind, string Package, string Mode, string Owner)
{
    /// <summary>Bytes of a file; 0 for what has no content.</summary>
    public long Size { get; init; }

    /// <summary>SHA-256 of a file's content; null for what has none.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Where a link leads; null for others.</summary>
    public string? Target { get; init; }
}

/// <summary>All entries of a root file system, ordered by path.</summary>
/// <param name="Format">Version of this format.</param>
/// <param name="Files">The entries.</param>
public sealed record FileList(int Format, ImmutableArray<ListedFile> Files);

/// <summary>Writes and reads <c>files.json</c>, which has a line for each entry, so that <c>grep</c> and <c>diff</c> are of use too.</summary>
public static partial class FileListJson
{
    /// <summary>Name among the artifacts.</summary>
    public const string Artifact = "files.json";

    private const int Version = 1;

    /// <summary>The text of a tree, with a final line break.</summary>
    public static string Write(RootFsTree tree)
    {
        var text = new StringBuilder($"{{\"format\":{Version},\"files\":[\n");
        text.AppendJoin(",\n", tree.Entries.Select(owned => JsonSerializer.Serialize(Of(owned), Texts.ListedFile)));
        return text.Append("\n]}\n").ToString();
    }

    /// <summary>Reads a list.</summary>
    /// <exception cref="JsonException">The text is no list of files, or one of a later version.</exception>
    public static ImmutableArray<ListedFile> Read(string json) =>
        JsonSerializer.Deserialize(json, Texts.FileList) is { Format: Version, Files: { IsDefault: false } files } ? files : throw new JsonException("It is no list of files that this version knows");

    private static ListedFile Of(OwnedEntry owned)
    {
        var entry = owned.Entry;
        var kind = entry.Kind switch { EntryKind.File => "file", EntryKind.Folder => "folder", EntryKind.Symlink => "link", _ => "node" };
        return new(entry.Path.Value, kind, owned.Package, Convert.ToString(entry.Mode, 8).PadLeft(4, '0'), $"{entry.Uid}:{entry.Gid}")
        {
            Size = entry.Content?.Size ?? 0,
            Sha256 = entry.Content?.Sha256,
            Target = entry.LinkTarget,
        };
    }

    private static readonly ListContext Texts = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    [JsonSerializable(typeof(FileList))]
    private sealed partial class ListContext : JsonSerializerContext;
}
