// Which variable names the address of a feed. Unaware of feeds; also compiled into the project that reads YAML, so that both say the same.

namespace Imagecraft.FeedVariables;

/// <summary>The variable of a feed's name: in capitals, with `_` for what variables do not have.</summary>
internal static class FeedVariable
{
    /// <summary>E.g. `IMAGECRAFT_FEED_VENDOR_TOOLS` for `vendor-tools`.</summary>
    public static string Of(string feed) => "IMAGECRAFT_FEED_" + string.Concat(feed.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
}
