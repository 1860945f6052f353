// The words a document can begin with. Unaware of what follows them.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata;

/// <summary>First keys of documents.</summary>
public static class KindNames
{
    /// <summary>A <see cref="Model.Recipe"/>.</summary>
    public const string Recipe = "recipe";

    /// <summary>A <see cref="Model.Board"/>.</summary>
    public const string Board = "board";

    /// <summary>An <see cref="Model.Architecture"/>.</summary>
    public const string Architecture = "architecture";

    /// <summary>An <see cref="Model.Accelerator"/>.</summary>
    public const string Accelerator = "accelerator";

    /// <summary>An <see cref="Model.Image"/>.</summary>
    public const string Image = "image";

    /// <summary>A <see cref="Model.Feature"/>.</summary>
    public const string Feature = "feature";

    /// <summary>A <see cref="Model.ModelRecipe"/>.</summary>
    public const string Model = "model";

    /// <summary>A <see cref="Model.Dataset"/>.</summary>
    public const string Dataset = "dataset";

    /// <summary>A <see cref="Model.Feed"/>.</summary>
    public const string Feed = "feed";

    /// <summary>A <see cref="Model.ToolRoot"/>.</summary>
    public const string ToolRoot = "toolroot";

    /// <summary>A <see cref="Model.Layer"/>.</summary>
    public const string Layer = "layer";

    /// <summary>A <see cref="Model.WorkspaceFile"/>, which lies at the root of a workspace and is none of a layer's documents.</summary>
    public const string Workspace = "workspace";

    /// <summary>Changes to a document of this or a lower layer.</summary>
    public const string Append = "append";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Recipe, Append, Board, Architecture, Accelerator, Image, Feature, Model, Dataset, Feed, ToolRoot, Layer];

    /// <summary>Those that appends change, and that may extend others of their kind.</summary>
    public static IReadOnlyList<string> Appendable { get; } = [Recipe, Board, Architecture, Accelerator, Image, Feature, Model, Dataset, Feed, ToolRoot];

    /// <summary>Kinds of documents that lie in the folder of a file (<c>boards/</c> and so on, of any layer).</summary>
    internal static IReadOnlyList<string> In(string path)
    {
        var parts = LayerFolders.WithoutHome(path).Split('/');
        return parts[parts[0] == "layers" && parts.Length > 2 ? 2 : 0] switch
        {
            "boards" => [Board, Architecture, Accelerator],
            "images" => [Image, Feature],
            "models" => [Model, Dataset],
            "recipes" => [Recipe, Feed, ToolRoot],
            _ => [],
        };
    }

    internal static string List { get; } = string.Join(", ", All.Select(kind => $"`{kind}`"));
}
