// What recipes say of where newer versions of them appear.

namespace Imagecraft.Metadata.Tests;

public sealed class ReleasesTests
{
    [Fact]
    public void A_recipe_says_where_and_which()
    {
        var releases = new TestWorkspace().Recipe("tool", "releases: { url: \"git:https://example.org/tool.git\", pattern: \"tool_(?<version>[0-9.]+)\", series: \"6.12\" }").Good().Recipes["tool"].Releases!;
        Assert.Equal(("git:https://example.org/tool.git", "tool_(?<version>[0-9.]+)", "6.12", null), (releases.Url!.Value, releases.Pattern!.Value, releases.Series!.Value, releases.None));
    }

    [Fact]
    public void A_recipe_says_why_nobody_looks() =>
        Assert.Equal("It is finished", new TestWorkspace().Recipe("tool", "releases: { none: It is finished }").Good().Recipes["tool"].Releases!.None!.Value);

    [Fact]
    public void Who_says_nothing_has_none() => Assert.Null(new TestWorkspace().Recipe("tool").Good().Recipes["tool"].Releases);

    [Theory]
    [InlineData("releases: {}", "`releases` says nothing")]
    [InlineData("releases: { none: Finished, series: \"1.0\" }", "`none` of `releases` says why nobody looks, but something says where")]
    [InlineData("releases: { pattern: \"tool-([0-9.]+)\" }", "Put that part into `(?<version>...)`")]
    [InlineData("releases: { pattern: \"tool-(\" }", "must be a regular expression, not `tool-(`")]
    [InlineData("releases: { url: \"ftp://example.org/\" }", "must be an address of a page (`https://`, `http://`)")]
    [InlineData("releases: { url: \"git:http://example.org/a.git\" }", "would be fetched unencrypted; write `https://`")]
    [InlineData("releases: { url: \"https://\" }", "must be an address of a page")]
    [InlineData("releases: { series: new }", "must be a version such as `1.2`, not `new`")]
    [InlineData("releases: { sries: \"1\" }", "Did you mean `series`?")]
    public void What_says_nothing_that_can_be_meant_is_told(string line, string told) => Assert.Contains(told, new TestWorkspace().Recipe("tool", line).Bad(), StringComparison.Ordinal);
}
