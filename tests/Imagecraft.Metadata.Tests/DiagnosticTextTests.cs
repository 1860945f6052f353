// How diagnostics look.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

public class DiagnosticTextTests
{
    [Fact]
    public void Tabs_before_the_place_keep_the_caret_below_it() =>
        Assert.Equal("a:1:3: warning IC0001: Odd\n  1 | \tab c\n    | \t ^^", DiagnosticText.Render(new Diagnostic("IC0001", Severity.Warning, "Odd", new SourceSpan("a", 1, 3, 2), null), _ => "\tab c\r\n"));

    [Fact]
    public void A_place_beyond_the_line_or_file_still_renders()
    {
        var beyondLine = new Diagnostic("IC0001", Severity.Error, "Odd", new SourceSpan("a", 1, 9, 5), null);
        var beyondFile = new Diagnostic("IC0001", Severity.Error, "Odd", new SourceSpan("a", 9, 1, 5), "Look");

        Assert.Equal("a:1:9: error IC0001: Odd\n  1 | ab\n    |   ^", DiagnosticText.Render(beyondLine, _ => "ab"));
        Assert.Equal("a:9:1: error IC0001: Odd\nhint: Look", DiagnosticText.Render(beyondFile, _ => "ab\n"));
        Assert.Equal("a:9:1: error IC0001: Odd\nhint: Look", DiagnosticText.Render(beyondFile, _ => null));
        Assert.Equal("error IC0001: Odd\nhint: Look", DiagnosticText.Render(beyondFile with { Span = null }, _ => null));
    }

    [Fact]
    public void Of_a_long_line_the_part_around_the_place_is_shown()
    {
        var line = new string('a', 5000) + "wrong" + new string('b', 5000);
        var shown = DiagnosticText.Render(new Diagnostic("IC0001", Severity.Error, "Odd", new SourceSpan("a", 1, 5001, 5), null), _ => line).Split('\n');

        Assert.Equal($"  1 | ...{new string('a', 100)}wrong{new string('b', 895)}...", shown[1]);
        Assert.Equal("wrong", shown[1].Substring(shown[2].IndexOf('^', StringComparison.Ordinal), shown[2].Count(c => c == '^')));

        var whole = DiagnosticText.Render(new Diagnostic("IC0001", Severity.Error, "Odd", new SourceSpan("a", 1, 1, 10000), null), _ => line).Split('\n');
        Assert.Equal($"  1 | {new string('a', 1000)}...", whole[1]);
        Assert.Equal(1000, whole[2].Count(c => c == '^'));
    }

    [Fact]
    public void All_end_with_a_count()
    {
        var error = new Diagnostic("IC0001", Severity.Error, "Odd", null, null);

        Assert.Equal("error IC0001: Odd\n\nwarning IC0001: Odd\n\n1 error, 1 warning", DiagnosticText.RenderAll([error, error with { Severity = Severity.Warning }], _ => null));
        Assert.Equal("2 errors", DiagnosticText.RenderAll([error, error], _ => null).Split("\n\n")[^1]);
    }

    [Theory]
    [InlineData("zlib:biuld", "Did you mean `zlib:build`?")]
    [InlineData("kernel-headers", "Of the 61 that are known, like it are [ `kernel-7` ]")]
    [InlineData("zlib:make-it", "Of the 61 that are known, like it are [ `zlib:build` ]")]
    [InlineData("nothing", "None of the 61 that are known is like it")]
    public void Of_many_names_those_alone_are_shown_that_share_something_with_the_word(string word, string hint) =>
        Assert.Equal(hint, Nearest.Hint(word, [.. Enumerable.Range(100, 59).Select(number => $"deb:{number}"), "zlib:build", "kernel-7"], "action"));

    [Theory]
    [InlineData("verison", "version")]
    [InlineData("licence", "license")]
    [InlineData("depend", "depends")]
    [InlineData("zzz", null)]
    public void The_nearest_word_is_within_a_third_of_edits(string word, string? nearest) =>
        Assert.Equal(nearest, Nearest.To(word, ["version", "license", "depends", "build"]));
}
