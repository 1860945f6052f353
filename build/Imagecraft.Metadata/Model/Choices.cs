// What images, boards and layers choose among what recipes offer. Unaware of YAML.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>A part of a recipe that can be switched.</summary>
/// <param name="Summary">What it brings, in a line.</param>
/// <param name="Default">Whether it is on when nobody says otherwise.</param>
public sealed record RecipeOption(string Summary, bool Default);

/// <summary>Switched options, chosen versions and providers.</summary>
public sealed record Choices
{
    /// <summary>Nothing chosen.</summary>
    public static Choices None { get; } = new();

    /// <summary>By recipe, its options with whether they are on.</summary>
    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, Sited<bool>>> Options { get; init; } = ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, Sited<bool>>>.Empty;

    /// <summary>By recipe, one of its <c>versions</c> (or the one that it has anyway).</summary>
    public ImmutableSortedDictionary<string, Sited<string>> Versions { get; init; } = ImmutableSortedDictionary<string, Sited<string>>.Empty;

    /// <summary>By a name that recipes or packages say they provide, which of them it is.</summary>
    public ImmutableSortedDictionary<string, Sited<string>> Providers { get; init; } = ImmutableSortedDictionary<string, Sited<string>>.Empty;

    /// <summary>Whether there is any.</summary>
    public bool IsEmpty => Options.IsEmpty && Versions.IsEmpty && Providers.IsEmpty;

    /// <summary>These with others that count more.</summary>
    public Choices Under(Choices above) => above.IsEmpty ? this : new()
    {
        Options = above.Options.Aggregate(Options, (all, recipe) => all.SetItem(recipe.Key, all.TryGetValue(recipe.Key, out var mine) ? mine.SetItems(recipe.Value) : recipe.Value)),
        Versions = Versions.SetItems(above.Versions),
        Providers = Providers.SetItems(above.Providers),
    };
}
