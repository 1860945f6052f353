// The forms of what a model recipe says of data: pre-processing, accuracy gate, golden frames. Unaware of ONNX.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>preprocess:</c> of models.</summary>
static class PreprocessForm
{
    static readonly Shape<ImmutableArray<double>> Numbers = new FilledListOf<double>(ScalarShapes.PlainNumber);

    public static Form<PreprocessSpec> Form { get; } = new("`preprocess`", keys => new PreprocessSpec(
        keys.Maybe("fit", ScalarShapes.OneOf("exact", "stretch", "pad", "pad-width"), "exact (the default), stretch, pad (proportions kept) or pad-width (the whole height, squeezed when too wide)"),
        keys.Required("channels", ScalarShapes.OneOf("gray", "rgb", "bgr"), "gray, rgb or bgr"),
        keys.Optional("mean", Numbers, [0], "mean on the scale 0 to 1: one, or one a channel"),
        keys.Optional("std", Numbers, [1], "standard deviation on the scale 0 to 1: one, or one a channel")), Check);

    static bool Check(PreprocessSpec made, Keys keys)
    {
        var count = made.Channels.Value == "gray" ? 1 : 3;
        var good = true;
        foreach (var (key, each) in new[] { ("mean", made.Mean), ("std", made.Deviation) })
        {
            if (each.Length == 1 || each.Length == count)
                continue;
            keys.Reading.Error(Codes.Contradiction, $"`{key}` has {each.Length} values for {count} channels", made.Channels.Span, $"Give 1 or {count}");
            good = false;
        }
        if (made.Deviation.All(deviation => deviation > 0))
            return good;
        keys.Reading.Error(Codes.WrongFormat, "Each value of `std` must be above 0", keys.Span, null);
        return false;
    }
}

/// <summary><c>golden:</c> of models.</summary>
static class GoldenForm
{
    public static Form<GoldenSpec> Form { get; } = new("`golden`", keys =>
    {
        var dataset = keys.Required("dataset", ScalarShapes.Name, "a dataset");
        var split = keys.Required("split", ScalarShapes.Name, "a split of it");
        var count = keys.Required("count", ScalarShapes.Count, "images or sounds, spread evenly over the split");
        return () => IsSome(count, keys.Reading) ? new GoldenSpec(dataset, split, count) : null;
    });

    /// <summary>Whether it is above 0; notes why not.</summary>
    public static bool IsSome(Sited<int> count, Reading reading)
    {
        if (count.Value > 0)
            return true;
        reading.Error(Codes.WrongFormat, "`count` must be above 0", count.Span, null);
        return false;
    }
}
