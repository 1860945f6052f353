// The words for what a board does to a network when it loads it. Unaware of networks.

namespace Imagecraft.Metadata.Model;

/// <summary><c>optimize-at-load</c> of model recipes and of images' models.</summary>
public static class LoadWords
{
    /// <summary>The network is arranged for the processor that loads it.</summary>
    public const string All = "all";

    /// <summary>It runs as it lies in the file.</summary>
    public const string None = "none";

    internal const string Contradiction = "ONNX Runtime arranges nothing of a file in its own format when it loads it, so `optimize-at-load: all` cannot be", Remedy = "Write `format: onnx`, or leave `optimize-at-load` out";

    /// <summary>What holds for a model of an image.</summary>
    /// <param name="entry">What the image says.</param>
    /// <param name="model">What the recipe says.</param>
    /// <param name="format"><c>onnx</c> or <c>ort</c>: of files in its own format ONNX Runtime arranges nothing.</param>
    public static string Of(Sited<string>? entry, Sited<string>? model, string format) => format == "ort" ? None : (entry ?? model)?.Value ?? All;
}
