// Lines of `od -v -tx1` in the text of a console.

using System.Text;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Tests;

public class OutputLinesTests
{
    private const string First = "0000000 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66\n";
    private const string Second = "0000020 67 68 69 6a 6b 6c 6d 6e 6f 70 71 72 73 74 75 0a\n";

    private readonly StringBuilder other = new();
    private readonly StringBuilder bytes = new();
    private readonly List<(long Offset, bool Follows)> seen = [];
    private readonly OutputLines lines;

    public OutputLinesTests() => lines = new(text => other.Append(text), (offset, content, follows) =>
    {
        seen.Add((offset, follows));
        bytes.Append(content);
    });

    [Theory]
    [InlineData(First + Second, "")]
    [InlineData("0000000 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66\r\n" + Second, "")]
    [InlineData("dhcpc: renewed\n" + First + "\nmore\r\n" + Second + "end", "dhcpc: renewed\n\nmore\r\nend")]
    [InlineData("progress 17" + First + "\r" + Second, "progress 17\r")]
    [InlineData("\ufffd7" + First + "777" + Second, "\ufffd7777")]
    [InlineData("0000000 30 31\n" + First + "30 31 32\n0000020\n" + Second, "0000000 30 31\n30 31 32\n0000020\n")]
    public void Lines_are_told_from_all_else_whatever_stands_before_them(string text, string rest)
    {
        foreach (int size in (int[])[1, 7, 1000])
        {
            (other.Length, bytes.Length, lines.Next) = (0, 0, 0);
            seen.Clear();
            foreach (char[] piece in text.Chunk(size))
                lines.Feed(piece);
            lines.Release();
            Assert.Equal(("0123456789abcdefghijklmnopqrstu\n", rest), (bytes.ToString(), other.ToString()));
            Assert.Equal([(0L, true), (16L, true)], seen);
        }
    }

    [Fact]
    public void A_line_that_does_not_follow_is_told()
    {
        lines.Feed(First + "0000040 67 68 69 6a 6b 6c 6d 6e 6f 70 71 72 73 74 75 0a\n" + First);
        Assert.Equal([(0L, true), (32L, false), (0L, false)], seen);
    }

    [Fact]
    public void A_torn_line_is_none()
    {
        lines.Feed("0000000 30 31 32 33 34 3[    1.2] usb\n5 36 37 38 39 61 62 63 64 65 66\n" + Second);
        Assert.Equal([(16L, false)], seen);
        Assert.Equal("0000000 30 31 32 33 34 3[    1.2] usb\n5 36 37 38 39 61 62 63 64 65 66\n", other.ToString());
    }

    [Fact]
    public void What_is_unfinished_is_shown_once_when_nothing_more_comes_and_may_still_become_a_line()
    {
        lines.Feed("login: ");
        Assert.Equal("", other.ToString());
        lines.Release();
        lines.Release();
        Assert.Equal("login: ", other.ToString());
        lines.Feed(First);
        Assert.Equal(("login: ", "0123456789abcdef"), (other.ToString(), bytes.ToString()));
    }

    [Fact]
    public void Offsets_grow_beyond_seven_digits()
    {
        lines.Next = 1L << 40;
        lines.Feed("20000000000000 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66\n");
        Assert.Equal([(1L << 40, true)], seen);
    }
}
