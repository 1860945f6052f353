// What a console printed, as an attachment of the test that runs. Unaware of machines.

using Xunit;

namespace Imagecraft.TestKit;

internal static class ConsoleAttachment
{
    private const int Longest = 256 << 10;

    /// <summary>Adds it, shortened to its end, as <c>console</c>; a second one of the same test as <c>console-2</c>.</summary>
    public static void Add(string text)
    {
        if (TestContext.Current.Test is null)
            return;
        int number = 1 + (TestContext.Current.Attachments?.Keys.Count(name => name == "console" || name.StartsWith("console-", StringComparison.Ordinal)) ?? 0);
        TestContext.Current.AddAttachment(number == 1 ? "console" : $"console-{number}", PlainText.Of(text.Length > Longest ? text[^Longest..] : text));
    }
}
