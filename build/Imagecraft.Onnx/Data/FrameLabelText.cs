// How labels that are more than a class stand in a dataset's list. Unaware of networks.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Onnx.Data;

/// <summary>
/// <c>boxes:LEFT,TOP,WIDTH,HEIGHT,CLASS;...</c> in pixels of the image, <c>words:TEXT</c>, and <c>map:FILE</c>, a PGM image of the same size whose samples are classes.
/// </summary>
public static class FrameLabelText
{
    const string Boxes = "boxes:", Words = "words:", Map = "map:";

    /// <summary>The label as <see cref="Read"/> takes it.</summary>
    public static string Of(FrameLabel.Boxes label) =>
        Boxes + string.Join(';', label.Items.Select(box => string.Create(CultureInfo.InvariantCulture, $"{box.Left},{box.Top},{box.Width},{box.Height},{box.Class}")));

    /// <summary>The label of an image as the network's input has it; null when the text is none of these, such as a class.</summary>
    /// <param name="text">What stands in the list.</param>
    /// <param name="place">Where the image lies in the input.</param>
    /// <param name="files">Reads a map.</param>
    /// <param name="name">Names the image in messages.</param>
    internal static FrameLabel? Read(string text, ImagePlace place, Func<string, PixelImage> files, string name) =>
        text.StartsWith(Boxes, StringComparison.Ordinal) ? new FrameLabel.Boxes([.. text[Boxes.Length..].Split(';', StringSplitOptions.RemoveEmptyEntries).Select(box => place.Of(Box(box, name)))])
        : text.StartsWith(Words, StringComparison.Ordinal) ? new FrameLabel.Words(text[Words.Length..])
        : text.StartsWith(Map, StringComparison.Ordinal) ? place.Of(files(text[Map.Length..]), name)
        : null;

    static LabelledBox Box(string text, string name)
    {
        double[] values = [.. text.Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN)];
        return values is [var left, var top, > 0 and var width, > 0 and var height, >= 0 and <= int.MaxValue and var one] && double.IsFinite(left + top + width + height)
            ? new(left, top, width, height, (int)one)
            : throw new OnnxException($"`{name}` has the box `{text}`, but left, top, width, height and class are needed, with a width and height above 0");
    }
}

/// <summary>Where an image lies in a network's input: at the upper left corner, scaled; the rest is filled up.</summary>
/// <param name="Image">The image's size.</param>
/// <param name="Fitted">Its size within the input.</param>
/// <param name="Input">The input's size.</param>
readonly record struct ImagePlace((int Width, int Height) Image, (int Width, int Height) Fitted, (int Width, int Height) Input)
{
    /// <summary>What is filled up has no class.</summary>
    const int Unknown = 255;

    /// <summary>A box of the image in the input.</summary>
    public LabelledBox Of(LabelledBox box)
    {
        var (x, y) = ((double)Fitted.Width / Image.Width, (double)Fitted.Height / Image.Height);
        return new(box.Left * x, box.Top * y, box.Width * x, box.Height * y, box.Class);
    }

    /// <summary>A map of the image in the input: each pixel has the class of the nearest one.</summary>
    public FrameLabel.Map Of(PixelImage map, string name)
    {
        if ((map.Width, map.Height, map.Channels) != (Image.Width, Image.Height, 1))
            throw new OnnxException($"The map of `{name}` has {map.Width} x {map.Height} pixels of {map.Channels} channels, but the image {Image.Width} x {Image.Height}; a gray one of the same size is needed");
        var classes = new int[Input.Width * Input.Height];
        Array.Fill(classes, Unknown);
        for (var y = 0; y < Fitted.Height; y++)
            for (var x = 0; x < Fitted.Width; x++)
                classes[(y * Input.Width) + x] = map.Samples[(Near(y, Image.Height, Fitted.Height) * map.Width) + Near(x, Image.Width, Fitted.Width)];
        return new(ImmutableArray.Create(classes));
    }

    /// <summary>The pixel whose area the centre of pixel <paramref name="at"/> falls into.</summary>
    static int Near(int at, int from, int to) => (int)(((2L * at) + 1) * from / (2L * to));
}
