// Changes of a configuration as a fragment, and the verbs around the menu before it is shown.

using System.Collections.Immutable;
using Imagecraft.BuiltIns.Configuration;
using Imagecraft.Cli.Configuring;

namespace Imagecraft.Cli.Tests;

public sealed class ConfiguringTests
{
    private const string Built = "CONFIG_A=y\nCONFIG_SOUND=y\nCONFIG_SOUND_DEVICE=y\nCONFIG_NAME=\"old\"\n# CONFIG_OFF is not set\n";

    [Fact]
    public void What_follows_by_itself_is_left_out_where_the_program_can_tell()
    {
        const string left = "CONFIG_A=y\n# CONFIG_SOUND is not set\nCONFIG_NAME=\"new\"\nCONFIG_OFF=y\nCONFIG_OF_OFF=y\n";
        Assert.Equal(["# CONFIG_SOUND is not set", "CONFIG_NAME=\"new\"", "CONFIG_OFF=y"], Between(Built, "CONFIG_SOUND=y\n", left, "CONFIG_NAME=\"new\"\nCONFIG_OFF=y\n"));
        // Without it, whatever is seen and differs.
        Assert.Equal(["# CONFIG_SOUND is not set", "CONFIG_NAME=\"new\"", "CONFIG_OFF=y", "CONFIG_OF_OFF=y"], Between(Built, null, left, null));
        Assert.Empty(Between(Built, "", Built, ""));
    }

    [Fact]
    public void What_fragments_ask_for_and_is_otherwise_now_is_always_asked_for()
    {
        // It went with the symbol above it, and its fragment would complain.
        Assert.Equal(["# CONFIG_SOUND is not set", "# CONFIG_SOUND_DEVICE is not set"], Between(Built, "CONFIG_SOUND=y\n", "CONFIG_A=y\n# CONFIG_SOUND is not set\nCONFIG_NAME=\"old\"\n# CONFIG_OFF is not set\n", "", "SOUND_DEVICE\ty\tmine.config\n"));
        // It is as it is asked for, though others differ.
        Assert.Equal(["CONFIG_OFF=y"], Between(Built, "", Built.Replace("# CONFIG_OFF is not set", "CONFIG_OFF=y", StringComparison.Ordinal), "CONFIG_OFF=y\nCONFIG_A=y\n", "A\ty\tmine.config\n"));
    }

    [Fact]
    public void A_fragment_keeps_its_comments_and_the_order_of_its_lines()
    {
        ImmutableArray<ConfigSymbol> symbols = [new("B", "y", 0), new("A", "n", 0), new("SOMETIMES", "m", 0)];
        Assert.Equal("# Why.\n# CONFIG_A is not set\n\nCONFIG_C=y\nCONFIG_SOMETIMES=m  # where it exists\nCONFIG_B=y\n",
            FragmentText.With("# Why.\nCONFIG_A=y\n\nCONFIG_C=y\nCONFIG_SOMETIMES=y # where it exists\n", symbols, out _));
        Assert.Equal("CONFIG_B=y\n# CONFIG_A is not set\nCONFIG_SOMETIMES=m\n", FragmentText.With("", symbols, out _));
        Assert.Null(FragmentText.With("CONFIG_A=y\nB=y\n", symbols, out var malformed));
        Assert.Equal((2, "B=y"), malformed);
    }

    [Fact]
    public async Task A_menu_needs_a_recipe_that_has_one_and_a_terminal()
    {
        using var cli = new CliProcess();
        cli.Write("boards/b.yaml", "architecture: riscv64\ndebian: riscv64\ntriplet: riscv64-linux-gnu\nkernel-arch: riscv\nkernel-image: Image\ncpu: riscv64\ntoolroot: cross\n");
        cli.Write("boards/board.yaml", "board: b\narchitecture: riscv64\nkernel: linux\ncommand-line: x\nconsole: ttyS0\ndefault-image: small\n");
        cli.Write("images/small.yaml", "image: small\n");
        cli.Write("recipes/other.yaml", "recipe: other\nversion: \"1\"\nlicense: MIT\nbuild: { system: script, steps: \"true\" }\n");
        var (code, errors, _) = await cli.RunAsync("menuconfig", "other");
        Assert.Equal((3, "error: A menu needs a terminal\n  Run it in one, or write the symbols into a fragment by hand\n"), (code, errors));
        (code, errors, _) = await cli.RunAsync("savedefconfig", "other");
        Assert.Equal(3, code);
        Assert.StartsWith("error: `other` has no configuration of this kind\n", errors, StringComparison.Ordinal);
        (code, errors, _) = await cli.RunAsync("savedefconfig", "othr");
        Assert.Equal(3, code);
        Assert.Contains("Did you mean `other`?", errors, StringComparison.Ordinal);
        (code, errors, _) = await cli.RunAsync("savedefconfig", "other", "--into", "/");
        Assert.Equal((3, "error: `/` is a folder\n  Name the file to write\n"), (code, errors));
    }

    private static IEnumerable<string> Between(string before, string? beforeLeast, string after, string? afterLeast, string asked = "") =>
        MenuChange.Between(Configuration.Parse(before, beforeLeast), Configuration.Parse(after, afterLeast), AskedSymbol.Parse(asked)).Select(symbol => symbol.Text);
}
