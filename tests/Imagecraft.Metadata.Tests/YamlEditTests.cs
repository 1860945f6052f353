// Documents that a program changes for somebody: all that is not meant stays as it was written.

using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Tests;

public sealed class YamlEditTests
{
    [Theory]
    [InlineData("recipe: a\nversion: \"1\"   # now\npatches: [ one.patch ]\nbuild:\n  system: make\n", "recipe: a\nversion: \"1\"   # now\npatches: [ one.patch, two.patch ]\nbuild:\n  system: make\n")]
    [InlineData("patches:\n  # of upstream\n  - one.patch   # why\n\nbuild: { system: make }\n", "patches:\n  # of upstream\n  - one.patch   # why\n  - two.patch\n\nbuild: { system: make }\n")]
    [InlineData("patches:\n- one.patch\n- gone.patch\n- \"two.patch\" # second\n", "patches:\n- one.patch\n- \"two.patch\" # second\n")]
    [InlineData("patches:\n  - gone.patch\nlast: 1", "patches:\n  - one.patch\n  - two.patch\nlast: 1")]
    [InlineData("patches: [\n  two.patch,\n  one.patch\n]\n", "patches: [ one.patch, two.patch ]\n")]
    [InlineData("patches:\n  - two.patch\n  - one.patch\nx: 1\n", "patches: [ one.patch, two.patch ]\nx: 1\n", true)]
    [InlineData("recipe: a\nsources:\n  - url: x\n    sha256: y   # pinned\n# the rest\nbuild: {}\n", "recipe: a\nsources:\n  - url: x\n    sha256: y   # pinned\npatches: [ one.patch, two.patch ]\n# the rest\nbuild: {}\n")]
    [InlineData("recipe: a\nsources: [ { url: x } ]", "recipe: a\nsources: [ { url: x } ]\npatches: [ one.patch, two.patch ]")]
    public void A_list_of_texts_becomes_another(string before, string after, bool isNewBlock = false)
    {
        var edited = YamlEdit.SetTexts(before, "patches", ["one.patch", "two.patch"], "license", "sources");
        // A list that is written anew stands where the old one began.
        Assert.Equal(isNewBlock ? after.Replace("patches: [", "patches:\n  [", StringComparison.Ordinal) : after, edited);
        Assert.True(YamlText.Parse("x", edited!).IsWhole);
    }

    [Fact]
    public void A_list_of_nothing_takes_its_key_away() =>
        Assert.Equal("a: 1\nb: 2\n", YamlEdit.SetTexts("a: 1\npatches:\n  - one\n  - two\nb: 2\n", "patches", []));

    [Theory]
    [InlineData("patches: [ { value: one.patch, when: { board: desk } } ]\n")]
    [InlineData("patches: one.patch\n")]
    [InlineData("patches:\n  - two.patch   # a word\n  - one.patch\n")]
    public void What_a_program_would_spoil_is_left_to_people(string text) => Assert.Null(YamlEdit.SetTexts(text, "patches", ["one.patch", "two.patch"]));

    [Theory]
    [InlineData("version: 1.2 # x\n", "version: 1.3 # x\n")]
    [InlineData("version: \"1.2\"\n", "version: \"1.3\"\n")]
    [InlineData("a: { version: 1.2 }\nversion: '1.2'", "a: { version: 1.2 }\nversion: '1.3'")]
    public void A_text_keeps_its_quotes(string before, string after) => Assert.Equal(after.Replace("version: 1.3 ", "version: \"1.3\" ", StringComparison.Ordinal), YamlEdit.SetText(before, "version", "1.3"));

    [Theory]
    [InlineData("a b")]
    [InlineData("1.0")]
    [InlineData("x: y")]
    [InlineData("#no")]
    public void What_YAML_would_read_otherwise_is_quoted(string value) => Assert.Equal($"[ \"{value}\" ]", YamlEdit.Flow([value]));

    // The places are those that the reader tells.
    [Theory]
    [InlineData("version: 1.2.3   # now\nlast: 1\n", "version: 1.3.0   # now\nlast: 1\n", "1.3.0")]
    [InlineData("version: 1.2.3\n", "version: \"1.3\"\n", "1.3")]
    [InlineData("version: \"1.2\" # x", "version: \"1.3\" # x", "1.3")]
    [InlineData("version: '1.2'\r\nlast: 1\r\n", "version: '1.3'\r\nlast: 1\r\n", "1.3")]
    [InlineData("version: https://a.b/c-1.2.tar.gz\n", "version: https://a.b/c-1.3.tar.gz\n", "https://a.b/c-1.3.tar.gz")]
    [InlineData("version: plain\n", "version: \"a, b\"\n", "a, b")]
    public void A_text_is_changed_where_it_stands(string before, string after, string value) =>
        Assert.Equal(after, YamlEdit.ChangeAt(before, YamlText.Parse("x", before).Root!["version"]!.Span, _ => value));

    [Fact]
    public void A_text_within_a_list_of_maps_is_changed_and_nothing_beside_it()
    {
        const string before = "sources: [ { url: \"x-$VERSION\", sha256: abc }, { url: y, sha256: 'def' } ]   # two\n";
        var second = (YamlMap)((YamlList)YamlText.Parse("x", before).Root!["sources"]!).Items[1];
        Assert.Equal(before.Replace("def", "012", StringComparison.Ordinal), YamlEdit.ChangeAt(before, second["sha256"]!.Span, _ => "012"));
    }

    [Theory]
    [InlineData("version: \"1\\x2e2\"\n")]
    [InlineData("version: >-\n  1.2\n")]
    [InlineData("version: 'it''s'\n")]
    public void A_text_that_is_not_written_plainly_is_left_to_people(string text) =>
        Assert.Null(YamlEdit.ChangeAt(text, YamlText.Parse("x", text).Root!["version"]!.Span, _ => "2"));
}
