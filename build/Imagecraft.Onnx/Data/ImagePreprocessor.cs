// From pixels to what a network takes. Unaware of files.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Data;

/// <summary>Does what an <see cref="ImagePreprocessing"/> wants.</summary>
public static class ImagePreprocessor
{
    const int Alpha = 3;

    static int ChannelCount(ImagePreprocessing wanted) => wanted.Channels switch { ChannelOrder.Gray => 1, ChannelOrder.Rgba => Alpha + 1, _ => Alpha };

    /// <summary>Checks once that the input takes such images; <paramref name="model"/> is for messages.</summary>
    public static void Check(this ImagePreprocessing wanted, TensorPort input, string model)
    {
        var isLast = wanted.Layout == ChannelLayout.Nhwc;
        if (input.Shape is not [1, > 0, > 0, > 0] || (isLast ? input.Shape[3] : input.Shape[1]) != ChannelCount(wanted))
            throw new OnnxException($"Input `{input.Name}` of `{model}` has the shape [{string.Join(", ", input.Shape)}], but images with `channels: {wanted.Channels.ToString().ToLowerInvariant()}`{(isLast ? " and `layout: nhwc`" : "")} are {(isLast ? $"[1, height, width, {ChannelCount(wanted)}]" : $"[1, {ChannelCount(wanted)}, height, width]")}; correct `preprocess` or `shapes`");
        foreach (var (key, count) in new[] { ("mean", wanted.Mean.Length), ("std", wanted.Deviation.Length), ("colour", wanted.Colour.Length) })
            if (count != 1 && count != ChannelCount(wanted))
                throw new OnnxException($"`preprocess` of `{model}` has {count} values of `{key}`, but the image has {ChannelCount(wanted)} channels; give 1 or {ChannelCount(wanted)}");
        if (wanted.Deviation.Any(value => !(value > 0)))
            throw new OnnxException($"`preprocess` of `{model}` has `std: [{string.Join(", ", wanted.Deviation)}]`, but each must be above 0");
        var (width, height) = wanted.SizeOf(input);
        if (wanted.ShortSide < Math.Max(width, height))
            throw new OnnxException($"`preprocess` of `{model}` has `short-side: {wanted.ShortSide}`, but the input takes {width} x {height} pixels out of the middle; give at least {Math.Max(width, height)}");
    }

    /// <summary>Pixels of the input.</summary>
    public static (int Width, int Height) SizeOf(this ImagePreprocessing wanted, TensorPort input) =>
        wanted.Layout == ChannelLayout.Nhwc ? ((int)input.Shape[2], (int)input.Shape[1]) : ((int)input.Shape[3], (int)input.Shape[2]);

    /// <summary>Writes one image into <paramref name="frame"/>, which is zero before; <paramref name="name"/> is for messages.</summary>
    public static void Fill(this ImagePreprocessing wanted, Span<float> frame, PixelImage image, TensorPort input, string name)
    {
        var (width, height) = wanted.SizeOf(input);
        var place = ImagePlacement.Of(wanted, image.Width, image.Height, input, name);
        var channels = ChannelCount(wanted);
        var (step, stride) = wanted.Layout == ChannelLayout.Nhwc ? (channels, 1) : (1, width * height);
        var (left, top) = (Math.Max(0, place.Left), Math.Max(0, place.Top));
        var (right, bottom) = (Math.Min(width, place.Left + place.Width), Math.Min(height, place.Top + place.Height));
        for (var channel = 0; channel < channels; channel++)
        {
            var plane = Plane(wanted, image, channel, place.Width, place.Height);
            var (scale, mean, deviation) = ((float)wanted.Scale, (float)Of(wanted.Mean, channel), (float)Of(wanted.Deviation, channel));
            if (wanted.Fit == ImageFit.Letterbox)
            {
                var ground = ((Of(wanted.Colour, channel) / scale) - mean) / deviation;
                for (var i = 0; i < width * height; i++)
                    frame[(channel * stride) + (i * step)] = ground;
            }
            for (var y = top; y < bottom; y++)
                for (var x = left; x < right; x++)
                    frame[(channel * stride) + (((y * width) + x) * step)] = ((plane[((y - place.Top) * place.Width) + x - place.Left] / scale) - mean) / deviation;
        }
    }

    static T Of<T>(ImmutableArray<T> values, int channel) => values.Length == 1 ? values[0] : values[channel];

    static float[] Plane(ImagePreprocessing wanted, PixelImage image, int channel, int width, int height)
    {
        if (channel == Alpha)
            return [.. Enumerable.Repeat(255f, width * height)];
        if (image.Channels == 1)
            return Resized(wanted, image, 0, width, height);
        if (wanted.Channels != ChannelOrder.Gray)
            return Resized(wanted, image, wanted.Channels == ChannelOrder.Bgr ? 2 - channel : channel, width, height);
        var (red, green, blue) = (Resized(wanted, image, 0, width, height), Resized(wanted, image, 1, width, height), Resized(wanted, image, 2, width, height));
        for (var i = 0; i < red.Length; i++)
            red[i] = (0.299f * red[i]) + (0.587f * green[i]) + (0.114f * blue[i]);
        return wanted.Round ? Rounded(red) : red;
    }

    static float[] Resized(ImagePreprocessing wanted, PixelImage image, int channel, int width, int height)
    {
        if (wanted.Antialias || wanted.Filter != ImageFilter.Bilinear)
            return FilterResizer.Resize(image, channel, width, height, wanted.Filter, wanted.Antialias, wanted.Round);
        var plane = BilinearResizer.Resize(image, channel, width, height);
        return wanted.Round ? Rounded(plane) : plane;
    }

    static float[] Rounded(float[] plane)
    {
        foreach (ref var value in plane.AsSpan())
            value = Math.Clamp(MathF.Floor(value + 0.5f), 0, 255);
        return plane;
    }
}
