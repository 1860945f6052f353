// From pixels to what a network takes. Unaware of files.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Data;

/// <summary>Does what an <see cref="ImagePreprocessing"/> wants.</summary>
public static class ImagePreprocessor
{
    static int ChannelCount(ImagePreprocessing wanted) => wanted.Channels == ChannelOrder.Gray ? 1 : 3;

    /// <summary>Checks once that the input takes such images; <paramref name="model"/> is for messages.</summary>
    public static void Check(this ImagePreprocessing wanted, TensorPort input, string model)
    {
        if (input.Shape is not [1, var channels, > 0, > 0] || channels != ChannelCount(wanted))
            throw new OnnxException($"Input `{input.Name}` of `{model}` has the shape [{string.Join(", ", input.Shape)}], but images with `channels: {wanted.Channels.ToString().ToLowerInvariant()}` are [1, {ChannelCount(wanted)}, height, width]; correct `preprocess` or `shapes`");
        foreach (var (key, values) in new[] { ("mean", wanted.Mean), ("std", wanted.Deviation) })
            if (values.Length != 1 && values.Length != ChannelCount(wanted))
                throw new OnnxException($"`preprocess` of `{model}` has {values.Length} values of `{key}`, but the image has {ChannelCount(wanted)} channels; give 1 or {ChannelCount(wanted)}");
        if (wanted.Deviation.Any(value => !(value > 0)))
            throw new OnnxException($"`preprocess` of `{model}` has `std: [{string.Join(", ", wanted.Deviation)}]`, but each must be above 0");
    }

    /// <summary>Writes one image into <paramref name="frame"/>, which is zero before; <paramref name="name"/> is for messages.</summary>
    public static void Fill(this ImagePreprocessing wanted, Span<float> frame, PixelImage image, TensorPort input, string name)
    {
        var (height, width) = ((int)input.Shape[2], (int)input.Shape[3]);
        var (fitWidth, fitHeight) = Size(wanted, image, width, height, name);
        for (var channel = 0; channel < ChannelCount(wanted); channel++)
        {
            var plane = Plane(wanted, image, channel, fitWidth, fitHeight);
            var (mean, deviation) = ((float)Of(wanted.Mean, channel), (float)Of(wanted.Deviation, channel));
            for (var y = 0; y < fitHeight; y++)
                for (var x = 0; x < fitWidth; x++)
                    frame[(((channel * height) + y) * width) + x] = ((plane[(y * fitWidth) + x] / 255) - mean) / deviation;
        }
    }

    /// <summary>Where the image lies in the input.</summary>
    internal static ImagePlace Place(this ImagePreprocessing wanted, PixelImage image, TensorPort input, string name)
    {
        var size = (Width: (int)input.Shape[3], Height: (int)input.Shape[2]);
        return new((image.Width, image.Height), Size(wanted, image, size.Width, size.Height, name), size);
    }

    static double Of(ImmutableArray<double> values, int channel) => values.Length == 1 ? values[0] : values[channel];

    static (int Width, int Height) Size(ImagePreprocessing wanted, PixelImage image, int width, int height, string name)
    {
        if (wanted.Fit == ImageFit.Stretch)
            return (width, height);
        if (wanted.Fit == ImageFit.Exact)
            return image.Width == width && image.Height == height ? (width, height) : throw new OnnxException($"The image `{name}` has {image.Width} x {image.Height} pixels, but the input takes {width} x {height}; choose another `fit` in `preprocess` than `exact`");
        var wide = Math.Max(1, (int)(((long)image.Width * height * 2 / image.Height + 1) / 2));
        if (wide <= width)
            return (wide, height);
        return (width, wanted.Fit == ImageFit.PadWidth ? height : Math.Max(1, (int)(((long)image.Height * width * 2 / image.Width + 1) / 2)));
    }

    static float[] Plane(ImagePreprocessing wanted, PixelImage image, int channel, int width, int height)
    {
        if (image.Channels == 1)
            return BilinearResizer.Resize(image, 0, width, height);
        if (wanted.Channels != ChannelOrder.Gray)
            return BilinearResizer.Resize(image, wanted.Channels == ChannelOrder.Bgr ? 2 - channel : channel, width, height);
        var (red, green, blue) = (BilinearResizer.Resize(image, 0, width, height), BilinearResizer.Resize(image, 1, width, height), BilinearResizer.Resize(image, 2, width, height));
        for (var i = 0; i < red.Length; i++)
            red[i] = (0.299f * red[i]) + (0.587f * green[i]) + (0.114f * blue[i]);
        return red;
    }
}
