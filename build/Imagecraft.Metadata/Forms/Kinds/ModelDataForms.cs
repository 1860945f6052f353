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
        keys.Maybe("fit", ScalarShapes.OneOf("exact", "stretch", "pad", "pad-width", "letterbox", "crop"), "exact (the default), stretch, pad (proportions kept), pad-width (the whole height, squeezed when too wide), letterbox (proportions kept, on a colour) or crop (the middle)"),
        keys.Required("channels", ScalarShapes.OneOf("gray", "rgb", "bgr", "rgba"), "gray, rgb, bgr or rgba (opaque: alpha is 255)"),
        keys.Optional("mean", Numbers, [0], "mean on the scale that `scale` gives: one, or one a channel"),
        keys.Optional("std", Numbers, [1], "standard deviation on the scale that `scale` gives: one, or one a channel"))
    {
        Layout = keys.Maybe("layout", ScalarShapes.OneOf("nchw", "nhwc"), "nchw (channels first; the default) or nhwc"),
        Filter = keys.Maybe("filter", ScalarShapes.OneOf("bilinear", "bicubic", "nearest"), "how values between pixels are found; bilinear when absent"),
        Antialias = keys.Optional("antialias", ScalarShapes.Flag, false, "whether all pixels count that a pixel covers when shrinking, as Pillow does it"),
        Round = keys.Optional("round", ScalarShapes.Flag, false, "whether resized values are rounded to bytes, as libraries that resize bytes do it"),
        ShortSide = keys.Maybe("short-side", ScalarShapes.Count, "of crop: pixels of the short side before the middle is taken; as few as fill the input when absent"),
        Colour = keys.Optional("colour", new FilledListOf<int>(ScalarShapes.Between(0, 255)), [], "of letterbox: the ground, 0 to 255, one, or one a channel; 114 when absent"),
        Place = keys.Maybe("place", ScalarShapes.OneOf("centre", "upper-left"), "of letterbox: where the image lies; centre when absent"),
        Scale = keys.Maybe("scale", ScalarShapes.Number, "what a sample is divided by first; 255 when absent, 1 for networks that take bytes as they are"),
    }, Check);

    static bool Check(PreprocessSpec made, Keys keys)
    {
        var count = made.Channels.Value switch { "gray" => 1, "rgba" => 4, _ => 3 };
        var good = true;
        foreach (var (key, each) in new[] { ("mean", made.Mean), ("std", made.Deviation) })
        {
            if (each.Length == 1 || each.Length == count)
                continue;
            keys.Reading.Error(Codes.Contradiction, $"`{key}` has {each.Length} values for {count} channels", made.Channels.Span, $"Give 1 or {count}");
            good = false;
        }
        good &= NothingInVain(made, count, keys.Reading);
        if (made.Deviation.All(deviation => deviation > 0))
            return good;
        keys.Reading.Error(Codes.WrongFormat, "Each value of `std` must be above 0", keys.Span, null);
        return false;
    }

    static bool NothingInVain(PreprocessSpec made, int count, Reading reading)
    {
        var before = reading.Problems.Count;
        var fit = made.Fit?.Value ?? "exact";
        var span = (made.Fit ?? made.Channels).Span;
        if (made.ShortSide is not null && fit != "crop")
            reading.Error(Codes.Contradiction, "`short-side` belongs to `fit: crop`", made.ShortSide.Span, "Remove it, or write `fit: crop`");
        if ((made.Place is not null || !made.Colour.IsEmpty) && fit != "letterbox")
            reading.Error(Codes.Contradiction, "`place` and `colour` belong to `fit: letterbox`", span, "Remove them, or write `fit: letterbox`");
        if (made.Colour.Length > 1 && made.Colour.Length != count)
            reading.Error(Codes.Contradiction, $"`colour` has {made.Colour.Length} values for {count} channels", made.Channels.Span, $"Give 1 or {count}");
        if (fit == "exact" && (made.Antialias || made.Round || made.Filter is not null))
            reading.Error(Codes.Contradiction, "`filter`, `antialias` and `round` do nothing where images have the input's size", span, "Remove them, or choose another `fit`");
        if (made.Antialias && made.Filter?.Value == "nearest")
            reading.Error(Codes.Contradiction, "`antialias` and `filter: nearest` exclude each other", made.Filter.Span, "Remove one of them");
        if (made.Scale is { Value: <= 0 })
            reading.Error(Codes.WrongFormat, "`scale` must be above 0", made.Scale.Span, "Write 255 for values from 0 to 1, 1 for bytes as they are");
        return reading.Problems.Count == before;
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
