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
