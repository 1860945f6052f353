// Documents with another version in them: what nobody meant stays as it was written.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Updating;
using Imagecraft.Feeds.Debian;

namespace Imagecraft.Cli.Tests.Updating;

public sealed class RecipeBumpTests
{
    private const string Old = "1111111111111111111111111111111111111111111111111111111111111111", Other = "2222222222222222222222222222222222222222222222222222222222222222";

    private const string Document = $$"""
        # The tool of tools.
        recipe: tool

        version: "1.2"      # as of spring
        license: MIT
        sources:
          - url: https://example.org/v1.2/tool-1.2.tar.gz   # upstream
            mirrors: [ "debian:tool/tool_1.2+dfsg.orig.tar.xz", 'https://example.com/tool-$VERSION.tar.gz' ]
            sha256: {{Old}}   # of upstream's
          - { url: "https://example.org/data.bin", sha256: {{Other}} }
        build: { system: script, steps: "true" }   # done by 1.2
        checks:
          - { name: version, run: "tool", contains: [ "1.2" ] }

        """;

    [Fact]
    public void Version_and_addresses_are_changed_and_nothing_else() =>
        Assert.Equal(
            Document.Replace("\"1.2\"      #", "\"1.10\"      #", StringComparison.Ordinal).Replace("v1.2/tool-1.2.tar.gz", "v1.10/tool-1.10.tar.gz", StringComparison.Ordinal).Replace("tool_1.2+dfsg", "tool_1.10+dfsg", StringComparison.Ordinal),
            Changed(Document, new("1.10", "x") { File = "tool-1.10.tar.gz" }));

    [Fact]
    public void An_archive_of_another_kind_gets_its_ending_but_in_the_feed() =>
        Assert.Contains("url: https://example.org/v1.3/tool-1.3.tar.xz   # upstream\n    mirrors: [ \"debian:tool/tool_1.3+dfsg.orig.tar.xz\", 'https://example.com/tool-$VERSION.tar.xz' ]", Changed(Document, new("1.3", "x") { File = "tool-1.3.tar.xz" }), StringComparison.Ordinal);

    [Fact]
    public void Only_sources_with_the_version_in_them_get_another_hash() => Assert.Equal([0], RecipeBump.Versioned(RecipeTexts.Read(Document)));

    [Fact]
    public void The_feed_may_name_its_archive_otherwise()
    {
        var release = new Release("1.3", "feed trixie") { Archive = new DebianSourceFile("tool_1.3+ds1.orig.tar.gz", Old, "pool/main/t/tool") };
        var bumped = Changed(Document, release);
        var again = RecipeBump.Apply(_ => bumped, RecipeBump.OfArchive(RecipeTexts.Read(bumped).Sources[0], release))[RecipeTexts.File];
        Assert.Contains("mirrors: [ \"debian:tool/tool_1.3+ds1.orig.tar.gz\", 'https", again, StringComparison.Ordinal);
        Assert.Empty(RecipeBump.OfArchive(RecipeTexts.Read(again).Sources[0], release));
    }

    [Theory]
    [InlineData("debian:tool/tool_1.3.orig.tar.gz", "pool/updates/main/t/tool", "debian:pool/updates/main/t/tool/tool_1.3.orig.tar.gz")]
    [InlineData("debian:pool/updates/main/t/tool/tool_1.3.orig.tar.gz", "pool/main/t/tool", "debian:tool/tool_1.3.orig.tar.gz")]
    [InlineData("debian:pool/main/t/tool/tool_1.3.orig.tar.gz", "pool/main/t/tool", null)]
    public void What_comes_by_a_security_update_is_fetched_from_that_archive(string before, string folder, string? after)
    {
        var recipe = RecipeTexts.Read(RecipeTexts.Of($"sources: [ {{ url: \"{before}\", sha256: {Old} }} ]", "1.3"));
        Assert.Equal(after, RecipeBump.OfArchive(recipe.Sources[0], new("1.3", "feed") { Archive = new DebianSourceFile("tool_1.3.orig.tar.gz", Other, folder) }).Select(change => change.Change("")).SingleOrDefault());
    }

    [Fact]
    public void A_commit_becomes_that_of_the_tag()
    {
        const string commit = "3333333333333333333333333333333333333333";
        var text = RecipeTexts.Of("sources:\n  - url: \"git:https://example.org/tool.git\"\n    commit: 0000000000000000000000000000000000000000  # v1.2");
        Assert.Equal(text.Replace("\"1.2\"", "\"1.3\"", StringComparison.Ordinal).Replace("0000000000000000000000000000000000000000", commit, StringComparison.Ordinal), Changed(text, new("1.3", "x") { Commit = commit }));
    }

    [Theory]
    [InlineData("https://example.org/tool/1.2/tool-$VERSION.tar.gz", "https://example.org/tool/1.4/tool-$VERSION.tar.gz")]
    [InlineData("https://example.org/v1.x/tool-$VERSION.tar.gz", "https://example.org/v1.x/tool-$VERSION.tar.gz")]
    [InlineData("https://example.org/tool-$VERSION_MAJOR_MINOR/tool-$VERSION.tar.gz", "https://example.org/tool-$VERSION_MAJOR_MINOR/tool-$VERSION.tar.gz")]
    public void Folders_of_the_first_numbers_follow(string before, string after)
    {
        var text = RecipeTexts.Of($"sources: [ {{ url: \"{before}\", sha256: {Old} }} ]", "1.2.9");
        Assert.Contains(after, Changed(text, new("1.4.1", "x") { File = "tool-1.4.1.tar.gz" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.org/v2.41/tool-2.41.tar.gz", "2.41", "2.41.5", null, "https://example.org/v2.41/tool-2.41.5.tar.gz")]
    [InlineData("https://example.org/v2.41/tool-2.41.tar.gz", "2.41", "2.41.5", "https://example.org/v2.41.5/tool-2.41.5.tar.gz", "https://example.org/v2.41.5/tool-2.41.5.tar.gz")]
    [InlineData("https://example.org/v2.41/tool-$VERSION.tar.gz", "2.41", "2.41.5", "https://example.org/v2.41.x/tool-2.41.5.tar.gz", "https://example.org/v2.41.x/tool-$VERSION.tar.gz")]
    [InlineData("https://example.org/v2.41/tool-2.41.tar.gz", "2.41", "2.42", "https://elsewhere.org/x/tool-2.42.tar.gz", "https://example.org/v2.42/tool-2.42.tar.gz")]
    [InlineData("https://github.com/o/tool/releases/download/v2.41/tool-2.41.tar.gz", "2.41", "2.41.5", null, "https://github.com/o/tool/releases/download/v2.41.5/tool-2.41.5.tar.gz")]
    public void A_folder_is_where_the_release_was_seen_or_named_by_as_many_numbers_as_before(string before, string version, string to, string? seen, string after)
    {
        var text = RecipeTexts.Of($"sources: [ {{ url: \"{before}\", sha256: {Old} }} ]", version);
        Assert.Contains($"\"{after}\"", Changed(text, new(to, "x") { Address = seen is null ? null : new Uri(seen) }), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_nobody_has_seen_is_told() =>
        Assert.Equal(["nobody has seen https://example.org/v1.2/tool-1.2.tar.gz: upstream did not tell of it", "nobody has seen https://example.com/tool-1.2.tar.gz: upstream did not tell of it"],
            RecipeBump.Unseen(RecipeTexts.Read(Document).Sources[0], new("1.3", "feed trixie") { Archive = new DebianSourceFile("tool_1.3.orig.tar.gz", Old, "pool/main/t/tool") }));

    [Fact]
    public void What_a_program_would_spoil_is_told_with_its_place()
    {
        var text = RecipeTexts.Of($"sources: [ {{ url: \"https://example.org/tool\\x2d1.2.tar.gz\", sha256: {Old} }} ]");
        Assert.StartsWith("recipes/tool.yaml:4:19: this is not written so that a program may change it", Assert.Throws<ProblemException>(() => Changed(text, new("1.3", "x"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_old_version_still_stands_is_told() =>
        Assert.Equal(["`1.2` still stands in recipes/tool.yaml:11", "`1.2` still stands in recipes/tool.yaml:13"], RecipeBump.Leftovers(RecipeTexts.File, Changed(Document, new("1.10", "x")), "1.2"));

    private static string Changed(string document, Release release) => RecipeBump.Apply(_ => document, RecipeBump.OfVersion(RecipeTexts.Read(document), release))[RecipeTexts.File];
}
