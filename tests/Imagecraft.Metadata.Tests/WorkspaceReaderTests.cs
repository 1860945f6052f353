// What good and bad documents give, alone and against each other.

namespace Imagecraft.Metadata.Tests;

public class WorkspaceReaderTests
{
    const string Busybox = """
        recipe: busybox
        version: 1.37.0
        license: GPL-2.0-only
        summary: Small implementations of the usual utilities
        sources:
          - url: https://busybox.net/downloads/busybox-1.37.0.tar.bz2
            mirrors: [ "debian:busybox/busybox_1.37.0.orig.tar.bz2" ]
            sha256: 3311dff32e746499f4df0d5df04d7eb396382d7e108bb9250e7b519b837043a4
        patches: [ 0001-fix.patch ]
        build:
          system: kconfig
          config: defconfig
          fragments: [ busybox.config ]
          environment: { V: 0 }
        packages:
          - name: busybox
            files: [ "/**" ]
            attributes: [ { path: /usr/bin/su, mode: 4755 } ]
        services: [ { name: syslogd, run: "/sbin/syslogd -n", kind: respawn } ]
        checks: [ { name: applets, run: busybox, contains: [ BusyBox ] } ]
        """;

    static TestWorkspace WithBusybox(string text) => new TestWorkspace()
        .Add("recipes/busybox/busybox.yaml", text)
        .Add("recipes/busybox/busybox.config", "")
        .Add("recipes/busybox/0001-fix.patch", "");

    [Fact]
    public void A_good_recipe_is_read_with_names_of_files_relative_to_the_workspace()
    {
        var recipe = WithBusybox(Busybox).Good().Recipes["busybox"];

        Assert.Equal("1.37.0", recipe.Version.Value);
        Assert.Equal("recipes/busybox/busybox.yaml:2:10", recipe.Version.Span.ToString());
        Assert.Equal(6, recipe.Version.Span.Length);
        Assert.Equal("recipes/busybox/0001-fix.patch", recipe.Patches.Single().Value);
        Assert.Equal("recipes/busybox", recipe.Folder);
        var build = Assert.IsType<Model.BuildSpec.Kconfig>(recipe.Build);
        Assert.Equal("defconfig", build.Config.Value);
        Assert.Equal("recipes/busybox/busybox.config", build.Fragments.Single().Value);
        Assert.Equal("0", build.Environment["V"].Value);
        Assert.True(recipe.Sources.Single().Unpack);
        Assert.Equal("4755", recipe.Packages.Single(package => !package.IsConventional).Attributes.Single().Mode?.Value.ToString());
        Assert.Equal(30, recipe.Checks.Single().TimeoutSeconds);
    }

    [Fact]
    public void A_mistyped_key_names_the_nearest_known_one()
    {
        Assert.Equal("""
            recipes/busybox/busybox.yaml:1:1: error IC0103: Required key `version` is missing in a recipe
              1 | recipe: busybox
                | ^^^^^^
            hint: Add `version:` (the component's version)

            recipes/busybox/busybox.yaml:2:1: error IC0102: Unknown key `verison` in a recipe
              2 | verison: 1.37.0
                | ^^^^^^^
            hint: Did you mean `version`?
            """, WithBusybox(Busybox.Replace("version:", "verison:")).Bad());
    }
}
