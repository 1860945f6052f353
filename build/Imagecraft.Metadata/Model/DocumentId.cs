// What a document is known by. Unaware of files, apart from those whose document cannot be told.

using Imagecraft.Metadata.Forms;

namespace Imagecraft.Metadata.Model;

/// <summary>Kind and name of a document; a class, because dictionaries of classes run code that was compiled ahead.</summary>
/// <param name="Kind">One of <see cref="KindNames"/>.</param>
/// <param name="Name">Its name; of a layer its folder.</param>
public sealed record DocumentId(string Kind, string Name)
{
    const string FileKind = "file", PackageKind = "package";

    /// <summary>Name of the core layer, wherever it lies.</summary>
    internal const string CoreLayer = "";

    /// <summary>Name of the layer that a workspace is itself.</summary>
    internal const string OwnLayer = ".";

    /// <summary>A file whose kind or name of document cannot be told.</summary>
    internal static DocumentId OfFile(string path) => new(FileKind, path);

    /// <summary>A package, which stands for the recipes that have it.</summary>
    internal static DocumentId OfPackage(string name) => new(PackageKind, name);

    /// <summary>Whether a text can be a name: lowercase letters, digits and <c>+._-</c>, from a letter or digit on.</summary>
    public static bool IsName(string text) => ScalarShapes.IsName(text);

    /// <summary>Whether it stands for something else, and is none that people would look for.</summary>
    internal bool IsPackage => Kind == PackageKind;

    /// <summary>As people call it.</summary>
    public override string ToString() => Kind switch
    {
        FileKind => $"`{Name}`",
        KindNames.ToolRoot => $"tool root `{Name}`",
        KindNames.Append => $"append to `{Name}`",
        KindNames.Layer when Name == CoreLayer => "the core layer",
        KindNames.Layer when Name == OwnLayer => "the workspace's own layer",
        _ => $"{Kind} `{Name}`",
    };
}
