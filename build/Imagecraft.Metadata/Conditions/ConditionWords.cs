// The keys that conditions are written with. Unaware of what they mean.

namespace Imagecraft.Metadata;

/// <summary>Keys that any map of a document may have besides its own.</summary>
static class ConditionWords
{
    /// <summary>Under which circumstances the map counts.</summary>
    public const string When = "when";

    /// <summary>What stands in place of the map, when it is no map by itself.</summary>
    public const string Value = "value";

    /// <summary>What stands there instead of <see cref="Value"/>.</summary>
    public const string Otherwise = "otherwise";
}
