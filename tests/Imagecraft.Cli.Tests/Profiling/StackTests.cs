// Samples as `perf script` prints them, what is counted of them, and the picture.

using System.Xml.Linq;
using Imagecraft.Cli.Inspecting;
using Imagecraft.Cli.Profiling;

namespace Imagecraft.Cli.Tests.Profiling;

public class StackTests
{
    // Names may have blanks, functions of C++ and of .NET have blanks and semicolons, and not all is known.
    private const string Text = """
        greeter   211/212    5025125 cpu-clock:
        	            1188 spin (/image/usr/bin/greeter)
        	            11f4 work (/image/usr/bin/greeter)
        	            10ac main (/image/usr/bin/greeter)

        greeter   211/212    5025125 cpu-clock:
        	            1188 spin (/image/usr/bin/greeter)
        	            10ac main (/image/usr/bin/greeter)

        .NET Long Name   300/301    5025125 cpu-clock:
        	ffff80001044 Map<int, char; 4>::find(int const&) const (/image/opt/a b/lib (1).so)
        	           0 [unknown] ([unknown])

        swapper     0/0      5025125 cpu-clock:

        greeter   211/212    1 cpu-clock:
        	            1204 [unknown] (/image/usr/lib/libc.so.6)
        	            11f4 work (/image/usr/bin/greeter)
        	            11f4 work (/image/usr/bin/greeter)

        """;

    [Fact]
    public void Samples_are_read_from_the_first_function_on()
    {
        var samples = StackSample.Parse(new StringReader(Text));
        Assert.Equal(
            ["greeter 212 5025125: main work spin", "greeter 212 5025125: main spin", ".NET Long Name 301 5025125: [unknown] Map<int, char; 4>::find(int const&) const", "swapper 0 5025125: [unknown]", "greeter 212 1: work work [libc.so.6]"],
            samples.Select(s => $"{s.Program} {s.Id} {s.Period}: {string.Join(' ', s.Frames)}"));
    }

    [Theory]
    [InlineData("what is this\n")]
    [InlineData("greeter 211/212 cpu-clock:\n")]
    [InlineData("greeter 1/2\n")]
    public void A_line_of_another_form_is_told(string text) => Assert.Contains("begins no sample", Assert.Throws<FormatException>(() => StackSample.Parse(new StringReader(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void Own_and_total_are_counted_once_for_each_stack()
    {
        var tree = StackTree.Of("all", StackSample.Parse(new StringReader(Text)));
        Assert.Equal((4 * 5025125) + 1, tree.Total);
        var functions = tree.Functions().ToDictionary(f => f.Name, f => (f.Own, f.Total));
        Assert.Equal((2 * 5025125, 2 * 5025125), functions["spin"]);
        Assert.Equal((0, 5025125 + 1), functions["work"]);
        Assert.Equal((0, 2 * 5025125), functions["main"]);
        Assert.Equal("spin", tree.Functions()[0].Name);
    }

    [Fact]
    public void Folded_stacks_have_a_line_each_and_no_semicolon_of_a_name() => Assert.Equal(
        """
        .NET Long Name;[unknown];Map<int, char: 4>::find(int const&) const 5025125
        greeter;main;spin 5025125
        greeter;main;work;spin 5025125
        greeter;work;work;[libc.so.6] 1
        swapper;[unknown] 5025125

        """,
        StackTree.Of("all", StackSample.Parse(new StringReader(Text))).Folded());

    [Fact]
    public void The_picture_is_sound_whatever_functions_are_called()
    {
        const string evil = "x 1/1 1000 cycles:\n\t1 </title><script>alert(1)</script>&\u0001 (/a)\n\n";
        var page = HtmlPage.Write("evil", FlameGraph.Draw(StackTree.Of("all", StackSample.Parse(new StringReader(evil))), amount => $"{amount}"));
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        var picture = XDocument.Parse(page[page.IndexOf('\n', StringComparison.Ordinal)..]).Descendants().First(e => e.Name.LocalName == "svg");
        Assert.Equal(["1080", "1080", "1080"], picture.Descendants().Where(e => e.Name.LocalName == "rect").Select(e => e.Attribute("width")!.Value));
        Assert.Equal("0 0 1080 51", picture.Attribute("viewBox")!.Value);
    }

    [Fact]
    public void What_would_not_be_seen_is_left_out()
    {
        var tree = StackTree.Of("all", [new("long", 1, 1_000_000, ["main"]), new("short", 2, 1, ["main"])]);
        Assert.DoesNotContain("short", FlameGraph.Draw(tree, amount => $"{amount}").ToString(), StringComparison.Ordinal);
    }
}
