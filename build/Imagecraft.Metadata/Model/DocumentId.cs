// What a document is known by. Unaware of files, apart from those whose document cannot be told.

namespace Imagecraft.Metadata.Model;

/// <summary>Kind and name of a document; a class, because dictionaries of classes run code that was compiled ahead.</summary>
/// <param name="Kind">One of <see cref="KindNames"/>.</param>
/// <param name="Name">Its name; of a layer its folder.</param>
public sealed record DocumentId(string Kind, string Name)
{
    const string FileKind = "file", PackageKind = "package";

    /// <summary>A file whose kind or name of document cannot be told.</summary>
    internal static DocumentId OfFile(string path) => new(FileKind, path);

    /// <summary>A package, which stands for the recipes that have it.</summary>
    internal static DocumentId OfPackage(string name) => new(PackageKind, name);

    /// <summary>Whether it stands for something else, and is none that people would look for.</summary>
    internal bool IsPackage => Kind == PackageKind;

    /// <summary>As people call it.</summary>
    public override string ToString() => Kind switch
    {
        FileKind => $"`{Name}`",
        KindNames.ToolRoot => $"tool root `{Name}`",
        KindNames.Append => $"append to `{Name}`",
        KindNames.Layer when Name.Length == 0 => "the core layer",
        _ => $"{Kind} `{Name}`",
    };
}
