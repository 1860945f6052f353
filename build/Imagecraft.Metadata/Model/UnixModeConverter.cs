// Modes as JSON: the same four octal digits. Unaware of who writes them.

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Imagecraft.Metadata.Model;

/// <summary>Writes and reads the text of a mode.</summary>
public sealed class UnixModeConverter : JsonConverter<UnixMode>
{
    /// <inheritdoc/>
    public override UnixMode Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        UnixMode.TryParse(reader.GetString() ?? "", out var mode) ? mode : throw new JsonException("A mode has four octal digits");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, UnixMode value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
