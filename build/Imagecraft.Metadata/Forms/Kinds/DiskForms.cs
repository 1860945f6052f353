// The forms of a board's disk: partitions, their files, blobs. Unaware of boards and of partition tables.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>What is said of the disk as a whole.</summary>
static class DiskForms
{
    /// <summary><c>sector-size:</c> of boards.</summary>
    public static Shape<Sited<int>> SectorSize { get; } = new Scalar<int>(
        "512 or 4096", text => text switch { "512" => (512, true), "4096" => (4096, true), _ => (512, false) },
        () => new() { ["enum"] = new System.Text.Json.Nodes.JsonArray(512, 4096) });
}

/// <summary><c>partitions:</c> of boards.</summary>
static class PartitionForm
{
    static readonly string[] Words = ["linux", "esp", "vfat", "linux-root-arm64", "linux-root-x86-64", "linux-root-riscv64", "linux-root-arm"];

    static readonly Shape<Sited<string>> PartitionType = new Scalar<string>(
        $"a GPT type GUID, an MBR type such as `0x0c` or one of [ {string.Join(", ", Words.Select(word => $"`{word}`"))} ]",
        text => (text, Words.Contains(text) || Guid.TryParseExact(text, "D", out _) || IsMbrType(text)),
        () => new() { ["type"] = new System.Text.Json.Nodes.JsonArray("string", "integer") },
        text => (Codes.UnknownWord, Nearest.To(text, Words) is { } near ? $"Did you mean `{near}`?" : null));

    static readonly Shape<Sited<string>> Identifier = new Scalar<string>(
        "a GUID such as `4fd84c93-54ef-463f-a7ef-ae25ff887087`", text => (text, Guid.TryParseExact(text, "D", out _)), () => new() { ["type"] = "string", ["pattern"] = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$" });

    static readonly Shape<Sited<string>> Attribute = ScalarShapes.OneOf("required", "bootable", "read-only", "no-auto", "grow");

    // What every boot mounts itself.
    static readonly string[] Taken = ["/proc", "/sys", "/dev", "/run", "/tmp", "/sysroot"];

    // What a system without it cannot boot by; a file system over it would hide it.
    static readonly string[] Hidden = ["/bin", "/etc", "/lib", "/lib64", "/sbin", "/usr", "/usr/bin", "/usr/lib", "/usr/sbin", "/var"];

    // The kernel's list of mounts writes other characters in octal, by which nobody would find them.
    static readonly Shape<Sited<string>> Folder = new Scalar<string>(
        $"an absolute folder such as `/data` of letters, digits and `._+@-`, that is not / and not in [ {string.Join(", ", Taken.Select(taken => $"`{taken}`"))} ]",
        text => (text, TargetPaths.IsFile(text) && IsPlain(text) && !Hidden.Contains(text) && !Taken.Any(taken => text == taken || text.StartsWith(taken + "/", StringComparison.Ordinal))),
        () => new() { ["type"] = "string", ["pattern"] = "^(/[A-Za-z0-9._+@-]+)+$" },
        text => (Codes.WrongFormat, Hidden.Contains(text) ? $"An empty file system would hide what the system boots by; take a folder of its own, such as `{text}/local` or `/data`" : null));

    /// <summary>What a GPT holds, without what would end a line, a quote or a folder's name on its way there.</summary>
    static readonly Shape<Sited<string>> PartitionName = new Scalar<string>(
        $"a name of 1 to {LongestName} characters without slashes, quotes, backslashes and line breaks",
        text => (text, text.Length is > 0 and <= LongestName && text.Trim() == text && !text.Any(c => char.IsControl(c) || c is '/' or '\\' or '\'' or '"')),
        () => new() { ["type"] = new System.Text.Json.Nodes.JsonArray("string", "number"), ["pattern"] = $"^[^/\\\\'\"]{{1,{LongestName}}}$" },
        text => (Codes.WrongFormat, text.Length > LongestName ? $"It has {text.Length}" : null));

    /// <summary>UTF-16 code units (UEFI specification 2.10, 5.3.3).</summary>
    const int LongestName = 36;

    static readonly Shape<Sited<string>> Option = new Scalar<string>(
        "one option such as `noatime` or `umask=0077`", text => (text, text.Length > 0 && !text.Any(c => char.IsWhiteSpace(c) || c is ',' or '\'' or '"')),
        () => new() { ["type"] = "string", ["pattern"] = "^[^\\s,'\"]+$" });

    public static Form<PartitionSpec> Form { get; } = new("a partition", Bind);

    static Func<PartitionSpec?> Bind(Keys keys)
    {
        var name = keys.Required("name", PartitionName, "GPT name");
        var type = keys.Required("type", PartitionType, "GPT type GUID, MBR type, or a word such as linux-root-arm64");
        var id = keys.Maybe("id", Identifier, "its own GUID, where firmware looks for it; made of the disk's content when absent");
        var content = keys.Maybe("content", ScalarShapes.Text, "name of an image output such as rootfs.ext4, vfat for a file system with the files below, or ext4 for an empty one");
        var size = keys.Maybe("size", ScalarShapes.SomeSize, "size; as large as the content when absent");
        var offset = keys.Maybe("offset", ScalarShapes.Size, "first byte on the disk; after the partition before when absent");
        var attributes = keys.List("attributes", Attribute, "what firmware is told of it; `grow`: at boot it takes the rest of the disk, and an ext4 in it the whole partition");
        var mount = keys.Maybe("mount", Folder, "folder in which its file system is mounted at each boot");
        var options = keys.List("mount-options", Option, "options of that mount such as noatime");
        var files = keys.List("files", BootFileForm.Form, "files of a vfat file system");
        var package = keys.Maybe("package", ScalarShapes.Name, "package whose `file` is the raw content");
        var file = keys.Maybe("file", ScalarShapes.TargetPath, "path in the package");
        return () => Check() ? new PartitionSpec(name, type, content, size)
        {
            Id = id,
            Offset = offset,
            Attributes = attributes,
            Mount = mount,
            MountOptions = options,
            Files = files,
            Raw = package is null ? null : new PackageFile(package, file!),
        } : null;

        bool Check()
        {
            if (id is not null && content?.Value.StartsWith("rootfs", StringComparison.Ordinal) == true)
                return Refuse("has the root file system, whose `id` the build makes of its content", "Remove `id`");
            if ((package is null) != (file is null))
                return Refuse("needs both `package` and `file`, or none", "Give the package and the path in it");
            if (package is not null && content is not null)
                return Refuse("has both `content` and `package`", "Give one of the two");
            if (!files.IsEmpty && content?.Value != "vfat")
                return Refuse("has `files`, but no file system of its own", "Write `content: vfat`");
            if (content?.Value == "vfat" && files.IsEmpty)
                return Refuse("is a `vfat` file system without `files`", "List its files, or remove `content`");
            if (content?.Value == "ext4" && size is null)
                return Refuse("is an empty `ext4` file system without `size`", "Give its size, e.g. `size: 64 MiB`");
            if (content is null && package is null && size is null)
                return Refuse("has neither content nor `size`", "Give its `size`, e.g. `size: 64 MiB`, or say by `content` or `package` what it holds");
            if (mount is not null && content?.Value is not ("ext4" or "vfat"))
                return Refuse("has `mount`, but no file system that is made for it", "Write `content: ext4` for an empty one, or `content: vfat` with `files`");
            if (mount is null && !options.IsEmpty)
                return Refuse("has `mount-options`, but nothing mounts it", "Add `mount:` with the folder");
            if (mount is not null && attributes.Any(a => a.Value == "no-auto"))
                return Refuse("has `mount`, but its attribute `no-auto` says that nothing mounts it", "Remove one of them");
            if (content?.Value == "vfat" && attributes.Any(a => a.Value == "grow"))
                return Refuse("is a `vfat` file system, which cannot grow", "Remove `grow`, or give its whole size");
            return true;

            bool Refuse(string what, string hint)
            {
                keys.Reading.Error(Codes.Contradiction, $"Partition `{name.Value}` {what}", name.Span, hint);
                return false;
            }
        }
    }

    static bool IsPlain(string text) => !text.Contains("//", StringComparison.Ordinal) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '+' or '@' or '-');

    /// <summary>Whether a type is a word, which both kinds of tables hold.</summary>
    internal static bool IsWord(string text) => Words.Contains(text);

    internal static bool IsMbrType(string text) => text.Length == 4 && text.StartsWith("0x", StringComparison.Ordinal) && text[2..].All(char.IsAsciiHexDigit);
}

/// <summary><c>files:</c> of partitions.</summary>
static class BootFileForm
{
    // Source: Microsoft's FAT specification 1.03, long file names.
    const string Forbidden = "\\:*?\"<>|";

    static readonly Placeholders Text = new("CMDLINE", "KERNEL", "OVERLAYS");

    public static Form<BootFile> Form { get; } = new("a file of a partition", Bind);

    static Func<BootFile?> Bind(Keys keys)
    {
        var path = keys.Required("path", ScalarShapes.TargetPath, "absolute path in the partition; a folder when it ends with a slash");
        var text = keys.Maybe("text", Text, "the text itself; $CMDLINE, $KERNEL and $OVERLAYS, the paths of the board's overlays in the partition, are filled in");
        var artifact = keys.Maybe("artifact", ScalarShapes.Text, "artifact of the image, e.g. Image");
        var package = keys.Maybe("package", ScalarShapes.Name, "package that brings `file`; it need not be installed");
        var file = keys.Maybe("file", ScalarShapes.TargetPath, "path in the package; a glob when `path` is a folder");
        return () => Check() ? new BootFile(path, text, artifact, package is null ? null : new PackageFile(package, file!)) : null;

        bool Check()
        {
            var sources = new[] { text, artifact, package }.Count(source => source is not null);
            if (sources != 1 || (package is null) != (file is null))
                return Refuse("needs one of `text`, `artifact`, and `package` with `file`", "Give one of the three");
            if (path.Value.FirstOrDefault(Forbidden.Contains) is not '\0' and var character)
                return Refuse($"has the character `{character}`, which no name in a FAT file system has", "Rename it");
            if (path.Value.Split('/').Any(part => part.EndsWith(' ') || part.EndsWith('.')))
                return Refuse("has a name that ends with a blank or a dot, which a FAT file system drops", "Rename it");
            if (path.Value.EndsWith('/') && package is null)
                return Refuse("is a folder, but its source is a single file", "Write the file's whole path");
            if (!path.Value.EndsWith('/') && file?.Value.AsSpan().ContainsAny('*', '?') == true)
                return Refuse("is one file, but its source is a glob", "End the path with a slash");
            return true;

            bool Refuse(string what, string hint)
            {
                keys.Reading.Error(Codes.Contradiction, $"File `{path.Value}` {what}", path.Span, hint);
                return false;
            }
        }
    }
}

/// <summary><c>blobs:</c> of boards.</summary>
static class BlobForm
{
    public static Form<BlobSpec> Form { get; } = new("a blob", keys => new BlobSpec(
        keys.Required("name", ScalarShapes.Name, "name for messages"),
        keys.Required("offset", ScalarShapes.Size, "first byte on the disk"),
        keys.Maybe("size", ScalarShapes.SomeSize, "bytes that are kept free for it; as many as the content has when absent"),
        new PackageFile(keys.Required("package", ScalarShapes.Name, "package that brings the content"), keys.Required("file", ScalarShapes.TargetPath, "path in the package"))));
}
