// What actions, recipes and servers say cannot move the cursor, hide text or show a password.

using Imagecraft.Cli.Output;
using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;

namespace Imagecraft.Cli.Tests;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("plain text,\twith tabs\nand lines", "plain text,\twith tabs\nand lines")]
    [InlineData("\e[31merror:\e[0m no \e[1;4mway\e[m", "error: no way")]
    [InlineData("\e[2J\e[1;1Hall is well", "all is well")]
    [InlineData("\e]0;title\abeyond", "beyond")]
    [InlineData("\e]8;;https://evil.example\e\\click\e]8;;\e\\", "click")]
    [InlineData("\e]52;c;cm0gLXJmIC8=\a", "")]
    [InlineData("\eP1$r0m\e\\x", "x")]
    [InlineData("\e(0\ecx", "x")]
    [InlineData("\u009b31mred", "red")]
    [InlineData("10 %\r20 %\r\n", "10 %\\x0d20 %\n")]
    [InlineData("over\b\b\b\bhidden\a\0", "over\\x08\\x08\\x08\\x08hidden\\x07\\x00")]
    [InlineData("\u202egpj.exe\u2066", "\\u202egpj.exe\\u2066")]
    [InlineData("half \e[3", "half \\x1b[3")]
    [InlineData("umlauts ä and emoji \U0001F600 stay", "umlauts ä and emoji \U0001F600 stay")]
    [InlineData("from https://me:secret@example.org/x and git:ssh://git:secret@example.org/y", "from https://example.org/x and git:ssh://git@example.org/y")]
    public void Foreign_text_is_made_visible(string text, string visible) => Assert.Equal(visible, VisibleText.Of(text));

    [Fact]
    public void Only_our_own_colors_pass_to_a_terminal_and_none_elsewhere()
    {
        const string text = "\e[1;31merror:\e[0m \e[8mhidden\e[0m \e[2Kline";
        Assert.Equal("\e[1;31merror:\e[0m hidden\e[0m line\n", Written(text, colors: true));
        Assert.Equal("error: hidden line\n", Written(text, colors: false));

        static string Written(string text, bool colors)
        {
            using var inner = new StringWriter { NewLine = "\n" };
            using var writer = new VisibleWriter(inner, colors);
            writer.WriteLine(text);
            return inner.ToString();
        }
    }

    [Fact]
    public void Every_way_to_write_is_covered()
    {
        using var inner = new StringWriter { NewLine = "\n" };
        using var writer = new VisibleWriter(inner, colors: false);
        writer.Write('\e');
        writer.Write("\a");
        writer.Write("\a".ToCharArray());
        writer.Write("\a".AsSpan());
        writer.Write("{0}", "\a");
        writer.WriteLine("\a".AsSpan());
        writer.WriteLine();
        Assert.Equal("\\x1b\\x07\\x07\\x07\\x07\\x07\n\n", inner.ToString());
    }

    [Fact]
    public void A_failed_actions_log_and_words_reach_a_renderer_without_escapes()
    {
        var failure = new ActionFailure(FailureKind.User, "It said \e[2J", "/logs/a.log", ["\e]0;x\alast", "\e[Aline"]);
        var ended = Assert.IsType<BuildEvent.ActionEnded>(VisibleEvent.Of(new BuildEvent.ActionEnded(TimeSpan.Zero, new ActionId("a"), new ActionOutcome.Failed(failure), TimeSpan.Zero, 0, 0)));
        var shown = Assert.IsType<ActionOutcome.Failed>(ended.Outcome).Failure;
        Assert.Equal(("It said ", "last", "line"), (shown.Message, shown.LastLines[0], shown.LastLines[1]));
        Assert.Equal("Compile x", Assert.IsType<BuildEvent.ActionStarted>(VisibleEvent.Of(new BuildEvent.ActionStarted(TimeSpan.Zero, new ActionId("a"), "Compile \e[31mx", "", null, 0))).Description);
        Assert.Equal("note", Assert.IsType<BuildEvent.Notice>(VisibleEvent.Of(new BuildEvent.Notice(TimeSpan.Zero, "\e[1mnote"))).Message);
    }
}
