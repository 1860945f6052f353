using System.Collections.Immutable;
using Imagecraft.Feeds.Debian;

namespace Imagecraft.Feeds.Tests;

public sealed class DebianResolverTests
{
    [Fact]
    public void Dependencies_and_pre_dependencies_are_taken_and_recommendations_are_not() =>
        Assert.Equal(["a 1", "b 1", "c 1"], Resolve(["a"],
            Package("a", "1", "Depends: b (>= 1)\nPre-Depends: c\nRecommends: d"), Package("b", "1"), Package("c", "1"), Package("d", "1")));

    [Fact]
    public void The_first_alternative_that_exists_is_taken() =>
        Assert.Equal(["a 1", "c 1"], Resolve(["a"], Package("a", "1", "Depends: b | c | d"), Package("c", "1"), Package("d", "1")));

    [Fact]
    public void An_alternative_that_is_wanted_anyway_serves() =>
        Assert.Equal(["a 1", "d 1"], Resolve(["a", "d"], Package("a", "1", "Depends: b | d"), Package("b", "1"), Package("d", "1")));

    [Fact]
    public void An_alternative_whose_dependency_is_missing_gives_way_to_the_next() =>
        Assert.Equal(["a 1", "c 1"], Resolve(["a"], Package("a", "1", "Depends: b | c"), Package("b", "1", "Depends: x, nowhere"), Package("c", "1"), Package("x", "1")));

    [Fact]
    public void A_virtual_package_is_provided_by_the_most_important_one() =>
        Assert.Equal(["a 1", "mawk 1"], Resolve(["a"], Package("a", "1", "Depends: awk"), Package("gawk", "1", "Provides: awk\nPriority: optional"), Package("mawk", "1", "Provides: awk\nPriority: required")));

    [Fact]
    public void A_versioned_dependency_needs_a_versioned_provision() =>
        Assert.Equal(["a 1", "new 1"], Resolve(["a"], Package("a", "1", "Depends: v (>= 2)"), Package("aaa", "1", "Provides: v"), Package("mid", "1", "Provides: v (= 1)"), Package("new", "1", "Provides: v (= 2)")));

    [Fact]
    public void A_cycle_of_dependencies_is_no_problem() =>
        Assert.Equal(["a 1", "b 1"], Resolve(["a"], Package("a", "1", "Depends: b"), Package("b", "1", "Depends: a")));

    [Fact]
    public void The_newest_version_of_a_feed_is_taken() =>
        Assert.Equal(["a 1.10"], Resolve(["a"], Package("a", "1.9"), Package("a", "1.10")));

    [Fact]
    public void An_excluded_package_is_not_taken_and_its_dependents_are_content() =>
        Assert.Equal(["a 1", "b 1"], Resolve(["a"], ["doc"], Package("a", "1", "Depends: doc | doc-small, b"), Package("b", "1"), Package("doc", "1"), Package("doc-small", "1")));

    [Fact]
    public void An_unfulfillable_dependency_names_the_chain_that_required_it()
    {
        var error = Assert.Throws<FeedException>(() => Resolve(["a"], Package("a", "1", "Depends: b"), Package("b", "1", "Depends: c"), Package("c", "1", "Depends: d (>= 2)"), Package("d", "1")));

        Assert.Equal("`c` needs `d (>= 2)`, which no package of the feeds [base] fulfils; seen [d:amd64 1]; required by [a -> b -> c]", error.Message);
        Assert.True(error.UserError);
    }

    [Fact]
    public void A_choice_of_which_nothing_fits_is_told_with_the_reason_of_each()
    {
        var error = Assert.Throws<FeedException>(() => Resolve(["p", "q", "z"], Package("p", "1", "Depends: a | b"), Package("a", "1", "Depends: nowhere"), Package("b", "1", "Conflicts: q"), Package("q", "1"), Package("z", "1")));

        Assert.Equal(
            "No choice of packages fulfils [p, q]:\n  `p` needs `a | b`; required by [p]\n  `a` needs `nowhere`, which no package of the feeds [base] fulfils; required by [p -> a]\n  `b:amd64 1` conflicts with `q:amd64 1`; required `b` by [p]",
            error.Message);
    }

    [Fact]
    public void Ranges_that_share_no_version_are_told_with_both_chains()
    {
        var error = Assert.Throws<FeedException>(() => Resolve(["p", "q"], Package("p", "1", "Depends: m"), Package("m", "1", "Depends: l (>= 2)"), Package("q", "1", "Depends: l (<< 2)"), Package("l", "1"), Package("l", "2")));

        Assert.Equal("`l:amd64 2` cannot be beside `l:amd64 1` in one root; required `l` by [p -> m], `l` by [q]", error.Message);
    }

    [Fact]
    public void All_unknown_packages_are_reported_at_once_with_near_names()
    {
        var error = Assert.Throws<FeedException>(() => Resolve(["gcc-15", "nonsense"], Package("gcc", "1")));

        Assert.Equal("Package `gcc-15` is in none of the feeds [base] for architecture `amd64`; near to it are [gcc]\nPackage `nonsense` is in none of the feeds [base] for architecture `amd64`", error.Message);
    }

    [Theory]
    [InlineData("Conflicts: b")]
    [InlineData("Breaks: b (<< 2)")]
    [InlineData("Conflicts: virtual")]
    public void Two_wanted_packages_that_exclude_each_other_are_an_error_that_names_both(string field)
    {
        var error = Assert.Throws<FeedException>(() => Resolve(["a", "b"], Package("a", "1", field), Package("b", "1", "Provides: virtual")));

        Assert.Equal("`b:amd64 1` conflicts with `a:amd64 1`", error.Message);
    }

    [Fact]
    public void A_package_may_conflict_with_what_it_provides_itself_and_with_other_versions() =>
        Assert.Equal(["a 1", "b 2"], Resolve(["a", "b"], Package("a", "1", "Provides: mta\nConflicts: mta\nBreaks: b (<< 2)"), Package("b", "2")));

    [Fact]
    public void A_conflicting_alternative_gives_way_to_the_next() =>
        Assert.Equal(["a 1", "c 1", "z 1"], Resolve(["a", "z"], Package("a", "1", "Depends: b | c"), Package("b", "1", "Conflicts: z"), Package("c", "1"), Package("z", "1")));

    [Fact]
    public void A_foreign_package_takes_libraries_of_its_architecture_and_tools_of_the_roots() =>
        Assert.Equal(["dev:arm64 1", "lib:arm64 1", "tool:amd64 1"], ResolveFull(["dev:arm64"],
            Package("dev", "1", "Multi-Arch: same\nDepends: lib (= 1), tool", "arm64"), Package("lib", "1", "Multi-Arch: same", "arm64"), Package("lib", "1", "Multi-Arch: same"),
            Package("tool", "1", "Multi-Arch: foreign", "arm64"), Package("tool", "1", "Multi-Arch: foreign")));

    [Fact]
    public void The_qualifier_any_takes_the_roots_package_when_that_allows_it() =>
        Assert.Equal(["dev:arm64 1", "python3:amd64 3"], ResolveFull(["dev:arm64"],
            Package("dev", "1", "Depends: python3:any", "arm64"), Package("python3", "3", "Multi-Arch: allowed"), Package("python3", "3", "Multi-Arch: allowed", "arm64")));

    [Fact]
    public void A_package_that_is_not_shareable_cannot_be_there_for_two_architectures()
    {
        var error = Assert.Throws<FeedException>(() => ResolveFull(["a", "a:arm64"], Package("a", "1"), Package("a", "1", "", "arm64")));

        Assert.Equal("`a:arm64 1` conflicts with `a:amd64 1`", error.Message);
    }

    [Fact]
    public void A_package_for_all_architectures_counts_as_the_roots() =>
        Assert.Equal(["a:amd64 1", "data:all 1"], ResolveFull(["a"], Package("a", "1", "Depends: data"), Package("data", "1", "", "all")));

    [Fact]
    public void A_pick_from_another_feed_takes_only_what_it_must_from_there() =>
        Assert.Equal(["common 2", "lib 1", "qemu 2"], Resolve(["qemu/backports"],
            Package("qemu", "1"), Package("common", "1"), Package("lib", "1"),
            Package("qemu", "2", "Depends: common (>= 2), lib", feed: "backports"), Package("common", "2", "", feed: "backports"), Package("lib", "2", "", feed: "backports")));

    [Fact]
    public void An_older_choice_is_raised_when_a_later_package_needs_the_newer() =>
        Assert.Equal(["common 2", "first 1", "qemu 2"], Resolve(["first", "qemu/backports"],
            Package("first", "1", "Depends: common"), Package("common", "1"), Package("qemu", "2", "Depends: common (>= 2)", feed: "backports"), Package("common", "2", "", feed: "backports")));

    [Fact]
    public void A_feed_on_a_base_takes_its_own_packages_and_the_bases_dependencies()
    {
        var index = Index(Package("tool", "1"), Package("lib", "1"), Package("tool", "2", "Depends: lib", feed: "backports"), Package("lib", "2", "", feed: "backports"));
        var request = Request(["tool"], []) with { Feed = "backports", Bases = ImmutableSortedDictionary<string, string>.Empty.Add("backports", "base") };

        Assert.Equal(["lib 1", "tool 2"], DebianResolver.Resolve(index, request, TestContext.Current.CancellationToken).Select(p => $"{p.Name} {p.Version}"));
    }

    [Fact]
    public void Source_package_and_version_are_known()
    {
        var package = Index(Package("libc6", "2.41-12", "Source: glibc (2.41-11)"), Package("make", "4.4")).Named("libc6")[0];

        Assert.Equal(("glibc", "2.41-11"), (package.Source, package.SourceVersion));
    }

    private static string[] Resolve(string[] wanted, params (string Feed, string Text)[] packages) => Resolve(wanted, [], packages);

    private static string[] Resolve(string[] wanted, string[] without, params (string Feed, string Text)[] packages) =>
        [.. DebianResolver.Resolve(Index(packages), Request(wanted, without), TestContext.Current.CancellationToken).Select(p => $"{p.Name} {p.Version}")];

    private static string[] ResolveFull(string[] wanted, params (string Feed, string Text)[] packages) =>
        [.. DebianResolver.Resolve(Index(packages), Request(wanted, []), TestContext.Current.CancellationToken).Select(p => p.ToString())];

    private static ResolveRequest Request(string[] wanted, string[] without) =>
        new() { Feed = "base", Architecture = "amd64", Packages = [.. wanted.Select(PackageRequest.Parse)], Without = [.. without] };

    private static DebianIndex Index(params (string Feed, string Text)[] packages) => DebianIndex.Read(packages.Select(p => new IndexText(p.Feed, p.Text)));

    private static (string Feed, string Text) Package(string name, string version, string fields = "", string architecture = "amd64", string feed = "base") =>
        (feed, $"Package: {name}\nVersion: {version}\nArchitecture: {architecture}\nFilename: pool/{name}_{version}_{architecture}.deb\nSize: 1\nSHA256: {new string('0', 64)}\n{(fields.Length > 0 ? fields + "\n" : "")}\n");
}
