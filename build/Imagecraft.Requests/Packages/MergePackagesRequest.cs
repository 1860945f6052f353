// What `merge-packages` is told. Unaware of where packages come from.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Requests.Packages;

/// <summary>Unpacked packages become one tree with a merged <c>/usr</c>.</summary>
public sealed record MergePackagesRequest : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "merge-packages";

    /// <summary>The packages' trees; later ones lie on top.</summary>
    public static InputSlots PackageInputs { get; } = new("/package/");

    /// <summary>All in one.</summary>
    public static OutputSlot TreeOutput => OutputSlot.Tree;

    /// <summary>Whether actions run in it, who need the account that they run as.</summary>
    public bool IsToolRoot { get; init; }

    /// <summary>Symbolic links by path, which maintainer scripts would have made.</summary>
    public ImmutableSortedDictionary<string, string> Links { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Globs of the only paths that are taken; empty: all.</summary>
    public ImmutableArray<string> Only { get; init; } = [];

    /// <summary>Globs of paths that are left out.</summary>
    public ImmutableArray<string> Except { get; init; } = [];

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [TreeOutput.Spec];
}
