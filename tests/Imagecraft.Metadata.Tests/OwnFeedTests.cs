// Feeds with an address of their own: what they must say, and what does not go together.

namespace Imagecraft.Metadata.Tests;

public class OwnFeedTests
{
    const string Good = "feed: vendor\napt: https://example.org/debian\nsuite: stable\ncomponents: [ main ]\narchitectures: [ arm64 ]\nkeys: [ vendor.asc ]\nbase: trixie\n";

    static TestWorkspace Workspace(string vendor) => new TestWorkspace()
        .Add("boards/arm64.yaml", "architecture: arm64\ndebian: arm64\ntriplet: aarch64-linux-gnu\nkernel-arch: arm64\nkernel-image: Image\ncpu: aarch64\ntoolroot: cross\n")
        .Add("boards/armv7.yaml", "architecture: armv7\ndebian: armhf\ntriplet: arm-linux-gnueabihf\nkernel-arch: arm\nkernel-image: zImage\ncpu: arm\ntoolroot: cross\n")
        .Add("recipes/cross.yaml", "toolroot: cross\nfeed: trixie\npackages: [ gcc ]")
        .Add("recipes/trixie.yaml", "feed: trixie\nsuite: trixie\ncomponents: [ main ]")
        .Add("recipes/vendor.asc", "")
        .Add("recipes/vendor.yaml", vendor)
        .Add("recipes/tool.yaml", "recipe: tool\nversion: 1\nlicense: MIT\nbuild: { system: prebuilt, feed: vendor, packages: [ tool, helper/trixie ] }");

    [Fact]
    public void A_vendor_s_repository_has_its_address_and_key()
    {
        var feed = Workspace(Good).Good().Feeds["vendor"];

        Assert.Equal(("https://example.org/debian", "arm64", "recipes/vendor.asc"), (feed.Apt!.Value, Assert.Single(feed.Architectures).Value, Assert.Single(feed.Keys).Value));
    }

    [Fact]
    public void A_flat_repository_and_one_whose_address_a_variable_tells_are_fine()
    {
        Assert.Equal("./", Workspace("feed: vendor\napt: file:../vendor\nsuite: ./\nkeys: [ vendor.asc ]").Good().Feeds["vendor"].Suite.Value);
        Workspace("feed: vendor\napt: $IMAGECRAFT_FEED_VENDOR\nsuite: stable\ncomponents: [ main ]\nkeys: [ vendor.asc ]").Good();
    }

    [Theory]
    [InlineData("keys: [ vendor.asc ]\n", "", "recipes/vendor.yaml:2:6: error IC0103: Feed `vendor` has an address of its own, but no `keys` that its packages are signed with")]
    [InlineData("https://example.org/debian", "$IMAGECRAFT_FEED_OTHER", "Write `$IMAGECRAFT_FEED_VENDOR`, or the address")]
    [InlineData("https://example.org/debian", "ftp://example.org", "`apt` must be an address such as `https://example.org/debian`")]
    [InlineData("https://example.org/debian", "https://me:secret@example.org/debian", "warning IC0109: An address has a name or password in it")]
    [InlineData("suite: stable", "suite: ./", "Feed `vendor` is a flat repository, which has no components")]
    [InlineData("components: [ main ]\n", "", "Feed `vendor` has no `components`")]
    [InlineData("apt: https://example.org/debian\nsuite: stable", "suite: ./", "The suite `./` is the folder of a flat repository")]
    [InlineData("[ arm64 ]", "[ arm46 ]", "Unknown architecture `arm46`, which feed `vendor` has packages for")]
    [InlineData("keys: [ vendor.asc ]", "keys: [ vendors.asc ]", "but there is no file `recipes/vendors.asc`")]
    public void What_is_wrong_is_told_while_reading(string old, string replacement, string message) =>
        Assert.Contains(message, Workspace(Good).Replace("recipes/vendor.yaml", old, replacement).Bad(), StringComparison.Ordinal);

    [Fact]
    public void A_recipe_has_no_packages_that_its_feed_does_not_have()
    {
        var workspace = Workspace(Good).Replace("recipes/tool.yaml", "feed: vendor", "feed: vendor, architectures: [ armv7 ]");
        Assert.Contains("Recipe `tool` has packages for `armv7`, but feed `vendor` has none", workspace.Bad(), StringComparison.Ordinal);

        Assert.Contains("Unknown feed `trixi`, which recipe `tool` takes `helper` from", Workspace(Good).Replace("recipes/tool.yaml", "helper/trixie", "helper/trixi").Bad(), StringComparison.Ordinal);
    }
}
