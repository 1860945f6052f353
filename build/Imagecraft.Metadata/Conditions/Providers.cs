// Puts the chosen provider where a provided name stands. Unaware of YAML.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Conditions;

/// <summary>Names that recipes and packages say they provide.</summary>
sealed class Providers
{
    readonly Dictionary<string, List<string>> recipes = new(StringComparer.Ordinal);
    readonly Dictionary<string, List<string>> packages = new(StringComparer.Ordinal);
    readonly HashSet<string> realRecipes, realPackages;
    readonly Choices choices;
    readonly Reading? reading;

    /// <param name="workspace">All recipes.</param>
    /// <param name="choices">Which provider is wanted.</param>
    /// <param name="reading">Takes names that several provide and nobody chooses; null: they stay as they are.</param>
    public Providers(Workspace workspace, Choices choices, Reading? reading)
    {
        (this.choices, this.reading) = (choices, reading);
        realRecipes = new(workspace.Recipes.Keys, StringComparer.Ordinal);
        realPackages = new(workspace.Recipes.Values.SelectMany(recipe => recipe.Packages).Select(package => package.Name.Value), StringComparer.Ordinal);
        foreach (var recipe in workspace.Recipes.Values)
        {
            foreach (var name in recipe.Provides)
                Add(recipes, name, recipe.Name);
            foreach (var package in recipe.Packages)
                foreach (var name in package.Provides)
                    Add(packages, name, package.Name);
        }
    }

    /// <summary>Whether anything is provided.</summary>
    public bool IsEmpty => recipes.Count == 0 && packages.Count == 0;

    /// <summary>Recipes that provide a name.</summary>
    public IReadOnlyList<string> OfRecipes(string name) => recipes.GetValueOrDefault(name) ?? [];

    /// <summary>Packages that provide a name.</summary>
    public IReadOnlyList<string> OfPackages(string name) => packages.GetValueOrDefault(name) ?? [];

    /// <summary>Provided names of recipes.</summary>
    public IEnumerable<string> RecipeNames => recipes.Keys;

    /// <summary>Provided names of packages.</summary>
    public IEnumerable<string> PackageNames => packages.Keys;

    /// <summary>The workspace with providers in place of what they provide.</summary>
    public Workspace Apply(Workspace workspace) => IsEmpty ? workspace : workspace with
    {
        Recipes = workspace.Recipes.SetItems(workspace.Recipes.Values.Select(recipe => KeyValuePair.Create(recipe.Name.Value, Apply(recipe)))),
        Boards = workspace.Boards.SetItems(workspace.Boards.Values.Select(board => KeyValuePair.Create(board.Name.Value, board with { Packages = Packages(board.Packages) }))),
        Accelerators = workspace.Accelerators.SetItems(workspace.Accelerators.Values.Select(accelerator => KeyValuePair.Create(accelerator.Name.Value, accelerator with { Packages = Packages(accelerator.Packages) }))),
        Images = workspace.Images.SetItems(workspace.Images.Values.Select(image => KeyValuePair.Create(image.Name.Value, image with { Packages = Packages(image.Packages) }))),
        Features = workspace.Features.SetItems(workspace.Features.Values.Select(feature => KeyValuePair.Create(feature.Name.Value, feature with { Packages = Packages(feature.Packages) }))),
    };

    Recipe Apply(Recipe recipe) => recipe with
    {
        Depends = Chosen(recipe.Depends, recipes, realRecipes, recipe.Name),
        Packages = [.. recipe.Packages.Select(package => package.Requires.IsEmpty ? package : package with { Requires = Packages(package.Requires, package.Name) })],
    };

    ImmutableArray<Sited<string>> Packages(ImmutableArray<Sited<string>> names, string? of = null) => Chosen(names, packages, realPackages, of);

    ImmutableArray<Sited<string>> Chosen(ImmutableArray<Sited<string>> names, Dictionary<string, List<string>> all, HashSet<string> real, string? of) =>
        names.Any(name => all.ContainsKey(name.Value)) ? [.. names.Select(name => Chosen(name, all, real, of)).DistinctBy(name => name.Value)] : names;

    // A provider may need what it stands for.
    Sited<string> Chosen(Sited<string> name, Dictionary<string, List<string>> all, HashSet<string> real, string? of)
    {
        if (!all.TryGetValue(name.Value, out var providers))
            return name;
        if (choices.Providers.TryGetValue(name.Value, out var chosen) && providers.Contains(chosen.Value))
            return chosen.Value == of ? name : name with { Value = chosen };
        if (real.Contains(name.Value))
            return name;
        if (providers.Count == 1)
            return name with { Value = providers[0] };
        reading?.Error(Codes.Contradiction, $"`{name}` is provided by [ {string.Join(", ", providers.Select(provider => $"`{provider}`"))} ], and nobody chooses", name.Span, $"Write `providers: {{ {name}: {providers[0]} }}` into the image, the board or `layer.yaml`");
        return name;
    }

    static void Add(Dictionary<string, List<string>> all, Sited<string> name, Sited<string> provider)
    {
        if (!all.TryGetValue(name.Value, out var providers))
            all.Add(name.Value, providers = []);
        providers.Add(provider);
    }
}
