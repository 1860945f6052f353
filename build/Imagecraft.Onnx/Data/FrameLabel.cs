// What is true of one frame beside a class: a map, boxes, words. Unaware of files, networks and metrics.

using System.Collections.Immutable;

namespace Imagecraft.Onnx.Data;

/// <summary>The truth of a frame.</summary>
public abstract record FrameLabel
{
    private FrameLabel()
    {
    }

    /// <summary>A class.</summary>
    /// <param name="Index">From 0.</param>
    public sealed record OneClass(int Index) : FrameLabel;

    /// <summary>The class of each place: of the pixels of an image, of the tokens of a text.</summary>
    /// <param name="Classes">In row-major order; below 0 or 255: not known, and not judged.</param>
    public sealed record Map(ImmutableArray<int> Classes) : FrameLabel;

    /// <summary>The things in an image.</summary>
    /// <param name="Items">None for an image without any.</param>
    public sealed record Boxes(ImmutableArray<LabelledBox> Items) : FrameLabel;

    /// <summary>The words that are written or spoken.</summary>
    public sealed record Words(string Text) : FrameLabel;
}

/// <summary>An upright rectangle in pixels; the origin is the upper left corner.</summary>
/// <param name="Left">Where it begins.</param>
/// <param name="Top">Where it begins.</param>
/// <param name="Width">Above 0.</param>
/// <param name="Height">Above 0.</param>
/// <param name="Class">What is in it, from 0.</param>
public readonly record struct LabelledBox(double Left, double Top, double Width, double Height, int Class = 0)
{
    /// <summary>Pixels that lie in both, divided by those that lie in one or the other.</summary>
    public double Overlap(LabelledBox other)
    {
        var width = Math.Min(Left + Width, other.Left + other.Width) - Math.Max(Left, other.Left);
        var height = Math.Min(Top + Height, other.Top + other.Height) - Math.Max(Top, other.Top);
        if (!(width > 0 && height > 0))
            return 0;
        var both = width * height;
        return both / ((Width * Height) + (other.Width * other.Height) - both);
    }
}
