// Checks what images, boards and model recipes say of networks against each other. Unaware of YAML and of ONNX.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

sealed class ModelChecks(Workspace workspace, Reading reading)
{
    /// <summary>Datasets and splits of a model exist.</summary>
    public void Check(ModelRecipe model)
    {
        if (model.Quantize?.Calibration is { } calibration)
            KnownSplit(calibration.Dataset, calibration.Split, $"model `{model.Name}` is calibrated with");
        if (model.Quantize?.Search is { } search)
            KnownSplit(search.Dataset, search.Split, $"layers of model `{model.Name}` are searched with");
        if (model.Evaluate is { } evaluate)
        {
            KnownSplit(evaluate.Dataset, evaluate.Split, $"model `{model.Name}` is judged with");
            Labelled(evaluate, evaluate.Dataset, evaluate.Split);
            if (model.Quantize?.Search is { } own)
                Labelled(evaluate, own.Dataset, own.Split);
            if (MetricNeeds.Of(evaluate.Metric.Value).Labels.Contains(LabelKind.Words) && model.Labels.IsEmpty && evaluate.Alphabet is null)
                reading.Error(Codes.MissingKey, $"`{evaluate.Metric}` needs `labels` with what each class writes", evaluate.Metric.Span, "Add `labels:` to the model, the blank among them, or `alphabet:` to `evaluate` with a file of them");
        }

        if (model.Golden is { } golden)
            KnownSplit(golden.Dataset, golden.Split, $"model `{model.Name}` takes golden inputs from");
    }

    /// <summary>Variants exist, and no two models share a folder.</summary>
    public void Check(Image image)
    {
        var folders = new Dictionary<string, ModelEntry>(StringComparer.Ordinal);
        foreach (var entry in image.Models)
        {
            if (entry.Variant is { } variant && workspace.Models.TryGetValue(entry.Model, out var model) && !ModelVariants.Of(model).Contains(variant.Value))
            {
                var variants = ModelVariants.Of(model);
                var hint = variants.Length > 1 || variants[0] != ModelVariants.Floating ? Nearest.Hint(variant.Value, variants, "variant") : $"It has `{ModelVariants.Floating}` alone; a `quantize` in its recipe makes a further one";
                reading.Error(Codes.UnknownName, $"Model `{model.Name}`, which image `{image.Name}` deploys, has no variant `{variant}`", variant.Span, hint);
            }

            if (entry.Accelerator is { } runner && workspace.Accelerators.TryGetValue(runner, out var accelerator) && accelerator.Profile is null)
                reading.Error(Codes.Contradiction, $"Model `{entry.Model}` of image `{image.Name}` is for `{runner}`, which does not say what it takes", runner.Span, $"Add `profile:` to the accelerator at {accelerator.Name.Span}");
            if (entry.OptimizeAtLoad is { Value: LoadWords.All } load && (entry.Format ?? workspace.Models.GetValueOrDefault(entry.Model)?.Format)?.Value == "ort")
                reading.Error(Codes.Contradiction, LoadWords.Contradiction, load.Span, LoadWords.Remedy);
            if (folders.TryAdd(entry.Folder, entry))
                continue;
            var first = folders[entry.Folder];
            reading.Error(Codes.DuplicateName, $"Models {Words(first)} and {Words(entry)} of image `{image.Name}` are both deployed at `/usr/share/models/{entry.Folder}`", entry.Model.Span, $"The other is at {first.Model.Span}; remove one, or name another variant");
        }
    }

    /// <summary>The accelerator that runs networks is one of the board's and has a profile.</summary>
    public void Check(Board board)
    {
        if (board.Inference.Accelerator is not { } chosen)
            return;
        if (!board.Accelerators.Any(own => own.Value == chosen.Value))
            reading.Error(Codes.UnknownName, $"Networks of board `{board.Name}` run on `{chosen}`, which is none of its accelerators", chosen.Span, Nearest.Hint(chosen.Value, board.Accelerators.Select(own => own.Value), "accelerator of the board"));
        else if (workspace.Accelerators.TryGetValue(chosen, out var accelerator) && accelerator.Profile is null)
            reading.Error(Codes.Contradiction, $"Networks of board `{board.Name}` run on `{chosen}`, which does not say what it takes", chosen.Span, $"Add `profile:` to the accelerator at {accelerator.Name.Span}");
    }

    void KnownSplit(Sited<string> dataset, Sited<string> split, string why)
    {
        if (workspace.Datasets.TryGetValue(dataset.Value, out var known) && !known.Splits.Contains(split.Value))
            reading.Error(Codes.UnknownName, $"Unknown split `{split.Value}` of dataset `{dataset.Value}`, which {why}", split.Span, Nearest.Hint(split.Value, known.Splits, "split"));
    }

    /// <summary>The split has labels that the metric compares with.</summary>
    void Labelled(EvaluateSpec evaluate, Sited<string> dataset, Sited<string> split)
    {
        var needs = MetricNeeds.Of(evaluate.Metric.Value);
        if (evaluate.Against is not null || needs.Labels.IsEmpty || !workspace.Datasets.TryGetValue(dataset.Value, out var known) || known.LabelsOf(split.Value) is not { } labels || needs.Labels.Contains(labels))
            return;
        var fitting = MetricNeeds.All.Where(metric => metric.Labels.IsEmpty || metric.Labels.Contains(labels)).Select(metric => metric.Name);
        reading.Error(Codes.Contradiction, $"`{needs.Name}` compares with {string.Join(" or ", needs.Labels.Select(MetricNeeds.Words))}, but `{split}` of dataset `{dataset}` has {MetricNeeds.Words(labels)}", evaluate.Metric.Span, $"Choose a metric of [{string.Join(", ", fitting)}], or other data");
    }

    static string Words(ModelEntry entry) => entry.Variant is null ? $"`{entry.Model}`" : $"`{entry.Model}` (variant `{entry.Variant}`)";
}
