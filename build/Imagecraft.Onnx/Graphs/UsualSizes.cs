// Sizes of axes that stay free, told by the network itself. Unaware of who runs it.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Graphs;

/// <summary>A network with free axes carries the sizes with which it is checked, calibrated and measured, so that each step and the board use the same: an entry of its metadata, <c>imagecraft.shape.INPUT</c>, with the sizes between commas.</summary>
public static class UsualSizes
{
    /// <summary>What stands before an input's name.</summary>
    public const string Prefix = "imagecraft.shape.";

    /// <summary>The whole shape of each input that has a free axis.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<long>> Of(ModelProto model) => model.MetadataProps
        .Where(entry => entry.Key.StartsWith(Prefix, StringComparison.Ordinal))
        .DistinctBy(entry => entry.Key)
        .ToImmutableSortedDictionary(entry => entry.Key[Prefix.Length..], entry => Parse(entry.Value), StringComparer.Ordinal);

    /// <summary>The sizes in an entry; none when it is no list of sizes.</summary>
    public static ImmutableArray<long> Parse(string text)
    {
        var sizes = ImmutableArray.CreateBuilder<long>();
        foreach (var part in text.Split(','))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size == 0)
                return [];
            sizes.Add(size);
        }
        return sizes.ToImmutable();
    }

    /// <summary>States them.</summary>
    internal static void Set(ModelProto model, string input, IEnumerable<long> sizes)
    {
        var text = string.Join(',', sizes.Select(size => size.ToString(CultureInfo.InvariantCulture)));
        if (model.MetadataProps.FirstOrDefault(entry => entry.Key == Prefix + input) is { } entry)
            entry.Value = text;
        else
            model.MetadataProps.Add(new StringStringEntryProto { Key = Prefix + input, Value = text });
    }

    /// <summary>The same network with each free axis of another size; null when it has none.</summary>
    /// <param name="model">It is not changed.</param>
    /// <param name="change">The other size.</param>
    internal static ModelProto? Changed(ModelProto model, Func<long, long> change)
    {
        if (Of(model) is not { IsEmpty: false } usual)
            return null;
        model = model.Clone();
        // Axes of one name are one axis.
        foreach (var input in model.Graph.Input.Where(input => usual.ContainsKey(input.Name)))
            if (input.Type?.TensorType?.Shape is { } shape && shape.Dim.Count == usual[input.Name].Length)
                Set(model, input.Name, shape.Dim.Zip(usual[input.Name], (dimension, size) => dimension.HasDimValue ? size : change(size)));
        return model;
    }
}
