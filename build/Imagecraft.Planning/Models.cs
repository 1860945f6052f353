// A model recipe as actions: fetch, prepare, samples, golden outputs, deployable tree. Unaware of what the functions do with ONNX.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning;

/// <summary>Plans networks; they depend on no board.</summary>
public sealed class Models(PlanContext context, ToolRoots toolRoots, Sources sources)
{
    private const string AudioToolRoot = "audio";

    /// <summary>The tree with <c>usr/share/models/NAME</c>; null after a problem that was noted.</summary>
    public OutputRef? Plan(Sited<string> name)
    {
        if (!context.Workspace.Models.TryGetValue(name, out var model))
        {
            context.Error("IC0370", $"No model is named `{name}`", name.Span, Nearest.Hint(name, context.Workspace.Models.Keys));
            return null;
        }

        var original = sources.Fetch(model.Source, model.Folder, model.Name);
        var prepared = context.Add(new ActionNode
        {
            Id = Id(model, "prepare"),
            Work = new ActionWork.BuiltIn("onnx-prepare", Parameters(model, withSamples: false)),
            Inputs = [original.At("/model.onnx", "the network as published")],
            Outputs = [new("file", "file", OutputKind.File)],
            Resources = new(MemoryBytes: 1L << 30),
            Description = $"Prepare the model {model.Name}",
        });
        var samples = model.Samples.Select(s => (Sample: s, Audio: Audio(model, s))).ToImmutableArray();
        return context.Add(new ActionNode
        {
            Id = Id(model, "golden"),
            Work = new ActionWork.BuiltIn("onnx-golden", Parameters(model, withSamples: true)),
            Inputs =
            [
                original.At("/original.onnx", "the reference that golden outputs come from"),
                prepared.At("/model.onnx", "the network that is deployed"),
                .. samples.Where(s => s.Audio is not null).Select(s => s.Audio! with { MountPath = $"/sample/{s.Sample.Name}" }),
            ],
            Outputs = [new("tree", "tree", OutputKind.Tree)],
            Resources = new(MemoryBytes: 1L << 30),
            Description = $"Compute golden outputs of {model.Name}",
        });
    }

    private static ActionId Id(ModelRecipe model, string step) => new($"{model.Name}:{step}");

    private InputEdge? Audio(ModelRecipe model, SampleSpec sample)
    {
        var at = $"/sample/{sample.Name}";
        switch (sample.Kind.Value)
        {
            case "wav":
                return context.Local($"{model.Folder}/{sample.Text}", at, $"sample {sample.Name}");
            case "speech":
                return context.Add(new ActionNode
                {
                    Id = Id(model, $"speech-{sample.Name}"),
                    Work = new ActionWork.Process { Arguments = ["/usr/bin/espeak-ng", "-v", "en", "-w", "/out/speech.wav", sample.Text?.Value ?? ""] },
                    Inputs = [toolRoots.Plan(AudioToolRoot, sample.Kind.Span).At("/", "tools")],
                    Outputs = [new("file", "/out/speech.wav", OutputKind.File)],
                    Description = $"Speak the sample {sample.Name}",
                }).At(at, $"sample {sample.Name}");
            default:
                return null;
        }
    }

    private static ImmutableSortedDictionary<string, string> Parameters(ModelRecipe model, bool withSamples)
    {
        var parameters = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        parameters.Add("name", model.Name);
        foreach (var (input, shape) in model.Shapes)
            parameters.Add($"shape:{input}", string.Join(',', shape));
        parameters.Add("optimize", model.Optimize?.Value ?? "extended");
        if (!withSamples)
            return parameters.ToImmutable();
        parameters.Add("version", model.Version);
        parameters.Add("license", model.License);
        parameters.Add("origin", model.Origin ?? "");
        parameters.Add("summary", model.Summary ?? "");
        parameters.Add("source", model.Source.Url);
        parameters.Add("tolerance", model.Tolerance.ToString("R", CultureInfo.InvariantCulture));
        foreach (var (input, output) in model.Carry)
            parameters.Add($"carry:{input}", output);
        for (var i = 0; i < model.Samples.Length; i++)
        {
            var sample = model.Samples[i];
            parameters.Add(string.Create(CultureInfo.InvariantCulture, $"sample:{i:D3}"), string.Create(CultureInfo.InvariantCulture, $"{sample.Name};{sample.Kind};{sample.Seed};{sample.Seconds:R}"));
        }

        for (var i = 0; i < model.Expect.Length; i++)
        {
            var expect = model.Expect[i];
            parameters.Add(string.Create(CultureInfo.InvariantCulture, $"expect:{i:D3}"), string.Create(CultureInfo.InvariantCulture, $"{expect.Sample};{expect.Min:R};{expect.Max:R}"));
        }

        return parameters.ToImmutable();
    }
}
