// From pixels to what a network takes, as it is wanted. Unaware of images.

using System.Collections.Immutable;

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
}
