// What `unpack-deb` is told. Unaware of archives.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Requests.Packages;

/// <summary>A Debian package becomes a tree, without documentation and translations.</summary>
public sealed record UnpackDebRequest : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "unpack-deb";

    /// <summary>The package's file.</summary>
    public static InputSlot PackageInput { get; } = new("/package");

    /// <summary>Its files.</summary>
    public static OutputSlot TreeOutput => OutputSlot.Tree;

    /// <summary>What a tree cannot hold of its files: lines <c>USER:GROUP ATTRIBUTE,...</c>, a tab, the path.</summary>
    public static OutputSlot LostOutput { get; } = new("lost", OutputKind.File);

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [TreeOutput.Spec, LostOutput.Spec];
}
