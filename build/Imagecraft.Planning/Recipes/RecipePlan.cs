// What a planned recipe gives to later actions.

using System.Collections.Immutable;

namespace Imagecraft.Planning.Recipes;

/// <summary>References to a recipe's outputs for one target.</summary>
/// <param name="Install">Everything it installs, as a tree at <c>/</c>; what dependents see.</param>
/// <param name="Packages">One tree a package.</param>
/// <param name="Extra">Further outputs by name: a kernel's <c>image</c>, <c>config</c>, <c>symbols</c>, <c>dev</c>; a module's <c>shared</c>.</param>
public sealed record RecipePlan(OutputRef Install, ImmutableSortedDictionary<string, OutputRef> Packages, ImmutableSortedDictionary<string, OutputRef> Extra);
