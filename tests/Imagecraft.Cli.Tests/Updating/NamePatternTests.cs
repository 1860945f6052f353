// Versions within the names of files and tags.

using Imagecraft.Cli.Updating;

namespace Imagecraft.Cli.Tests.Updating;

public sealed class NamePatternTests
{
    [Theory]
    [InlineData("lua-5.4.7.tar.gz", "5.4.7", "lua-5.4.8.tar.gz", "5.4.8")]
    [InlineData("lua-5.4.7.tar.gz", "5.4.7", "lua-5.4.8.tar.xz", "5.4.8")]
    [InlineData("lua-5.4.7.tar.gz", "5.4.7", "lua-5.4.8.tar.gz.asc", null)]
    [InlineData("lua-5.4.7.tar.gz", "5.4.7", "lua-all-5.4.8.tar.gz", null)]
    [InlineData("R_2_7_1.tar.gz", "2.7.1", "R_2_8_0.tar.gz", "2.8.0")]
    [InlineData("ncurses_6.5+20250216.orig.tar.gz", "6.5.20250216", "ncurses_6.5+20251230.orig.tar.gz", "6.5.20251230")]
    [InlineData("tool-1.2-src.zip", "1.2", "tool-1.3-src.tar.bz2", "1.3")]
    [InlineData("libpng1.6_1.6.48.orig.tar.gz", "1.6.48", "libpng1.6_1.6.50.orig.tar.gz", "1.6.50")]
    [InlineData("v1.9", "1.9", "v1.10", "1.10")]
    [InlineData("v1.9", "1.9", "1.10", null)]
    public void Names_are_like_the_one_of_the_recipes_version(string name, string version, string other, string? found) =>
        Assert.Equal(found, NamePattern.Like(name, version)!.VersionIn(other));

    [Theory]
    [InlineData("tool-11.2.tar.gz", "1.2")]
    [InlineData("tool-1.2.3.tar.gz", "1.2")]
    [InlineData("tool-3.1.2.tar.gz", "1.2")]
    [InlineData("tool_3_1_2.tar.gz", "1.2")]
    [InlineData("tool-latest.tar.gz", "1.2")]
    public void A_name_without_the_version_tells_nothing(string name, string version) => Assert.Null(NamePattern.Like(name, version));

    [Fact]
    public void What_is_like_a_name_and_no_version_is_left_out() =>
        Assert.Equal([("5.4.8", "lua-5.4.8.tar.gz"), ("5.5.0-rc1", "lua-5.5.0-rc1.tar.gz")],
            NamePattern.Like("lua-5.4.7.tar.gz", "5.4.7")!.In(["lua-5.4.8.tar.gz", "lua-5.4.8-tests.tar.gz", "lua-5.5.0-rc1.tar.gz", "lua-5.4.8.tar.gz", "README"]).Select(found => (found.Version.Text, found.Name)));

    [Fact]
    public void An_expression_of_the_recipe_says_which_part_it_is() =>
        Assert.Equal("2024.11", NamePattern.Written("(?:release|tag)-(?<version>[0-9.]+)").VersionIn("release-2024.11"));

    [Theory]
    [InlineData("release_1_2,release_1_3,v9.9", "1.2", "1.2,1.3")]
    [InlineData("v1.3,1.4,tool-1.5,nightly-build", "1.2", "1.3,1.4,1.5")]
    public void Tags_are_named_as_that_of_the_recipes_version_or_as_is_usual(string tags, string version, string found) =>
        Assert.Equal(found, string.Join(',', NamePattern.OfTags(tags.Split(','), version).In(tags.Split(',')).Select(one => one.Version.Text)));

    [Theory]
    [InlineData("https://a.org/v2.41/tool-2.41.tar.gz", "2.41", "2.42", "https://a.org/v2.42/tool-2.42.tar.gz")]
    [InlineData("https://a.org/R_2_7_1.tar.gz", "2.7.1", "2.8", "https://a.org/R_2_8.tar.gz")]
    [InlineData("debian:n/n_6.5+20250216.orig.tar.gz", "6.5.20250216", "6.6.20260101", "debian:n/n_6.6+20260101.orig.tar.gz")]
    [InlineData("https://a.org/tool-$VERSION.tar.gz", "1.2", "1.3", "https://a.org/tool-$VERSION.tar.gz")]
    public void Another_version_is_spelled_as_the_one_before(string text, string version, string other, string changed) => Assert.Equal(changed, VersionSpelling.Replace(text, version, other));

    [Theory]
    [InlineData("https://mirror1.example.org/lib1/tool-1.tar.gz", "1", "2", "https://mirror1.example.org/lib1/tool-2.tar.gz")]
    [InlineData("https://v1.2.example.org/1.2/tool-1.2.tar.gz", "1.2", "1.3", "https://v1.2.example.org/1.3/tool-1.3.tar.gz")]
    [InlineData("debian:tool1/tool1_1.orig.tar.gz", "1", "2", "debian:tool1/tool1_2.orig.tar.gz")]
    [InlineData("https://example1.org", "1", "2", "https://example1.org")]
    public void A_host_has_no_version(string address, string version, string other, string changed)
    {
        Assert.Equal(changed, VersionSpelling.ReplaceIn(address, version, other));
        Assert.Equal(changed != address, VersionSpelling.IsIn(address, version));
    }
}
