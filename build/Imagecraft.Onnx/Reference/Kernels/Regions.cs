// Operators on boxes within images. Unaware of graphs.

using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Crops of regions, and the choice among boxes; coordinates are doubles.</summary>
/// <remarks>Source: ONNX's operators RoiAlign and NonMaxSuppression.</remarks>
static class Regions
{
    public static IEnumerable<(string, Kernel)> All => [("RoiAlign", RoiAlign), ("NonMaxSuppression", NonMaxSuppression)];

    /// <summary>Along one side of a cell; no image has so many pixels.</summary>
    const int MostSamples = 4096;

    static Tensor[] RoiAlign(Call call)
    {
        var (x, rois, batches) = (call[0], Numbers.Read(call[1]), call[2].Integers());
        var (channels, height, width) = (x.Shape[1], x.Shape[2], x.Shape[3]);
        var (rows, columns, ratio) = ((int)call.Integer("output_height", 1), (int)call.Integer("output_width", 1), (int)call.Integer("sampling_ratio", 0));
        var (scale, takesMean) = ((double)call.Number("spatial_scale", 1), call.Text("mode", "avg") == "avg");
        var shifted = call.Text("coordinate_transformation_mode", call.Opset < 16 ? "output_half_pixel" : "half_pixel") == "half_pixel";
        var (source, values, at) = (Numbers.Read(x), new double[batches.Length * channels * rows * columns], 0);
        for (var roi = 0; roi < batches.Length; roi++)
        {
            var offset = shifted ? 0.5 : 0;
            var (left, top) = ((rois[4 * roi] * scale) - offset, (rois[(4 * roi) + 1] * scale) - offset);
            var (wide, high) = ((rois[(4 * roi) + 2] * scale) - offset - left, (rois[(4 * roi) + 3] * scale) - offset - top);
            if (!shifted)
                (wide, high) = (Math.Max(wide, 1), Math.Max(high, 1));
            var (stepY, stepX) = (high / rows, wide / columns);
            var (samplesY, samplesX) = ratio > 0 ? (ratio, ratio) : ((int)Math.Ceiling(stepY), (int)Math.Ceiling(stepX));
            if (samplesY > MostSamples || samplesX > MostSamples)
                throw call.Bad($"each of its cells would take [{samplesY}, {samplesX}] samples, more than {MostSamples}; correct `sampling_ratio`, or the regions");
            for (var channel = 0; channel < channels; channel++)
                for (var cell = 0; cell < rows * columns; cell++)
                {
                    var (sum, largest) = (0.0, double.NegativeInfinity);
                    for (var sample = 0; sample < samplesY * samplesX; sample++)
                    {
                        var y = top + (cell / columns * stepY) + (((sample / samplesX) + 0.5) * stepY / samplesY);
                        var xx = left + (cell % columns * stepX) + (((sample % samplesX) + 0.5) * stepX / samplesX);
                        var (mean, peak) = Between(source.AsSpan((((int)batches[roi] * channels) + channel) * height * width, height * width), height, width, y, xx);
                        (sum, largest) = (sum + mean, Math.Max(largest, peak));
                    }
                    values[at++] = takesMean ? sum / Math.Max(samplesY * samplesX, 1) : samplesY * samplesX == 0 ? 0 : largest;
                }
        }
        var result = call.Make(x.Type, batches.Length, channels, rows, columns);
        Numbers.Write(result, values);
        return [result];
    }

    /// <summary>Bilinear between four pixels, and the largest of the four parts; zero beyond a pixel outside.</summary>
    static (double Mean, double Peak) Between(ReadOnlySpan<double> plane, int height, int width, double y, double x)
    {
        if (y < -1 || y > height || x < -1 || x > width)
            return (0, 0);
        (y, x) = (Math.Max(y, 0), Math.Max(x, 0));
        var (top, left) = (Math.Min((int)y, height - 1), Math.Min((int)x, width - 1));
        var (bottom, right) = (Math.Min(top + 1, height - 1), Math.Min(left + 1, width - 1));
        var (down, across) = (top >= height - 1 ? 0 : y - top, left >= width - 1 ? 0 : x - left);
        var (a, b) = ((1 - down) * (1 - across) * plane[(top * width) + left], (1 - down) * across * plane[(top * width) + right]);
        var (c, d) = (down * (1 - across) * plane[(bottom * width) + left], down * across * plane[(bottom * width) + right]);
        return (a + b + c + d, Math.Max(Math.Max(a, b), Math.Max(c, d)));
    }

    static Tensor[] NonMaxSuppression(Call call)
    {
        var (boxes, scores) = (Numbers.Read(call[0]), Numbers.Read(call[1]));
        var most = call.Optional(2)?.Integers()[0] ?? 0;
        var overlap = call.Optional(3) is { } limit ? Numbers.Read(limit)[0] : 0;
        var least = call.Optional(4) is { } threshold ? Numbers.Read(threshold)[0] : double.NegativeInfinity;
        var (batches, classes, count, centered) = (call[1].Shape[0], call[1].Shape[1], call[1].Shape[2], call.Flag("center_point_box"));
        var chosen = new List<long>();
        for (var batch = 0; batch < batches; batch++)
            for (var kind = 0; kind < classes; kind++)
            {
                var row = ((batch * classes) + kind) * count;
                var kept = new List<int>();
                foreach (var candidate in Enumerable.Range(0, count).Where(i => scores[row + i] > least).OrderByDescending(i => scores[row + i]).ThenBy(i => i))
                {
                    if (kept.Count >= most)
                        break;
                    if (kept.TrueForAll(other => Overlap(Box(candidate), Box(other)) <= overlap))
                        kept.Add(candidate);
                }
                foreach (var box in kept)
                    chosen.AddRange([batch, kind, box]);

                (double Top, double Left, double Bottom, double Right) Box(int i)
                {
                    var b = boxes.AsSpan(((batch * count) + i) * 4, 4);
                    return centered
                        ? (b[1] - (b[3] / 2), b[0] - (b[2] / 2), b[1] + (b[3] / 2), b[0] + (b[2] / 2))
                        : (Math.Min(b[0], b[2]), Math.Min(b[1], b[3]), Math.Max(b[0], b[2]), Math.Max(b[1], b[3]));
                }
            }
        return [call.Make(ElementType.Int64, [chosen.Count / 3, 3], chosen.ToArray())];
    }

    static double Overlap((double Top, double Left, double Bottom, double Right) a, (double Top, double Left, double Bottom, double Right) b)
    {
        var both = Math.Max(0, Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top)) * Math.Max(0, Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left));
        var all = ((a.Bottom - a.Top) * (a.Right - a.Left)) + ((b.Bottom - b.Top) * (b.Right - b.Left)) - both;
        return all <= 0 ? 0 : both / all;
    }
}
