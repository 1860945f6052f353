// Where newer versions of a recipe are looked for.

using Imagecraft.Cli.Updating;

namespace Imagecraft.Cli.Tests.Updating;

public sealed class ReleaseSearchTests
{
    private const string Pin = "sha256: 0000000000000000000000000000000000000000000000000000000000000000";

    [Theory]
    [InlineData("https://example.org/ftp/tool-$VERSION.tar.gz", "https://example.org/ftp/ [] tool-VERSION.tar.gz")]
    [InlineData("https://example.org/pub/v1.2/tool-1.2.tar.gz", "https://example.org/pub/ [vVERSION] tool-VERSION.tar.gz")]
    [InlineData("https://example.org/pub/1.2/src/tool-1.2.tar.gz", "https://example.org/pub/ [VERSION src] tool-VERSION.tar.gz")]
    [InlineData("https://example.org/v1.x/tool-1.2.tar.gz", "https://example.org/ [vVERSION.x] tool-VERSION.tar.gz")]
    [InlineData("https://example.org/lib1/tool-1.2.tar.gz", "https://example.org/lib1/ [] tool-VERSION.tar.gz")]
    [InlineData("https://github.com/o/tool/archive/refs/tags/v$VERSION.tar.gz", "https://github.com/o/tool.git tags vVERSION")]
    [InlineData("https://github.com/o/tool/releases/download/v$VERSION/tool-$VERSION.tar.gz", "https://github.com/o/tool.git tags vVERSION")]
    [InlineData("https://github.com/o/tool/archive/TOOL_$VERSION_UNDERSCORES.zip", "https://github.com/o/tool.git tags TOOL_VERSION")]
    [InlineData("https://gitlab.example.org/group/sub/tool/-/archive/$VERSION/tool-$VERSION.tar.gz", "https://gitlab.example.org/group/sub/tool.git tags VERSION")]
    [InlineData("https://git.example.org/pub/tool.git/snapshot/tool-$VERSION.tar.gz", "https://git.example.org/pub/tool.git tags")]
    [InlineData("https://download.sourceforge.net/tool/tool-$VERSION.tar.gz", "https://sourceforge.net/projects/tool/rss?path=/ [] tool-VERSION.tar.gz")]
    [InlineData("https://downloads.sourceforge.net/project/tool/1.2/tool-$VERSION.tar.gz", "https://sourceforge.net/projects/tool/rss?path=/ [] tool-VERSION.tar.gz")]
    [InlineData("debian:tool/tool_$VERSION+dfsg.orig.tar.xz", "feed tool")]
    [InlineData("debian:pool/main/t/tool/tool_$VERSION.orig.tar.xz", "feed tool")]
    [InlineData("npm:@scope/tool@$VERSION", "npm:@scope/tool")]
    [InlineData("nuget:Some.Tool/$VERSION", "nuget:Some.Tool")]
    public void The_address_of_a_source_tells(string url, string told) => Assert.Equal(told, Places($"sources: [ {{ url: \"{url}\", {Pin} }} ]"));

    [Fact]
    public void Upstream_comes_before_the_feed_whichever_is_named_first()
    {
        Assert.Equal("https://example.org/ [] tool-VERSION.tar.gz; feed tool", Places($"sources: [ {{ url: \"https://example.org/tool-$VERSION.tar.gz\", mirrors: [ \"debian:tool/tool_$VERSION.orig.tar.gz\" ], {Pin} }} ]"));
        Assert.Equal("https://example.org/ [] tool-VERSION.tar.gz; feed tool", Places($"sources: [ {{ url: \"debian:tool/tool_$VERSION.orig.tar.gz\", mirrors: [ \"https://example.org/tool-$VERSION.tar.gz\" ], {Pin} }} ]"));
    }

    [Fact]
    public void A_repository_tells_by_its_tags() => Assert.Equal("git https://example.org/tool.git", Places("sources: [ { url: \"git:https://example.org/tool.git\", commit: 0000000000000000000000000000000000000000 } ]"));

    [Theory]
    [InlineData("releases: { url: \"https://example.org/news\", pattern: \"t(?<version>[0-9.]+)\" }", "https://example.org/news [] t(?<version>[0-9.]+); feed tool")]
    [InlineData("releases: { url: \"https://example.org/news\" }", "https://example.org/news [] tool-VERSION.tar.gz; feed tool")]
    [InlineData("releases: { url: \"git:https://example.org/tool.git\" }", "git https://example.org/tool.git; feed tool")]
    [InlineData("releases: { url: \"debian:other\" }", "feed other")]
    [InlineData("releases: { url: \"npm:tool\" }", "npm:tool; feed tool")]
    [InlineData("releases: { pattern: \"t(?<version>[0-9.]+)\" }", "https://example.org/ [] t(?<version>[0-9.]+); feed tool")]
    public void The_recipe_may_say_otherwise(string releases, string told) =>
        Assert.Equal(told, Places($"sources: [ {{ url: \"https://example.org/tool-$VERSION.tar.gz\", mirrors: [ \"debian:tool/tool_$VERSION.orig.tar.gz\" ], {Pin} }} ]\n{releases}"));

    [Theory]
    [InlineData("releases: { none: It is finished }", LeftOutGroup.Said, "It is finished")]
    [InlineData("sources: [ { url: \"file:tool.c\" } ]", LeftOutGroup.Sources, "its sources lie in the workspace")]
    [InlineData("", LeftOutGroup.Sources, "no sources")]
    [InlineData("sources: [ { url: \"supplied:tool-1.2.bin\", obtain: Ask them } ]", LeftOutGroup.Supplied, "files that users get from their vendors")]
    public void Some_have_no_releases(string more, LeftOutGroup group, string reason) =>
        Assert.Equal(new ReleaseSearch.LeftOut(group, reason), ReleaseSearch.Of(RecipeTexts.Read(RecipeTexts.Of(more))));

    [Theory]
    [InlineData("https://example.org/tool.tar.gz", "1.2", "no address of its sources has the version in it; say where to look by `releases:`")]
    [InlineData("https://example.org/tool-$VERSION.tar.gz", "8f14e45f", "`8f14e45f` cannot be compared: it is no version of numbers")]
    public void Some_cannot_be_looked_for(string url, string version, string reason) =>
        Assert.Equal(new ReleaseSearch.Impossible(reason), ReleaseSearch.Of(RecipeTexts.Read(RecipeTexts.Of($"sources: [ {{ url: \"{url}\", {Pin} }} ]", version))));

    private static string Places(string more) => string.Join("; ", Assert.IsType<ReleaseSearch.At>(ReleaseSearch.Of(RecipeTexts.Read(RecipeTexts.Of(more)))).Places.Select(place => place switch
    {
        ReleasePlace.Page page => $"{page.Start} [{string.Join(' ', page.Folders.Select(folder => folder.Pattern?.Words ?? folder.Text))}] {page.Files.Words}",
        ReleasePlace.WebTags web => $"{web.Repository} tags {web.Tags?.Words}".TrimEnd(),
        ReleasePlace.GitTags git => $"git {git.Address}",
        ReleasePlace.Registry registry => registry.Package,
        ReleasePlace.Feed feed => $"feed {feed.Source}",
        _ => "?",
    }));
}
