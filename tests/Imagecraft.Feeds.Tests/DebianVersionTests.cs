using Imagecraft.Feeds.Debian;

namespace Imagecraft.Feeds.Tests;

public sealed class DebianVersionTests
{
    [Theory]
    [InlineData("1.0", "1.0", 0)]
    [InlineData("1.0", "1.1", -1)]
    [InlineData("1.9", "1.10", -1)]
    [InlineData("1:0.1", "2.0", 1)]
    [InlineData("0:1.0", "1.0", 0)]
    [InlineData("1.0~rc1", "1.0", -1)]
    [InlineData("1.0~~", "1.0~", -1)]
    [InlineData("1.0~~a", "1.0~~", 1)]
    [InlineData("1.0", "1.0a", -1)]
    [InlineData("1.0a", "1.0+b", -1)]
    [InlineData("1.0-1", "1.0-1+b1", -1)]
    [InlineData("1.0-1", "1.0-1~bpo13+1", 1)]
    [InlineData("1.0", "1.0-0", 0)]
    [InlineData("1.0-1", "1.0", 1)]
    [InlineData("1-2-3", "1-2-4", -1)]
    [InlineData("007", "7", 0)]
    [InlineData("2.41-12+deb13u4", "2.41-12+deb13u10", -1)]
    [InlineData("99999999999999999999", "100000000000000000000", -1)]
    [InlineData("6.5+20250216-2", "6.5-1", 1)]
    public void Versions_are_ordered_by_Debians_rules(string left, string right, int expected)
    {
        Assert.Equal(expected, Math.Sign(DebianVersion.Compare(left, right)));
        Assert.Equal(-expected, Math.Sign(DebianVersion.Compare(right, left)));
    }

    [Theory]
    [InlineData("1.0", "<<", "1.1", true)]
    [InlineData("1.1", "<<", "1.1", false)]
    [InlineData("1.1", "<=", "1.1", true)]
    [InlineData("1.1", "=", "1.1", true)]
    [InlineData("1.1", ">>", "1.1", false)]
    [InlineData("1.2", ">=", "1.1", true)]
    public void Relations_compare_versions(string version, string relation, string wanted, bool expected) =>
        Assert.Equal(expected, DebianVersion.Satisfies(version, relation, wanted));

    [Fact]
    public void A_dependency_field_is_read_with_alternatives_qualifiers_and_relations()
    {
        var read = Dependency.Parse("libc6 (>= 2.34), python3:any | python3-minimal:any (<<4), awk");

        Assert.Equal(["libc6 (>= 2.34)", "python3:any | python3-minimal:any (<< 4)", "awk"], read.Select(d => d.ToString()));
    }

    [Theory]
    [InlineData("gcc", "gcc", null, null)]
    [InlineData("libc6-dev:arm64", "libc6-dev", "arm64", null)]
    [InlineData("qemu-system-arm/trixie-backports", "qemu-system-arm", null, "trixie-backports")]
    [InlineData("g++:arm64/sid", "g++", "arm64", "sid")]
    public void A_request_names_package_architecture_and_feed(string text, string name, string? architecture, string? feed) =>
        Assert.Equal(new PackageRequest(name, architecture, feed), PackageRequest.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("Gcc")]
    [InlineData("gcc:")]
    [InlineData("gcc/")]
    [InlineData("gcc >= 3")]
    public void A_malformed_request_is_the_users_fault(string text) => Assert.True(Assert.Throws<FeedException>(() => PackageRequest.Parse(text)).UserError);
}
