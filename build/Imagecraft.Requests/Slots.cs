// Where inputs and outputs of a built-in function lie: said once, used by planning and by the function. Unaware of which functions there are.

using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Requests;

/// <summary>The place of one input.</summary>
/// <param name="Path">The input's name, with a leading slash.</param>
public sealed record InputSlot(string Path)
{
    /// <summary>The input with its content.</summary>
    public InputEdge Of(InputSource source, string reason) => new(Path, source, reason);
}

/// <summary>The places of several inputs of one kind, each with a name of its own.</summary>
/// <param name="Prefix">What their names begin with, e.g. <c>/package/</c>.</param>
public sealed record InputSlots(string Prefix)
{
    /// <summary>The place of the input that is called <paramref name="name"/>.</summary>
    public InputSlot At(string name) => new(Prefix + name);

    /// <summary>The place of the input with the index <paramref name="index"/>, below 1000, so that names sort like indexes.</summary>
    public InputSlot At(int index) => At(index.ToString("D3", CultureInfo.InvariantCulture));

    /// <summary>What the input at <paramref name="path"/> is called; null when it is none of these.</summary>
    public string? NameOf(string path) => path.StartsWith(Prefix, StringComparison.Ordinal) ? path[Prefix.Length..] : null;
}

/// <summary>An output by name.</summary>
/// <param name="Name">How later actions refer to it.</param>
/// <param name="Kind">File or folder.</param>
public sealed record OutputSlot(string Name, OutputKind Kind)
{
    /// <summary>The only file of a function that gives one.</summary>
    public static OutputSlot File { get; } = new("file", OutputKind.File);

    /// <summary>The only tree of a function that gives one.</summary>
    public static OutputSlot Tree { get; } = new("tree", OutputKind.Tree);

    /// <summary>As actions declare it; the path of a built-in function's output is its name.</summary>
    public OutputSpec Spec => new(Name, Name, Kind);
}
