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
    [InlineData("verison", "version")]
    [InlineData("licence", "license")]
    [InlineData("depend", "depends")]
    [InlineData("zzz", null)]
    public void The_nearest_word_is_within_a_third_of_edits(string word, string? nearest) =>
        Assert.Equal(nearest, Nearest.To(word, ["version", "license", "depends", "build"]));
}
