// What every compiled recipe has without saying so, and how it says otherwise.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

public class CompiledRecipeTests
{
    static string[] Packages(TestWorkspace workspace, string recipe) => [.. workspace.Good().Recipes[recipe].Packages.Select(package => package.Name.Value)];

    [Fact]
    public void It_has_packages_for_developers_readers_and_debuggers() =>
        Assert.Equal(["tool", "tool-dev", "tool-doc", "tool-dbg"], Packages(new TestWorkspace().Recipe("tool", "packages: [ { name: tool, files: [ /usr/bin/* ] } ]"), "tool"));

    [Fact]
    public void Its_own_package_of_that_name_stands_and_so_does_another_recipes()
    {
        var workspace = new TestWorkspace().Recipe("tool", "packages: [ { name: tool-dev, files: [ /usr/include/** ] } ]").Recipe("other", "packages: [ { name: tool-doc, files: [ /usr/share/** ] } ]");
        Assert.Equal(["tool-dev", "tool-dbg"], Packages(workspace, "tool"));
        Assert.False(workspace.Good().Recipes["tool"].Packages[0].IsConventional);
        Assert.True(workspace.Good().Recipes["tool"].Packages[1].IsConventional);
    }

    [Theory]
    [InlineData("system: prebuilt, feed: stable, packages: [ xy ]")]
    [InlineData("system: kernel, config: defconfig")]
    [InlineData("system: kernel-module")]
    public void What_is_ready_and_what_is_a_kernels_has_none(string build)
    {
        var workspace = new TestWorkspace().Add("recipes/stable.yaml", "feed: stable\nsuite: stable\ncomponents: [ main ]")
            .Add("recipes/subject.yaml", $"recipe: subject\nversion: 1\nlicense: MIT\nbuild: {{ {build} }}\npackages: [ {{ name: subject, files: [ \"/**\" ] }} ]");
        Assert.Equal(["subject"], Packages(workspace, "subject"));
    }

    [Fact]
    public void An_image_may_name_them() =>
        Assert.Equal("tool-dbg", new TestWorkspace().Recipe("tool").Add("images/i.yaml", "image: i\npackages: [ tool-dbg ]").Good().Images["i"].Packages.Single().Value);

    [Fact]
    public void It_says_what_hardening_it_cannot_take_and_why()
    {
        var recipe = new TestWorkspace().Recipe("tool", "", "strip: false, hardening: { without: [ pie, fortify ], because: its heap is dumped into it }").Good().Recipes["tool"];
        Assert.False(recipe.Build.Strip);
        Assert.Equal((false, true, "its heap is dumped into it"), (recipe.Build.Hardening.Has(HardeningWords.Pie), recipe.Build.Hardening.Has(HardeningWords.Relro), recipe.Build.Hardening.Because));
    }

    [Theory]
    [InlineData("hardening: { without: [ pi ], because: x }", "must be one of [ `architecture`, `bind-now`, `fortify`, `pie`, `relro`, `stack-protector` ], not `pi`")]
    [InlineData("hardening: { without: [ pie ] }", "Required key `because` is missing")]
    [InlineData("hardening: { without: [], because: x }", "`without` must have at least one item")]
    [InlineData("strip: sometimes", "`true` or `false`")]
    public void A_wrong_word_is_told(string build, string message) =>
        Assert.Contains(message, Assert.Single(new TestWorkspace().Recipe("tool", "", build).Read().Diagnostics).Message, StringComparison.OrdinalIgnoreCase);
}
