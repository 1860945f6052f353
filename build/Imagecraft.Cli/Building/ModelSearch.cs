// Which settings of a network a search tries. Unaware of how they are built and of what comes out.

using System.Collections.Immutable;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Building;

/// <summary>
/// From a recipe's <c>quantize</c> to those beside it: other ways to find ranges, with and without layers that stay float, one scale a tensor, other methods. Each is written as <see cref="ModelSettings"/> reads it, so that what pleases can be copied.
/// </summary>
public static class ModelSearch
{
    /// <summary>The network as its recipe has it.</summary>
    public const string Recipe = "recipe";

    private const string Static = "static", Root = "quantize", Method = Root + ".method";

    /// <summary>The float network, the recipe as it is, and all others that it can be.</summary>
    /// <param name="reading">The workspace.</param>
    /// <param name="model">Name of a model.</param>
    /// <exception cref="ProblemException">There is no such model, or nothing that could be varied.</exception>
    public static ImmutableArray<ComparedSetting> Of(WorkspaceReading reading, string model)
    {
        // Says what is wrong with the name.
        ModelComparison.Of(reading, model, []);
        var recipe = reading.Workspace.Models[model];
        if (recipe.Quantize is not { } quantize || quantize.Method.Value == ModelVariants.Taken)
            throw ProblemException.User($"The model `{model}` leaves nothing to search: {(recipe.Quantize is null ? "its recipe does not quantize it" : "its integers are those of its source")}", "Begin with a `quantize` of a method that its data allow: static with `calibration`, dynamic, weight-only or float16");
        var settings = ImmutableArray.CreateBuilder<ComparedSetting>();
        Add(ModelVariants.Floating, recipe with { Quantize = null });
        Add(Recipe, recipe);
        foreach (var text in Texts(quantize))
            // Some contradict what the recipe says besides, such as nodes that a method does not know.
            if (ModelSettings.Apply(reading, model, text, "--search").Model is { } changed)
                Add(text, changed);
        return settings.ToImmutable();

        void Add(string name, ModelRecipe changed) => settings.Add(new(name, new Extra.OfSetting(OnOtherData(changed, recipe), $"search-{settings.Count}")));
    }

    /// <summary>Whether the figures are those of the split that no gate judges on.</summary>
    public static bool IsApart(ModelRecipe recipe) => recipe is { Quantize.Search: not null, Evaluate: not null };

    /// <summary>Who chooses among settings by the data of the gate, makes the gate's figures better than they are: it is asked again afterwards.</summary>
    private static ModelRecipe OnOtherData(ModelRecipe changed, ModelRecipe recipe) => recipe is { Quantize.Search: { } search, Evaluate: { } evaluate }
        ? changed with { Judging = new(evaluate with { Dataset = search.Dataset, Split = search.Split }) }
        : changed;

    private static IEnumerable<string> Texts(QuantizeSpec quantize)
    {
        if (quantize.Method.Value == Static)
        {
            const string allFloat = ",quantize.float-layers=0";
            string[] ranges = ["min-max", "entropy", "percentile"];
            foreach (var range in ranges)
            {
                var text = $"quantize.calibration.method={range}{(range == "percentile" ? ",quantize.calibration.percentile=99.99" : quantize.Calibration?.Percentile is null ? "" : ",quantize.calibration.percentile=")}";
                if (range != (quantize.Calibration?.Method?.Value ?? ranges[0]))
                    yield return text;
                if (quantize.FloatLayers > 0)
                    yield return text + allFloat;
            }

            yield return $"quantize.per-channel={Word(quantize.PerChannel == false)}";
            yield return $"quantize.bias-correction={Word(!quantize.BiasCorrection)}";
            yield return $"quantize.rounding={(quantize.AdaptiveRounding ? "nearest" : "adaptive")}";
            yield return $"quantize.symmetric={Word(quantize.Symmetric != true)}";
        }

        var without = string.Concat(OfMethod(quantize).Select(key => $",{Root}.{key}="));
        if (quantize.Method.Value != "dynamic")
            yield return $"{Method}=dynamic{without}";
        // Of calibration it takes the data.
        var rest = without.Replace($",{Root}.bits=", "", StringComparison.Ordinal).Replace($",{Root}.calibration=", quantize.Calibration?.Method is null ? "" : $",{Root}.calibration.method=,{Root}.calibration.percentile=", StringComparison.Ordinal);
        foreach (var bits in new[] { 8, 4 })
            if (quantize.Method.Value != ModelVariants.WeightOnly || quantize.Bits != bits)
                yield return $"{Method}={ModelVariants.WeightOnly}{rest},{Root}.bits={bits}";
        if (quantize.Method.Value != ModelVariants.Half)
            yield return $"{Method}={ModelVariants.Half}{without}";
    }

    /// <summary>What the recipe says that belongs to some methods only, and goes when the method changes; limits and names of nodes stay.</summary>
    private static IEnumerable<string> OfMethod(QuantizeSpec quantize) => new[]
    {
        ("calibration", quantize.Calibration is not null),
        ("activations", quantize.Activations is not null),
        ("weights", quantize.Weights is not null),
        ("symmetric", quantize.Symmetric is not null),
        ("per-channel", quantize.PerChannel is not null),
        ("bias-correction", !quantize.BiasCorrection),
        ("rounding", quantize.AdaptiveRounding),
        ("float-layers", quantize.FloatLayers > 0 || quantize.Search is not null),
        ("search", quantize.Search is not null),
        ("dynamic", !quantize.Dynamic.IsEmpty),
        ("bits", quantize.Bits != 4),
        ("block", quantize.Block != 32),
        ("tolerance", quantize.Tolerance is not null),
    }.Where(key => key.Item2).Select(key => key.Item1);

    private static string Word(bool value) => value ? "true" : "false";
}
