// What malformed and unusual YAML gives: a diagnostic with a place, never an exception.

using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Tests;

public class YamlTextTests
{
    [Fact]
    public void Keys_and_values_keep_line_column_and_length()
    {
        var document = YamlText.Parse("a.yaml", "first: 'one'\nlist: [ x, yz ]\nblock: |\n  a\n  b\nempty:\n");

        Assert.Empty(document.Diagnostics);
        var (key, value) = document.Root!.Entries[0];
        Assert.Equal((1, 1, 5), (key.Span.Line, key.Span.Column, key.Span.Length));
        Assert.Equal((1, 8, 5), (value.Span.Line, value.Span.Column, value.Span.Length));
        var second = Assert.IsType<YamlList>(document.Root["list"]).Items[1];
        Assert.Equal((2, 12, 2), (second.Span.Line, second.Span.Column, second.Span.Length));
        Assert.Equal("a\nb\n", Assert.IsType<YamlScalar>(document.Root["block"]).Text);
        Assert.True(Assert.IsType<YamlScalar>(document.Root["empty"]).IsNothing);
    }

    [Fact]
    public void An_unclosed_bracket_is_told_with_its_place() => Told("""
        a.yaml:2:10: error IC0001: Malformed YAML: while parsing a flow sequence, did not find expected ',' or ']'
          2 | depends: [ b
            |          ^
        hint: Close the `[`; reading stopped in line 3, column 1
        """, "recipe: a\ndepends: [ b\n");

    [Fact]
    public void A_key_within_an_unclosed_bracket_is_told_with_the_bracket() => Told("""
        a.yaml:2:10: error IC0001: Malformed YAML: a key within an open bracket
          2 | depends: [ b
            |          ^
        hint: Close the `[`; reading stopped in line 2, column 10
        """, "recipe: a\ndepends: [ b\nlicense: MIT\n");

    [Fact]
    public void A_quote_that_is_not_closed_is_told_where_it_opens() => Told("""
        a.yaml:1:4: error IC0001: Malformed YAML: while scanning a quoted scalar, found unexpected end of stream
          1 | a: 'x
            |    ^
        hint: Look for a missing quote, colon or wrong indentation here or in the line above
        """, "a: 'x\nb: 1\n");

    [Fact]
    public void A_tab_as_indentation_is_named_as_such() => Told("""
        a.yaml:3:1: error IC0005: A tab is used for indentation
          3 | 	system: make
            | ^
        hint: Indent with spaces; YAML allows no tabs there
        """, "recipe: a\nbuild:\n\tsystem: make\n");

    [Fact]
    public void A_tab_within_a_text_block_is_content()
    {
        var document = YamlText.Parse("a.yaml", "text: |\n  all:\n  \techo\n");

        Assert.Empty(document.Diagnostics);
        Assert.Equal("all:\n\techo\n", Assert.IsType<YamlScalar>(document.Root!["text"]).Text);
    }

    [Fact]
    public void A_key_that_stands_twice_names_the_first_line() => Told("""
        a.yaml:3:1: error IC0002: Key `version` stands twice in one map
          3 | version: 2
            | ^^^^^^^
        hint: It was first written in line 2; remove one of the two
        """, "recipe: a\nversion: 1\nversion: 2\n");

    [Fact]
    public void Anchors_and_aliases_are_refused_each_at_its_place() => Told("""
        a.yaml:1:4: error IC0003: Anchor `&x` is not supported
          1 | a: &x [ 1 ]
            |    ^^^
        hint: Write the value out at each place, so that it has one place of its own

        a.yaml:2:4: error IC0003: Alias `*x` is not supported
          2 | b: *x
            |    ^^
        hint: Write the value out at each place; text that begins with `*` needs quotes
        """, "a: &x [ 1 ]\nb: *x\n");

    [Fact]
    public void Tags_are_refused() => Told("""
        a.yaml:1:4: error IC0006: Tag `tag:yaml.org,2002:str` is not supported
          1 | a: !!str 1
            |    ^^^^^^^
        hint: Remove the tag; the type of a value follows from its key
        """, "a: !!str 1\n");

    [Fact]
    public void A_second_document_is_refused() => Told("""
        a.yaml:2:1: error IC0004: A second document begins here
          2 | ---
            | ^^^
        hint: Put each document in a file of its own
        """, "a: 1\n---\nb: 2\n");

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    public void A_file_without_a_document_is_told(string text)
    {
        var document = YamlText.Parse("a.yaml", text);

        Assert.Equal(Codes.EmptyFile, Assert.Single(document.Diagnostics).Code);
        Assert.Null(document.Root);
    }

    [Theory]
    [InlineData("[ 1, 2 ]", "A document must be a map, not a list")]
    [InlineData("just text", "A document must be a map, not text")]
    public void A_document_that_is_no_map_is_told(string text, string message) =>
        Assert.Equal(message, Assert.Single(YamlText.Parse("a.yaml", text).Diagnostics).Message);

    [Fact]
    public void Endless_nesting_is_a_diagnostic_and_no_crash()
    {
        var document = YamlText.Parse("a.yaml", "a: " + new string('[', 100_000));

        var problem = Assert.Single(document.Diagnostics);
        Assert.Equal(("Malformed YAML: nested deeper than 64 levels", "Nothing that is read has so many levels; look for brackets that are not closed"), (problem.Message, problem.Hint));
    }

    [Fact]
    public void A_merge_key_is_told_once_and_like_the_anchors_that_it_goes_with()
    {
        var problem = Assert.Single(YamlText.Parse("a.yaml", "a:\n  <<: { b: 1 }\n  <<: { c: 1 }\n").Diagnostics.DistinctBy(d => d.Message));

        Assert.Equal((Codes.Anchor, "The merge key `<<` is not supported"), (problem.Code, problem.Message));
        Assert.Empty(YamlText.Parse("a.yaml", "\"<<\": 1").Diagnostics);
    }

    [Fact]
    public void What_stood_before_a_problem_is_kept_so_that_the_name_is_known()
    {
        var document = YamlText.Parse("a.yaml", "recipe: a\nversion: [ 1\nlicense: MIT\n");

        Assert.False(document.IsWhole);
        Assert.Equal("a", Assert.IsType<YamlScalar>(document.Root!["recipe"]).Text);
    }

    [Fact]
    public void Random_damage_never_throws()
    {
        var random = new Random(1);
        var good = RecipeGenerator.Recipe(7);
        for (var round = 0; round < 500; round++)
        {
            var text = good.ToCharArray();
            for (var hit = 0; hit < 3; hit++)
                text[random.Next(text.Length)] = (char)random.Next(1, 300);
            var document = YamlText.Parse("a.yaml", new string(text));
            Assert.All(document.Diagnostics, diagnostic => Assert.True(diagnostic.Span!.Line > 0 && diagnostic.Span.Column > 0));
        }
    }

    static void Told(string expected, string text) =>
        Assert.Equal(expected, string.Join("\n\n", YamlText.Parse("a.yaml", text).Diagnostics.Select(diagnostic => DiagnosticText.Render(diagnostic, _ => text))));
}
