// Resizing of images. Unaware of graphs.

using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Resize and its forerunner Upsample: one dimension after the other by weights of few source elements, as doubles.</summary>
/// <remarks>Source: ONNX's operator Resize.</remarks>
static class Resizing
{
    public static IEnumerable<(string, Kernel)> All => [("Resize", call => [Resize(call)]), ("Upsample", call => [Resize(call)])];

    static Tensor Resize(Call call)
    {
        var (x, old) = (call[0], call.Node.OpType == "Upsample" || call.Opset < 11);
        var axes = call.Integers("axes") is { } given ? [.. given.Select(axis => call.Axis(axis, x.Rank))] : Enumerable.Range(0, x.Rank).ToArray();
        var scales = (call.Optional(old ? 1 : 2) is { Count: > 0 } factors ? factors.Floats() : Imagecraft.Onnx.Graphs.NodeAttributes.GetNumbers(call.Node, "scales")?.ToArray())?.Select(scale => (double)scale).ToArray();
        var sizes = old ? null : call.Optional(3) is { Count: > 0 } wanted ? wanted.Integers() : null;
        var (mode, place) = (call.Text("mode", "nearest"), old ? "asymmetric" : call.Text("coordinate_transformation_mode", "half_pixel"));
        var region = place == "tf_crop_and_resize" ? call[1].Floats() : null;
        var result = x.Reshaped(x.Shape);
        if (sizes is not null)
            (sizes, scales) = Kept(call, x, axes, sizes);
        for (var i = 0; i < axes.Length; i++)
        {
            var (axis, length) = (axes[i], x.Shape[axes[i]]);
            var count = sizes is not null ? (int)sizes[i] : (int)Math.Floor(length * scales![i]);
            var scale = scales![i];
            if (count == length && scale == 1 && region is null)
                continue;
            var next = Along(call, result, axis, count, at => Taps(call, at, length, count, scale, mode, place, old, region is null ? (0, 1) : (region[i], region[axes.Length + i])));
            call.Free(result);
            result = next;
        }
        return result;
    }

    static (long[] Sizes, double[] Scales) Kept(Call call, Tensor x, int[] axes, long[] sizes)
    {
        var scales = axes.Select((axis, i) => sizes[i] / (double)x.Shape[axis]).ToArray();
        if (call.Text("keep_aspect_ratio_policy", "stretch") is var policy && policy == "stretch")
            return (sizes, scales);
        var scale = policy == "not_larger" ? scales.Min() : scales.Max();
        return ([.. axes.Select(axis => (long)Math.Floor((scale * x.Shape[axis]) + 0.5))], [.. axes.Select(_ => scale)]);
    }

    /// <summary>Source elements and their weights for one place; none: the value outside.</summary>
    static (int[] Places, double[] Weights) Taps(Call call, int at, int length, int count, double scale, string mode, string place, bool old, (double Start, double End) region)
    {
        var x = place switch
        {
            "asymmetric" => at / scale,
            "pytorch_half_pixel" => count == 1 ? 0 : ((at + 0.5) / scale) - 0.5,
            "align_corners" => count == 1 ? 0 : at * (length - 1.0) / (count - 1),
            "half_pixel" => ((at + 0.5) / scale) - 0.5,
            "half_pixel_symmetric" => (length / 2.0 * (1 - (count / (scale * length)))) + ((at + 0.5) / scale) - 0.5,
            "tf_half_pixel_for_nn" => (at + 0.5) / scale,
            "tf_crop_and_resize" => count == 1 ? 0.5 * (region.Start + region.End) * (length - 1) : (region.Start * (length - 1)) + (at * (region.End - region.Start) * (length - 1) / (count - 1)),
            _ => throw call.Bad($"the transformation `{place}` is unknown"),
        };
        if (place == "tf_crop_and_resize" && (x < 0 || x > length - 1))
            return ([], []);
        if (mode == "nearest")
            return ([Math.Clamp(Nearest(x, old ? scale < 1 ? "ceil" : "floor" : call.Text("nearest_mode", "round_prefer_floor"), call), 0, length - 1)], [1]);
        var spread = call.Flag("antialias") && scale < 1 ? scale : 1;
        var cubic = call.Number("cubic_coeff_a", -0.75f);
        Func<double, double> weight = mode == "linear" ? d => Math.Max(0, 1 - Math.Abs(d)) : d => Cubic(Math.Abs(d), cubic);
        var reach = (mode == "linear" ? 1 : 2) / spread;
        var (places, weights) = (new List<int>(), new List<double>());
        for (var i = (int)Math.Ceiling(x - reach); i <= x + reach; i++)
        {
            var w = weight((x - i) * spread);
            if (w == 0 || (call.Flag("exclude_outside") && (i < 0 || i >= length)))
                continue;
            places.Add(Math.Clamp(i, 0, length - 1));
            weights.Add(w);
        }
        var sum = Numbers.Sum([.. weights]);
        return ([.. places], [.. weights.Select(w => w / sum)]);
    }

    static int Nearest(double x, string rule, Call call) => (int)(rule switch
    {
        "round_prefer_floor" => Math.Ceiling(x - 0.5),
        "round_prefer_ceil" => Math.Floor(x + 0.5),
        "floor" => Math.Floor(x),
        "ceil" => Math.Ceiling(x),
        _ => throw call.Bad($"the rule `{rule}` is unknown"),
    });

    static double Cubic(double d, double a) => d switch
    {
        <= 1 => ((((a + 2) * d) - (a + 3)) * d * d) + 1,
        < 2 => (((((a * d) - (5 * a)) * d) + (8 * a)) * d) - (4 * a),
        _ => 0,
    };

    static Tensor Along(Call call, Tensor source, int axis, int count, Func<int, (int[] Places, double[] Weights)> taps)
    {
        var all = Enumerable.Range(0, count).Select(taps).ToArray();
        if (all.All(tap => tap.Places.Length == 1))
            return Gathering.Along(call, source, axis, [.. all.Select(tap => tap.Places[0])]);
        var shape = (int[])source.Shape.Clone();
        shape[axis] = count;
        var (inner, outer, length) = (Tensor.Product(source.Shape.AsSpan(axis + 1)), Tensor.Product(source.Shape.AsSpan(0, axis)), source.Shape[axis]);
        var (from, to, outside) = (Numbers.Read(source), new double[outer * count * inner], call.Number("extrapolation_value", 0));
        for (var o = 0; o < outer; o++)
            for (var at = 0; at < count; at++)
            {
                var (places, weights) = all[at];
                for (var i = 0; i < inner; i++)
                {
                    var sum = places.Length == 0 ? (double)outside : 0;
                    for (var k = 0; k < places.Length; k++)
                        sum += weights[k] * from[(((o * length) + places[k]) * inner) + i];
                    to[(((o * count) + at) * inner) + i] = sum;
                }
            }
        var result = call.Make(source.Type, shape);
        Numbers.Write(result, to);
        return result;
    }
}
