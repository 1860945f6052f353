// The shapes of file names: relative to the file they are written in, given out relative to the workspace. Unaware of what the files hold.

using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Forms;

/// <summary>Shapes of file names.</summary>
static class FileShapes
{
    /// <summary>A file that must exist.</summary>
    public static Shape<Sited<string>> File { get; } = new FileShape(isMakeTarget: _ => false);

    /// <summary>A folder that must exist.</summary>
    public static Shape<Sited<string>> Folder { get; } = new FileShape(isMakeTarget: _ => false, isFolder: true);

    /// <summary>A file that may not exist yet.</summary>
    public static Shape<Sited<string>> FileToCome { get; } = new FileShape(isMakeTarget: _ => false, mayBeMissing: true);

    /// <summary>A kconfig base: a file that must exist, or else a make target such as <c>defconfig</c> (a name without slash and dot that ends with <c>config</c>) or one variable such as <c>$UBOOT_CONFIG</c>.</summary>
    public static Shape<Sited<string>> FileOrConfigTarget { get; } =
        new FileShape(isMakeTarget: text => (text.EndsWith("config", StringComparison.Ordinal) || text.StartsWith('$')) && !text.AsSpan().ContainsAny('/', '.'));

    /// <summary>A file or folder that must exist, named from the workspace's root.</summary>
    public static Shape<Sited<string>> OfWorkspace { get; } = new FileShape(isMakeTarget: _ => false, isOfWorkspace: true);

    sealed class FileShape(Func<string, bool> isMakeTarget, bool mayBeMissing = false, bool isOfWorkspace = false, bool isFolder = false) : Shape<Sited<string>>
    {
        public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out Sited<string> value)
        {
            if (!ScalarShapes.Text.TryRead(node, what, reading, out value))
                return false;
            var seenFrom = $"Names are relative to {(isOfWorkspace ? "the workspace" : "the folder of the file they are written in")}";
            if (WorkspacePath.Resolve(isOfWorkspace ? LayerFolders.HomeOf(value.Span.File) : WorkspacePath.FolderOf(value.Span.File), value.Value) is not { } path)
            {
                reading.Error(Codes.MissingFile, $"{Capital(what)} names `{value.Value}`, which lies outside of the workspace", value.Span, seenFrom);
                return false;
            }
            if (value.Value.StartsWith('$') && isMakeTarget(value.Value))
                return true;
            if (isFolder && reading.Exists(path) && !reading.Exists(path + "/"))
            {
                reading.Error(Codes.MissingFile, $"{Capital(what)} names `{value.Value}`, but `{path}` is no folder", value.Span, seenFrom);
                return false;
            }
            if (mayBeMissing || reading.Exists(path))
            {
                if (!mayBeMissing && reading.Oddity(path) is var (why, hint))
                {
                    reading.Error(Codes.LinkLeadsOut, $"{Capital(what)} names `{value.Value}`, which {why}", value.Span, hint);
                    return false;
                }
                value = new Sited<string>(path, value.Span);
                return true;
            }
            if (isMakeTarget(value.Value))
                return true;
            reading.Error(Codes.MissingFile, $"{Capital(what)} names `{value.Value}`, but there is no file `{path}`", value.Span, seenFrom);
            return false;
        }

        public override JsonObject Schema() => new() { ["type"] = "string" };
    }
}
