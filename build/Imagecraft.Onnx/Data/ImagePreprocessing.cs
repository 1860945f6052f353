// From pixels to what a network takes. Unaware of files.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Data;

/// <summary>How an image is brought to the input's size.</summary>
public enum ImageFit
{
    /// <summary>It has that size, or it is an error.</summary>
    Exact,

    /// <summary>Width and height each on their own.</summary>
    Stretch,

    /// <summary>As large as fits with its proportions kept, at the upper left; zeros (after normalization) beside or below.</summary>
    Pad,

    /// <summary>The whole height; proportions kept when that is not too wide, else squeezed to the input's width; zeros beside. Line recognizers are trained so.</summary>
    PadWidth,
}

/// <summary>Order of the input's channels.</summary>
public enum ChannelOrder
{
    /// <summary>One channel; colour becomes luma by ITU-R BT.601.</summary>
    Gray,

    /// <summary>Red, green, blue; gray is repeated.</summary>
    Rgb,

    /// <summary>Blue, green, red, as OpenCV has it.</summary>
    Bgr,
}

/// <summary>Images to frames of shape [1, channels, height, width]: value = (sample / 255 - mean) / deviation.</summary>
public sealed record ImagePreprocessing
{
    /// <summary>How it is brought to the input's size.</summary>
    public ImageFit Fit { get; init; } = ImageFit.Exact;

    /// <summary>Order of the channels.</summary>
    public ChannelOrder Channels { get; init; } = ChannelOrder.Gray;

    /// <summary>Mean on the scale 0 to 1: one for all channels or one each, in the input's order.</summary>
    public ImmutableArray<double> Mean { get; init; } = [0];

    /// <summary>Standard deviation on the scale 0 to 1, as <see cref="Mean"/>.</summary>
    public ImmutableArray<double> Deviation { get; init; } = [1];

    int ChannelCount => Channels == ChannelOrder.Gray ? 1 : 3;

    /// <summary>Checks once that the input takes such images; <paramref name="model"/> is for messages.</summary>
    public void Check(TensorPort input, string model)
    {
        if (input.Shape is not [1, var channels, > 0, > 0] || channels != ChannelCount)
            throw new OnnxException($"Input `{input.Name}` of `{model}` has the shape [{string.Join(", ", input.Shape)}], but images with `channels: {Channels.ToString().ToLowerInvariant()}` are [1, {ChannelCount}, height, width]; correct `preprocess` or `shapes`");
        foreach (var (key, values) in new[] { ("mean", Mean), ("std", Deviation) })
            if (values.Length != 1 && values.Length != ChannelCount)
                throw new OnnxException($"`preprocess` of `{model}` has {values.Length} values of `{key}`, but the image has {ChannelCount} channels; give 1 or {ChannelCount}");
        if (Deviation.Any(value => !(value > 0)))
            throw new OnnxException($"`preprocess` of `{model}` has `std: [{string.Join(", ", Deviation)}]`, but each must be above 0");
    }

    /// <summary>Writes one image into <paramref name="frame"/>, which is zero before; <paramref name="name"/> is for messages.</summary>
    public void Fill(Span<float> frame, PixelImage image, TensorPort input, string name)
    {
        var (height, width) = ((int)input.Shape[2], (int)input.Shape[3]);
        var (fitWidth, fitHeight) = Size(image, width, height, name);
        for (var channel = 0; channel < ChannelCount; channel++)
        {
            var plane = Plane(image, channel, fitWidth, fitHeight);
            var (mean, deviation) = ((float)Of(Mean, channel), (float)Of(Deviation, channel));
            for (var y = 0; y < fitHeight; y++)
                for (var x = 0; x < fitWidth; x++)
                    frame[(((channel * height) + y) * width) + x] = ((plane[(y * fitWidth) + x] / 255) - mean) / deviation;
        }
    }

    static double Of(ImmutableArray<double> values, int channel) => values.Length == 1 ? values[0] : values[channel];

    (int Width, int Height) Size(PixelImage image, int width, int height, string name)
    {
        if (Fit == ImageFit.Stretch)
            return (width, height);
        if (Fit == ImageFit.Exact)
            return image.Width == width && image.Height == height ? (width, height) : throw new OnnxException($"The image `{name}` has {image.Width} x {image.Height} pixels, but the input takes {width} x {height}; choose another `fit` in `preprocess` than `exact`");
        var wide = Math.Max(1, (int)(((long)image.Width * height * 2 / image.Height + 1) / 2));
        if (wide <= width)
            return (wide, height);
        return (width, Fit == ImageFit.PadWidth ? height : Math.Max(1, (int)(((long)image.Height * width * 2 / image.Width + 1) / 2)));
    }

    float[] Plane(PixelImage image, int channel, int width, int height)
    {
        if (image.Channels == 1)
            return BilinearResizer.Resize(image, 0, width, height);
        if (Channels != ChannelOrder.Gray)
            return BilinearResizer.Resize(image, Channels == ChannelOrder.Bgr ? 2 - channel : channel, width, height);
        var (red, green, blue) = (BilinearResizer.Resize(image, 0, width, height), BilinearResizer.Resize(image, 1, width, height), BilinearResizer.Resize(image, 2, width, height));
        for (var i = 0; i < red.Length; i++)
            red[i] = (0.299f * red[i]) + (0.587f * green[i]) + (0.114f * blue[i]);
        return red;
    }
}
