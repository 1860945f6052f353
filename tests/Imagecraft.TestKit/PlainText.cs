// Makes what a console printed fit for reports. Unaware of tests.

using System.Globalization;
using System.Text;

namespace Imagecraft.TestKit;

/// <summary>Text that XML can hold: a report that an attachment makes unwritable would lose all results of its project.</summary>
internal static class PlainText
{
    const char FirstControlPicture = '\u2400';

    /// <summary>Control characters become their pictures (U+2400 and up), and what is no character (half of a pair, U+FFFE, U+FFFF) the replacement character.</summary>
    public static string Of(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\r' or '\t')
                plain.Append((char)rune.Value);
            else if (rune.Value < ' ')
                plain.Append((char)(FirstControlPicture + rune.Value));
            else if (rune.Value is 0xfffe or 0xffff || (Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control))
                plain.Append('\ufffd');
            else
                plain.Append(rune.ToString());
        }

        return plain.ToString();
    }
}
