// Checks what is chosen against what recipes offer. Unaware of YAML.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

static class ChoicesCheck
{
    /// <summary>Reports choices of what is not offered.</summary>
    /// <param name="choices">Of an image, feature, board or layer, whose the problems are.</param>
    /// <param name="owner">Who chooses.</param>
    /// <param name="workspace">All recipes.</param>
    /// <param name="names">Which names exist.</param>
    /// <param name="reading">Takes the problems.</param>
    public static void Check(Choices choices, DocumentId owner, Workspace workspace, WorkspaceNames names, Reading reading)
    {
        reading.Owner = owner;
        foreach (var (recipe, switches) in choices.Options)
            foreach (var (option, on) in switches)
                if (Of(recipe, on.Span, "switches options of") is { } known && !known.Options.ContainsKey(option))
                    reading.Error(Codes.UnknownName, $"Recipe `{recipe}` has no option `{option}`, which {owner} switches", on.Span, Nearest.Hint(option, known.Options.Keys, "option"));
        foreach (var (recipe, version) in choices.Versions)
            if (Of(recipe, version.Span, "chooses a version of") is { } known && known.Version.Value != version.Value && !known.Versions.ContainsKey(version.Value))
                reading.Error(Codes.UnknownName, $"Recipe `{recipe}` has no version `{version}`, which {owner} chooses", version.Span, Nearest.Hint(version, known.Versions.Keys.Append(known.Version.Value), "version"));
        foreach (var (name, provider) in choices.Providers)
            if (provider.Value != name && !ProvidersOf(name, workspace).Contains(provider.Value))
                reading.Error(Codes.UnknownName, $"`{provider}`, which {owner} chooses, provides no `{name}`", provider.Span, Nearest.Hint(provider, ProvidersOf(name, workspace), "provider"));

        Recipe? Of(string recipe, SourceSpan span, string why)
        {
            if (workspace.Recipes.TryGetValue(recipe, out var known))
                return known;
            if (!names.Of(KindNames.Recipe).Contains(recipe) && names.Suspect(recipe) is null)
                reading.Error(Codes.UnknownName, $"Unknown recipe `{recipe}`, which {owner} {why}", span, Nearest.Hint(recipe, workspace.Recipes.Keys, "recipe"));
            return null;
        }
    }

    static string[] ProvidersOf(string name, Workspace workspace) => [.. workspace.Recipes.Values
        .Where(recipe => recipe.Provides.Any(provided => provided.Value == name)).Select(recipe => recipe.Name.Value)
        .Concat(workspace.Recipes.Values.SelectMany(recipe => recipe.Packages).Where(package => package.Provides.Any(provided => provided.Value == name)).Select(package => package.Name.Value))
        .Distinct().Order(StringComparer.Ordinal)];
}
