// What `assemble-source` is told. Unaware of where sources come from.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Requests.Sources;

/// <summary>Archives, files and folders become one source tree; later ones lie on top.</summary>
/// <param name="Parts">One an input.</param>
public sealed record AssembleSourceRequest(ImmutableArray<SourcePart> Parts) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "assemble-source";

    /// <summary>The parts by their index.</summary>
    public static InputSlots PartInputs { get; } = new("/source/");

    /// <summary>The source tree.</summary>
    public static OutputSlot TreeOutput => OutputSlot.Tree;

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [TreeOutput.Spec];
}

/// <summary>How a part is laid down; of a folder only <paramref name="Into"/> counts.</summary>
/// <param name="FileName">Its name, which a file keeps.</param>
/// <param name="Into">Folder in the tree; empty for its root.</param>
/// <param name="Unpack">Whether it is an archive that is unpacked.</param>
/// <param name="Strip">How many leading folders an archive loses.</param>
public sealed record SourcePart(string FileName, string Into, bool Unpack, int Strip);
