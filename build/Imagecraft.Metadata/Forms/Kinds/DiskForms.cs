// The forms of a board's disk: partitions, their files, blobs. Unaware of boards and of partition tables.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>partitions:</c> of boards.</summary>
static class PartitionForm
{
    static readonly string[] Words = ["linux", "esp", "vfat", "linux-root-arm64", "linux-root-x86-64", "linux-root-riscv64", "linux-root-arm"];

    static readonly Shape<Sited<string>> PartitionType = new Scalar<string>(
        $"a GPT type GUID, an MBR type such as `0x0c` or one of [ {string.Join(", ", Words.Select(word => $"`{word}`"))} ]",
        text => (text, Words.Contains(text) || Guid.TryParseExact(text, "D", out _) || IsMbrType(text)),
        () => new() { ["type"] = new System.Text.Json.Nodes.JsonArray("string", "integer") },
        text => (Codes.UnknownWord, Nearest.To(text, Words) is { } near ? $"Did you mean `{near}`?" : null));

    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required("name", ScalarShapes.Text, "GPT name");
    static readonly Field<Sited<string>> Type = Keys.Required("type", PartitionType, "GPT type GUID, MBR type, or a word such as linux-root-arm64");
    static readonly Field<Sited<string>?> Content = Keys.Maybe("content", ScalarShapes.Text, "name of an image output such as rootfs.ext4, vfat for a file system with the files below, or ext4 for an empty one");
    static readonly Field<Sited<long>?> Size = Keys.Maybe("size", ScalarShapes.Size, "size; as large as the content when absent");
    static readonly Field<Sited<long>?> Offset = Keys.Maybe("offset", ScalarShapes.Size, "first byte on the disk; after the partition before when absent");
    static readonly Field<ImmutableArray<Sited<string>>> Attributes = Keys.List("attributes", ScalarShapes.OneOf("required", "bootable", "read-only", "no-auto", "grow"), "what firmware and systemd-repart are told of it");
    static readonly Field<ImmutableArray<BootFile>> Files = Keys.List("files", BootFileForm.Form, "files of a vfat file system");
    static readonly Field<Sited<string>?> Package = Keys.Maybe("package", ScalarShapes.Name, "package whose `file` is the raw content");
    static readonly Field<Sited<string>?> File = Keys.Maybe("file", ScalarShapes.TargetPath, "path in the package");

    public static Form<PartitionSpec> Form { get; } = new("a partition", Keys,
        values => new PartitionSpec(values.Get(Name), values.Get(Type), values.Get(Content), values.Get(Size))
        {
            Offset = values.Get(Offset),
            Attributes = values.Get(Attributes),
            Files = values.Get(Files),
            Raw = values.Get(Package) is { } package ? new PackageFile(package, values.Get(File)!) : null,
        },
        Check);

    static bool IsMbrType(string text) => text.Length == 4 && text.StartsWith("0x", StringComparison.Ordinal) && text[2..].All(char.IsAsciiHexDigit);

    static bool Check(Values values)
    {
        var (name, content, package, file) = (values.Get(Name), values.Get(Content), values.Get(Package), values.Get(File));
        if ((package is null) != (file is null))
            return Refuse("needs both `package` and `file`, or none", "Give the package and the path in it");
        if (package is not null && content is not null)
            return Refuse("has both `content` and `package`", "Give one of the two");
        if (!values.Get(Files).IsEmpty && content?.Value != "vfat")
            return Refuse("has `files`, but no file system of its own", "Write `content: vfat`");
        if (content?.Value == "vfat" && values.Get(Files).IsEmpty)
            return Refuse("is a `vfat` file system without `files`", "List its files, or remove `content`");
        if (content?.Value == "ext4" && values.Get(Size) is null)
            return Refuse("is an empty `ext4` file system without `size`", "Give its size, e.g. `size: 64 MiB`");
        return true;

        bool Refuse(string what, string hint)
        {
            values.Reading.Error(Codes.Contradiction, $"Partition `{name.Value}` {what}", name.Span, hint);
            return false;
        }
    }
}

/// <summary><c>files:</c> of partitions.</summary>
static class BootFileForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Path = Keys.Required("path", ScalarShapes.TargetPath, "absolute path in the partition; a folder when it ends with a slash");
    static readonly Field<Sited<string>?> Text = Keys.Maybe("text", ScalarShapes.Text, "the text itself; {cmdline} and {kernel} are filled in");
    static readonly Field<Sited<string>?> Artifact = Keys.Maybe("artifact", ScalarShapes.Text, "artifact of the image, e.g. Image");
    static readonly Field<Sited<string>?> Package = Keys.Maybe("package", ScalarShapes.Name, "package that brings `file`; it need not be installed");
    static readonly Field<Sited<string>?> File = Keys.Maybe("file", ScalarShapes.TargetPath, "path in the package; a glob when `path` is a folder");

    public static Form<BootFile> Form { get; } = new("a file of a partition", Keys,
        values => new BootFile(values.Get(Path), values.Get(Text), values.Get(Artifact), values.Get(Package) is { } package ? new PackageFile(package, values.Get(File)!) : null), Check);

    static bool Check(Values values)
    {
        var path = values.Get(Path);
        var sources = new[] { values.Get(Text), values.Get(Artifact), values.Get(Package) }.Count(source => source is not null);
        if (sources != 1 || (values.Get(Package) is null) != (values.Get(File) is null))
            return Refuse("needs one of `text`, `artifact`, and `package` with `file`", "Give one of the three");
        if (path.Value.EndsWith('/') && values.Get(Package) is null)
            return Refuse("is a folder, but its source is a single file", "Write the file's whole path");
        if (!path.Value.EndsWith('/') && values.Get(File)?.Value.AsSpan().ContainsAny('*', '?') == true)
            return Refuse("is one file, but its source is a glob", "End the path with a slash");
        return true;

        bool Refuse(string what, string hint)
        {
            values.Reading.Error(Codes.Contradiction, $"File `{path.Value}` {what}", path.Span, hint);
            return false;
        }
    }
}

/// <summary><c>blobs:</c> of boards.</summary>
static class BlobForm
{
    static readonly FieldSet Keys = new();
    static readonly Field<Sited<string>> Name = Keys.Required("name", ScalarShapes.Name, "name for messages");
    static readonly Field<Sited<long>> Offset = Keys.Required("offset", ScalarShapes.Size, "first byte on the disk");
    static readonly Field<Sited<long>?> Size = Keys.Maybe("size", ScalarShapes.Size, "bytes that are kept free for it; as many as the content has when absent");
    static readonly Field<Sited<string>> Package = Keys.Required("package", ScalarShapes.Name, "package that brings the content");
    static readonly Field<Sited<string>> File = Keys.Required("file", ScalarShapes.TargetPath, "path in the package");

    public static Form<BlobSpec> Form { get; } = new("a blob", Keys,
        values => new BlobSpec(values.Get(Name), values.Get(Offset), values.Get(Size), new PackageFile(values.Get(Package), values.Get(File))));
}
