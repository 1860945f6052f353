// The boxes of one image as a split's list has them. Unaware of networks.

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imagecraft.Onnx.Data;

/// <summary>Written as JSON without tabs and line breaks: <c>{"width":640,"height":480,"boxes":[{"class":0,"x":1.5,"y":2,"width":10,"height":20}]}</c>.</summary>
/// <param name="Width">Pixels of the image.</param>
/// <param name="Height">Pixels of the image.</param>
/// <param name="Boxes">In pixels of the image.</param>
public sealed partial record BoxList(int Width, int Height, ImmutableArray<BoxLabel> Boxes)
{
    /// <summary>The boxes of a label; null when it is none of this kind.</summary>
    public static BoxList? TryParse(string label) => label.StartsWith('{') ? JsonSerializer.Deserialize(label, BoxJson.Default.BoxList) : null;

    /// <inheritdoc/>
    public override string ToString() => JsonSerializer.Serialize(this, BoxJson.Default.BoxList);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower)]
    [JsonSerializable(typeof(BoxList))]
    sealed partial class BoxJson : JsonSerializerContext;
}
