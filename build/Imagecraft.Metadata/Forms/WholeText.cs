// How expressions over a whole text end. Unaware of what they match.

namespace Imagecraft.Metadata.Forms;

/// <summary>Ends of regular expressions.</summary>
static class WholeText
{
    /// <summary>The end of the text. <c>$</c> also matches before a line break there, which would be one in a table, a script or an argument later; JSON Schemas, whose expressions are those of ECMA-262, have <c>$</c> with this meaning.</summary>
    public const string End = @"\z";
}
