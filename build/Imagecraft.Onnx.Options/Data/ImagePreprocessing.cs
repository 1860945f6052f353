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

    /// <summary>As large as fits with its proportions kept, at a place, on a ground of one colour. Many detectors are trained so.</summary>
    Letterbox,

    /// <summary>Its proportions kept until its short side has a length, then the middle of it. Most classifiers are trained so.</summary>
    Crop,
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

    /// <summary>Red, green, blue, and an alpha channel of 255: images are opaque.</summary>
    Rgba,
}

/// <summary>Where the channels of a pixel lie in the input.</summary>
public enum ChannelLayout
{
    /// <summary>[1, channels, height, width].</summary>
    Nchw,

    /// <summary>[1, height, width, channels].</summary>
    Nhwc,
}

/// <summary>How values between pixels are found.</summary>
public enum ImageFilter
{
    /// <summary>On straight lines between the centres of pixels.</summary>
    Bilinear,

    /// <summary>On cubic curves.</summary>
    Bicubic,

    /// <summary>The pixel that is nearest.</summary>
    Nearest,
}

/// <summary>Where an image lies that does not fill the input.</summary>
public enum ImagePlace
{
    /// <summary>In the middle; of an odd rest the larger part is at the right and below.</summary>
    Centre,

    /// <summary>At the upper left.</summary>
    UpperLeft,
}

/// <summary>Images to frames: value = (sample / scale - mean) / deviation.</summary>
public sealed record ImagePreprocessing
{
    /// <summary>How it is brought to the input's size.</summary>
    public ImageFit Fit { get; init; } = ImageFit.Exact;

    /// <summary>Order of the channels.</summary>
    public ChannelOrder Channels { get; init; } = ChannelOrder.Gray;

    /// <summary>Where they lie.</summary>
    public ChannelLayout Layout { get; init; } = ChannelLayout.Nchw;

    /// <summary>How values between pixels are found.</summary>
    public ImageFilter Filter { get; init; } = ImageFilter.Bilinear;

    /// <summary>When shrinking, all pixels that a target pixel covers count, not only those next to its centre.</summary>
    public bool Antialias { get; init; }

    /// <summary>Resized values become whole numbers from 0 to 255, as in libraries that resize bytes.</summary>
    public bool Round { get; init; }

    /// <summary>Of <see cref="ImageFit.Crop"/>: pixels of the short side before the middle is taken; null: as few as fill the input.</summary>
    public int? ShortSide { get; init; }

    /// <summary>Of <see cref="ImageFit.Letterbox"/>: the ground, 0 to 255, one value for all channels or one each, in the input's order.</summary>
    public ImmutableArray<int> Colour { get; init; } = [114];

    /// <summary>Of <see cref="ImageFit.Letterbox"/>: where the image lies on it.</summary>
    public ImagePlace Place { get; init; } = ImagePlace.Centre;

    /// <summary>What a sample is divided by first: 255 for means on the scale 0 to 1, 1 for networks that take bytes as they are.</summary>
    public double Scale { get; init; } = 255;

    /// <summary>Mean on the scale that <see cref="Scale"/> gives: one for all channels or one each, in the input's order.</summary>
    public ImmutableArray<double> Mean { get; init; } = [0];

    /// <summary>Standard deviation, as <see cref="Mean"/>.</summary>
    public ImmutableArray<double> Deviation { get; init; } = [1];
}
