// What `split-packages` is told. Unaware of recipes.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;

namespace Imagecraft.Requests.Packages;

/// <summary>What a recipe installs becomes packages; a file goes to the first that takes it. One output a package.</summary>
public sealed record SplitPackagesRequest(ImmutableArray<PackageRule> Packages) : IRequest
{
    /// <inheritdoc/>
    public static string FunctionName => "split-packages";

    /// <summary>Everything that is installed, as a tree.</summary>
    public static InputSlot InstallInput { get; } = new("/install");

    /// <summary>What was taken out of stripped programs, by build-id; none where nothing is stripped.</summary>
    public static InputSlots DebugInputs { get; } = new("/debug/");

    /// <summary>What <see cref="UnpackDebRequest.LostOutput"/> tells of feed packages among it.</summary>
    public static InputSlots LostInputs { get; } = new("/lost/");

    /// <summary>The tree of a package.</summary>
    public static OutputSlot PackageOutput(string package) => new(package, OutputKind.Tree);

    /// <inheritdoc/>
    public ImmutableArray<OutputSpec> Outputs() => [.. Packages.Select(p => PackageOutput(p.Name).Spec)];
}

/// <summary>What a package takes.</summary>
/// <param name="Name">The package.</param>
/// <param name="Files">Globs of what it takes; each is there.</param>
/// <param name="Except">Globs of what it leaves.</param>
/// <param name="Attributes">Globs of files whose modes and owners the recipe says, so that nothing of them is lost without a word.</param>
public sealed record PackageRule(string Name, ImmutableArray<string> Files, ImmutableArray<string> Except, ImmutableArray<string> Attributes)
{
    /// <summary>Globs of what it takes where it is there.</summary>
    public ImmutableArray<string> Optional { get; init; } = [];

    /// <summary>Whether nothing may be in it.</summary>
    public bool MayBeEmpty { get; init; }
}
