// How labels that are more than a class stand in a dataset's list. Unaware of networks.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Onnx.Data;

/// <summary>
/// <c>boxes:LEFT,TOP,WIDTH,HEIGHT,CLASS;...</c> in pixels of the image, <c>words:TEXT</c>, and <c>map:FILE</c>, a gray image of the same size whose samples are classes.
/// </summary>
public static class FrameLabelText
{
    const string Boxes = "boxes:", Words = "words:", Map = "map:";

    /// <summary>The label as <see cref="Read"/> takes it.</summary>
    public static string Of(FrameLabel.Boxes label) =>
        Boxes + string.Join(';', label.Items.Select(box => string.Create(CultureInfo.InvariantCulture, $"{box.Left},{box.Top},{box.Width},{box.Height},{box.Class}")));

    /// <summary>The label as <see cref="Read"/> takes it; the text is one line without tabs.</summary>
    public static string Of(FrameLabel.Words label) => Words + label.Text;

    /// <summary>The label that is a map, by the name of its file within the split.</summary>
    public static string OfMap(string file) => Map + file;

    /// <summary>The text is one of these, and no class.</summary>
    internal static bool Is(string text) => text.StartsWith(Words, StringComparison.Ordinal) || HasPlace(text);

    /// <summary>What it says lies somewhere in an image.</summary>
    internal static bool HasPlace(string text) => text.StartsWith(Boxes, StringComparison.Ordinal) || text.StartsWith(Map, StringComparison.Ordinal);

    /// <summary>The label as the network's input has it; null when the text is none of these, such as a class.</summary>
    /// <param name="text">What stands in the list.</param>
    /// <param name="place">Where the image lies in the input; null: what is labelled is no image, and has neither boxes nor maps.</param>
    /// <param name="files">Reads a map.</param>
    /// <param name="name">Names what is labelled in messages.</param>
    internal static FrameLabel? Read(string text, ImagePlacement? place, Func<string, PixelImage> files, string name)
    {
        if (text.StartsWith(Words, StringComparison.Ordinal))
            return new FrameLabel.Words(text[Words.Length..]);
        if (!HasPlace(text))
            return null;
        var image = place ?? throw new OnnxException($"`{name}` has the label `{text}`, but boxes and maps belong to images");
        return text.StartsWith(Boxes, StringComparison.Ordinal)
            ? new FrameLabel.Boxes([.. text[Boxes.Length..].Split(';', StringSplitOptions.RemoveEmptyEntries).Select(box => image.Of(Box(box, name))).OfType<LabelledBox>()])
            : image.Of(files(text[Map.Length..]), name);
    }

    static LabelledBox Box(string text, string name)
    {
        double[] values = [.. text.Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN)];
        return values is [var left, var top, > 0 and var width, > 0 and var height, >= 0 and <= int.MaxValue and var one] && double.IsFinite(left + top + width + height)
            ? new(left, top, width, height, (int)one)
            : throw new OnnxException($"`{name}` has the box `{text}`, but left, top, width, height and class are needed, with a width and height above 0");
    }
}
