// The form of `imagecraft.yaml`. Unaware of where layers lie.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>Documents that begin with <c>workspace:</c>, of which each workspace has one.</summary>
static class WorkspaceForm
{
    static readonly Shape<Sited<string>> Folder = new Scalar<string>(
        "a folder such as `../layers/vendor`", text => (text, text.Length > 0 && !text.StartsWith('/') && !text.Contains('\0')),
        () => new() { ["type"] = "string", ["pattern"] = "^[^/]" },
        _ => (Codes.WrongFormat, "Name it relative to the workspace, so that it is found on every machine"));

    static readonly Shape<Sited<string>> Address = new Scalar<string>(
        "an address such as `https://example.org/layer-1.0.tar.gz`", text => (text, text.StartsWith("https:", StringComparison.Ordinal) || text.StartsWith("http:", StringComparison.Ordinal) || text.StartsWith("file:", StringComparison.Ordinal)),
        () => new() { ["type"] = "string", ["pattern"] = "^(https?|file):" });

    static readonly Shape<LayerPlace> Place = new ScalarOrMap<LayerPlace>(
        Folder.Select(path => new LayerPlace(path, null, null)),
        new Form<LayerPlace>("a layer of a workspace", keys =>
        {
            var archive = keys.Required("archive", Address, "address of an archive with the layer");
            var sha256 = keys.Required("sha256", ScalarShapes.Sha256, "its hash");
            var folder = keys.Maybe("folder", Folder, "the layer's folder in it; where its one folder leads when absent");
            return () => new LayerPlace(folder ?? new Sited<string>("", archive.Span), archive, sha256);
        }));

    public static Form<WorkspaceFile> Form { get; } = new("a workspace", keys =>
    {
        var name = keys.Required(KindNames.Workspace, ScalarShapes.Name, "its name");
        var layers = keys.List("layers", Place, "layers besides the core layer: folders, which may lie outside, or maps of an archive");
        var board = keys.Maybe("board", ScalarShapes.Name, "board that is built when none is named");
        var image = keys.Maybe("image", ScalarShapes.Name, "image that is built when none is named; the board's own when absent");
        var isCore = keys.Optional("core", ScalarShapes.Flag, false, "it is the core layer itself, as Imagecraft's own repository is");
        var requires = keys.Map("requires", ScalarShapes.VersionRange, "versions it was made for: of `imagecraft`, and of layers by their names");
        var choices = ChoicesForm.Of(keys);
        return () => new WorkspaceFile(name, layers, board, image) { IsCore = isCore, Requires = requires, Choices = choices };
    });
}
