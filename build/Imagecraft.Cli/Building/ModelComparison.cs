// Which settings of a network are shown side by side. Unaware of how they are built.

using System.Collections.Immutable;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Building;

/// <summary>A setting of a network: its name for people, and what is planned for it.</summary>
public sealed record ComparedSetting(string Name, Extra Extra);

/// <summary>Finds settings; the float network, where there is one, always comes first, as the mark.</summary>
public static class ModelComparison
{
    /// <summary>All variants of a model, or those settings that were asked for: names of variants, or changes of the recipe's <c>quantize</c> as <see cref="ModelSettings"/> reads them.</summary>
    /// <param name="reading">The workspace.</param>
    /// <param name="model">Name of a model.</param>
    /// <param name="asked">Settings; none for all variants.</param>
    /// <exception cref="ProblemException">There is no such model or variant.</exception>
    /// <exception cref="DiagnosticsException">The model or a setting is wrong.</exception>
    public static ImmutableArray<ComparedSetting> Of(WorkspaceReading reading, string model, IReadOnlyList<string> asked)
    {
        if (!reading.Workspace.Models.TryGetValue(model, out var recipe))
        {
            Composition.RefuseBroken(reading, new DocumentId(KindNames.Model, model));
            throw ProblemException.Unknown("model", model, reading.NamesOf(KindNames.Model));
        }

        var variants = ModelVariants.Of(recipe);
        var settings = new List<ComparedSetting> { Variant(variants[0]) };
        if (asked.Count == 0)
            settings.AddRange(variants.Skip(1).Select(Variant));
        for (var i = 0; i < asked.Count; i++)
        {
            if (settings.Any(s => s.Name == asked[i]))
                continue;
            if (ModelSettings.IsSetting(asked[i]))
                settings.Add(new(asked[i], new Extra.OfSetting(Changed(reading, model, asked[i]), $"setting-{i + 1}")));
            else
                settings.Add(variants.Contains(asked[i]) ? Variant(asked[i]) : throw Unknown(recipe, asked[i]));
        }

        return [.. settings];

        ComparedSetting Variant(string name) => new(name, new Extra.OfModel(model, name));
    }

    private static ModelRecipe Changed(WorkspaceReading reading, string model, string setting)
    {
        const string file = "--compare";
        var (changed, diagnostics) = ModelSettings.Apply(reading, model, setting, file);
        return changed ?? throw new DiagnosticsException(diagnostics) { Texts = ImmutableDictionary<string, string>.Empty.Add(file, setting) };
    }

    private static ProblemException Unknown(ModelRecipe recipe, string name) => ProblemException.User(
        $"The model `{recipe.Name}` has no variant `{name}`",
        $"{Nearest.Hint(name, ModelVariants.Of(recipe), "variant")}; or write changes of its recipe, e.g. `quantize.calibration.method=entropy`");
}
