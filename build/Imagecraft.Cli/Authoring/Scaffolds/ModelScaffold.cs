// A recipe for a network that lies on the host: its inputs and outputs are read, the file is copied. Unaware of how networks are made smaller.

using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Metadata;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Cli.Authoring.Scaffolds;

/// <summary>What is asked for.</summary>
/// <param name="Name">Of the recipe.</param>
/// <param name="File">An <c>.onnx</c> file of the host.</param>
/// <param name="License">An SPDX expression.</param>
/// <param name="Shapes">Shapes of inputs whose sizes the network leaves open, as <c>input=1,3,224,224</c>.</param>
public sealed record ModelOrder(string Name, string File, string License, ImmutableArray<string> Shapes);

/// <summary>Reads networks for it.</summary>
public static class ModelScaffold
{
    /// <summary>The recipe.</summary>
    /// <exception cref="ProblemException">The file is no network, or leaves a size open that nobody gave.</exception>
    public static ScaffoldFile Recipe(ScaffoldPlace place, ModelOrder order)
    {
        var graph = Read(order.File).Graph;
        var constants = graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var inputs = graph.Input.Where(input => !constants.Contains(input.Name)).ToImmutableArray();
        var given = order.Shapes.Select(text => Shape(text, inputs)).ToImmutableDictionary(StringComparer.Ordinal);
        foreach (var input in inputs.Where(input => !given.ContainsKey(input.Name) && IsOpen(input)))
            throw ProblemException.User($"The network leaves sizes of its input `{input.Name}` open: [{Text(input)}]", $"Say which it is to have: `--shape {input.Name}={string.Join(',', (input.Type.TensorType?.Shape?.Dim ?? []).Select((size, i) => size.DimValue > 0 ? size.DimValue.ToString(CultureInfo.InvariantCulture) : i == 0 ? "1" : "N"))}`");
        var path = $"models/{order.Name}/{order.Name}.yaml";
        var shapes = given.IsEmpty ? "" : $"shapes: {{ {string.Join(", ", given.OrderBy(shape => shape.Key, StringComparer.Ordinal).Select(shape => $"\"{shape.Key}\": [ {string.Join(", ", shape.Value)} ]"))} }}\n";
        return new(path, place.SchemaLine(path, KindNames.Model) + $$"""
            # Inputs: {{string.Join("; ", inputs.Select(input => $"{input.Name} [{Text(input)}]"))}}. Outputs: {{string.Join("; ", graph.Output.Select(output => $"{output.Name} [{Text(output)}]"))}}.
            model: {{order.Name}}
            version: "1"
            license: {{order.License}}
            summary: What this network tells
            source:
              url: "file:{{Path.GetFileName(order.File)}}"
              sha256: {{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(order.File)))}}
            {{shapes}}optimize: extended
            # With data of its own it is quantized and judged, and its answers are checked on the board (docs/datasets.md, docs/judging.md):
            # preprocess: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
            # quantize: { method: static, calibration: { dataset: NAME, split: train, count: 128 } }
            # evaluate: { dataset: NAME, split: test, metric: top-1, max-drop: 0.01 }
            # golden: { dataset: NAME, split: test, count: 4 }

            """);
    }

    private static ModelProto Read(string file)
    {
        try
        {
            return OnnxFile.Read(file);
        }
        catch (OnnxException problem)
        {
            throw ProblemException.User(problem.Message, "Name an `.onnx` file");
        }
    }

    private static KeyValuePair<string, string[]> Shape(string text, ImmutableArray<ValueInfoProto> inputs)
    {
        var name = text.LastIndexOf('=') is >= 0 and var at ? text[..at] : inputs is [var only] ? only.Name : throw ProblemException.User($"`{text}` names no input", $"Write `--shape INPUT={text}` with one of [{string.Join(", ", inputs.Select(input => input.Name))}]");
        if (inputs.All(input => input.Name != name))
            throw ProblemException.Unknown("input of the network", name, [.. inputs.Select(input => input.Name)]);
        var sizes = text[(text.LastIndexOf('=') + 1)..].Split(',', StringSplitOptions.TrimEntries);
        return sizes.All(size => int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            ? new(name, sizes) : throw ProblemException.User($"`{text}` is no shape", "Write sizes from 1 on with commas between them, e.g. `--shape input=1,3,224,224`");
    }

    private static bool IsOpen(ValueInfoProto input) => input.Type?.TensorType?.Shape is not { } shape || shape.Dim.Any(size => size.DimValue <= 0);

    private static string Text(ValueInfoProto value) => value.Type?.TensorType?.Shape is { } shape
        ? string.Join(", ", shape.Dim.Select(size => size.DimValue > 0 ? size.DimValue.ToString(CultureInfo.InvariantCulture) : size.DimParam is { Length: > 0 } name ? name : "?")) : "?";
}
