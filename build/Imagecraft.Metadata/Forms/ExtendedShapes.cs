// The shapes of what a file has beside mode and owner: capabilities and extended attributes. Unaware of file systems.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms;

/// <summary>Shapes of them. Source: capabilities(7), xattr(7).</summary>
static class ExtendedShapes
{
    const string CapabilityXattr = "security.capability";

    const int LongestName = 255;

    // What ext4, erofs and squashfs have in common; `system.` is the kernel's own.
    static readonly string[] Namespaces = ["security.", "trusted.", "user."];

    /// <summary>A capability.</summary>
    public static Shape<Sited<string>> Capability { get; } = new Scalar<string>(
        "a capability such as `cap_net_raw`", text => (text, Capabilities.Numbers.ContainsKey(text)),
        () => new() { ["enum"] = new System.Text.Json.Nodes.JsonArray([.. Capabilities.Numbers.Keys.Select(name => (System.Text.Json.Nodes.JsonNode)name)]) },
        text => (Codes.UnknownWord, Hint(text)));

    /// <summary>The name of an extended attribute.</summary>
    public static Shape<Sited<string>> Name { get; } = new Scalar<string>(
        "the full name of an attribute such as `user.origin`", text => (text, IsName(text)),
        () => new() { ["type"] = "string", ["pattern"] = @"^(security|trusted|user)\..+$" },
        text => (Codes.WrongFormat, text == CapabilityXattr ? "Write `capabilities: [ cap_net_raw ]`" : $"It begins with one of [ {string.Join(", ", Namespaces.Select(name => $"`{name}`"))} ]"));

    /// <summary>Its value.</summary>
    public static Shape<Sited<string>> Value { get; } = new Scalar<string>(
        "text, or bytes such as `0x01ff`", text => (text, IsValue(text)),
        () => new() { ["type"] = new System.Text.Json.Nodes.JsonArray("string", "number", "boolean") },
        _ => (Codes.WrongFormat, "After `0x` come pairs of hexadecimal digits"));

    static bool IsName(string text) =>
        text.Length <= LongestName && text != CapabilityXattr && !text.Any(c => char.IsControl(c) || c == '=') && Namespaces.Any(name => text.StartsWith(name, StringComparison.Ordinal) && text.Length > name.Length);

    static bool IsValue(string text) => !text.StartsWith("0x", StringComparison.Ordinal) || (text.Length % 2 == 0 && text.Skip(2).All(char.IsAsciiHexDigit));

    static string? Hint(string text)
    {
        var words = text.Split('+', '=');
        if (words.Length > 1 && Capabilities.Numbers.ContainsKey(words[0]))
            return $"Write `{words[0]}`; it is permitted and effective, as with `+ep`";
        var plain = text.ToLowerInvariant();
        if (Nearest.To(plain.StartsWith("cap_", StringComparison.Ordinal) ? plain : $"cap_{plain}", Capabilities.Numbers.Keys) is { } near)
            return $"Did you mean `{near}`?";
        return null;
    }
}
