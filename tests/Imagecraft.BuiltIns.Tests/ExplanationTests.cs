// Why a symbol was dropped: the program that is missing is told, not symbols that are as they should be.

using Imagecraft.BuiltIns.Configuration;
using Imagecraft.Requests.Configuration;

namespace Imagecraft.BuiltIns.Tests;

public class ExplanationTests
{
    private const string Makefile = "CC\t\t= $(LLVM_PREFIX)clang$(LLVM_SUFFIX)\nCC\t\t= $(CROSS_COMPILE)gcc\nPAHOLE\t\t= pahole\nRUSTC\t\t= rustc\nBINDGEN\t\t= bindgen\n";

    private const string Macros = "if-success = $(shell,{ $(1); } >/dev/null 2>&1 && echo \"$(2)\" || echo \"$(3)\")\nsuccess = $(if-success,$(1),y,n)\ncc-option = $(success,$(CC) -Werror $(1) -c -x c /dev/null)\n";

    private const string Kconfig = """
        config PAHOLE_VERSION
        	int
        	default $(shell,$(srctree)/scripts/pahole-version.sh $(PAHOLE))

        if NET
        endif # NET

        config DEBUG_INFO_BTF
        	bool "Types for BPF"
        	depends on !DEBUG_INFO_SPLIT && !DEBUG_INFO_REDUCED
        	depends on PAHOLE_VERSION >= 116
        	depends on DEBUG_INFO_DWARF4 || PAHOLE_VERSION >= 121

        config RUST_IS_AVAILABLE
        	def_bool $(success,$(srctree)/scripts/rust_is_available.sh)

        config RUST
        	bool "Rust"
        	depends on RUST_IS_AVAILABLE

        menuconfig GCC_PLUGINS
        	bool "Plugins"
        	depends on HAVE_PLUGINS
        	depends on $(success,test -e $(shell,$(CC) -print-file-name=plugin)/include/plugin-version.h)

        if GCC_PLUGINS
        config GCC_PLUGIN_LATENT_ENTROPY
        	bool "Entropy"
        endif

        config CC_HAS_RANDSTRUCT
        	def_bool $(cc-option,-frandomize-layout-seed-file=/dev/null)

        choice
        	prompt "Layouts"
        	config RANDSTRUCT_FULL
        		bool "Fully"
        		depends on CC_HAS_RANDSTRUCT || GCC_PLUGINS
        endchoice

        config HIDDEN_CHOICE
        	bool "For experts" if EXPERT
        	default y

        """;

    [Fact]
    public async Task A_missing_program_is_named_with_the_test_that_asks_for_it() =>
        Assert.Equal(
            "it depends on `PAHOLE_VERSION >= 116` (lib/Kconfig:8), but `PAHOLE_VERSION` is `0`, because the tool `pahole`, which `$(shell,$(srctree)/scripts/pahole-version.sh $(PAHOLE))` asks for, is missing in the tool root; name one that has it in the recipe's `tools` (lib/Kconfig:1)",
            await Why("DEBUG_INFO_BTF", "CONFIG_PAHOLE_VERSION=0\nCONFIG_DEBUG_INFO_DWARF4=y\n"));

    [Fact]
    public async Task A_program_that_is_there_but_too_old_is_not_called_missing()
    {
        var reason = await Why("DEBUG_INFO_BTF", "CONFIG_PAHOLE_VERSION=115\nCONFIG_DEBUG_INFO_DWARF4=y\n", "usr/bin/pahole");
        Assert.Contains("`PAHOLE_VERSION` is `115`, because the test `$(shell,$(srctree)/scripts/pahole-version.sh $(PAHOLE))` does not succeed in the tool root", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("missing", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_that_a_script_takes_from_the_environment_are_named() =>
        Assert.Contains("the tools [bindgen, rustc], which `$(success,$(srctree)/scripts/rust_is_available.sh)` asks for, are missing in the tool root", await Why("RUST", ""), StringComparison.Ordinal);

    [Fact]
    public async Task A_missing_header_of_the_compiler_is_told_by_its_test_two_symbols_away() =>
        Assert.Contains(
            "it depends on `GCC_PLUGINS` (lib/Kconfig:27), but `GCC_PLUGINS` is not set, because the test `$(success,test -e $(shell,$(CC) -print-file-name=plugin)/include/plugin-version.h)` does not succeed in the tool root (lib/Kconfig:21)",
            await Why("GCC_PLUGIN_LATENT_ENTROPY", "CONFIG_HAVE_PLUGINS=y\n", "usr/bin/aarch64-linux-gnu-gcc"),
            StringComparison.Ordinal);

    [Fact]
    public async Task Of_alternatives_each_says_why_it_does_not_hold() =>
        Assert.Contains(
            "it depends on `CC_HAS_RANDSTRUCT || GCC_PLUGINS` (lib/Kconfig:36), but `CC_HAS_RANDSTRUCT` is not set, because the test `$(cc-option,-frandomize-layout-seed-file=/dev/null)` does not succeed in the tool root (lib/Kconfig:31), and `GCC_PLUGINS` is not set",
            await Why("RANDSTRUCT_FULL", "CONFIG_HAVE_PLUGINS=y\n", "usr/bin/aarch64-linux-gnu-gcc"),
            StringComparison.Ordinal);

    [Fact]
    public async Task A_symbol_that_must_be_unset_is_told_as_set() =>
        Assert.Contains("it depends on `!DEBUG_INFO_SPLIT && !DEBUG_INFO_REDUCED` (lib/Kconfig:8), but `DEBUG_INFO_REDUCED` is set", await Why("DEBUG_INFO_BTF", "CONFIG_PAHOLE_VERSION=130\nCONFIG_DEBUG_INFO_REDUCED=y\n", "usr/bin/pahole"), StringComparison.Ordinal);

    [Fact]
    public async Task A_hidden_prompt_says_what_would_show_it()
    {
        using var context = Check("HIDDEN_CHOICE\tn\ta.config\n", "CONFIG_HIDDEN_CHOICE=y\n");
        Assert.Contains("it can be unset only where `EXPERT` holds (lib/Kconfig:41), but `EXPERT` is not set", await context.FailureAsync(new CheckConfig()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Definitions_beside_an_applet_s_code_are_found()
    {
        using var context = new TestContext()
            .WithText("/config", "").WithText("/contract", "FEATURE_SH_MATH\ty\tbusybox.config\n")
            .WithTree("/src", ("/Config.in", "mainmenu \"busybox\"\n"), ("/shell/ash.c", "/* ash */\n//config:config FEATURE_SH_MATH\n//config:\tbool \"Arithmetic\"\n//config:\tdefault y\n//config:\tdepends on ASH\n"))
            .Asking(new CheckConfigRequest { Architecture = "arm64", Cross = "aarch64-linux-gnu-", Subfolder = "" });
        Assert.Contains("it depends on `ASH` (shell/ash.c:2), but `ASH` is not set", await context.FailureAsync(new CheckConfig()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A && (B || !C)", "A=y,C=n", 2)]
    [InlineData("A && (B || !C)", "A=y,C=y", 0)]
    [InlineData("A = y && B != \"\"", "A=y,B=\"x\"", 2)]
    [InlineData("!A # A comment", "A=m", 1)]
    [InlineData("A >= 0x10", "A=17", 2)]
    [InlineData("A < 90000", "A=140200", 0)]
    [InlineData("A || $(success,test -e (x))", "A=y", 2)]
    [InlineData("A || $(success,test -e (x))", "", null)]
    [InlineData("A && $(success,true)", "", 0)]
    [InlineData("A B", "A=y", null)]
    public void An_expression_is_worth_what_kconfig_makes_of_it(string text, string values, int? worth)
    {
        var known = values.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1], StringComparer.Ordinal);
        Assert.Equal(worth, KconfigParser.Read(text).Worth(name => known.GetValueOrDefault(name, "n")));
    }

    // The reason alone, for a symbol that a fragment wants.
    private static async Task<string> Why(string symbol, string config, params string[] programs)
    {
        using var context = Check($"{symbol}\ty\ta.config\n", config, programs);
        var message = await context.FailureAsync(new CheckConfig());
        return message[(message.IndexOf("became `n`: ", StringComparison.Ordinal) + "became `n`: ".Length)..];
    }

    private static TestContext Check(string contract, string config, params string[] programs) => new TestContext()
        .WithText("/config", config).WithText("/contract", contract)
        .WithTree("/src", ("/Makefile", Makefile), ("/scripts/Kconfig.include", Macros), ("/lib/Kconfig", Kconfig), ("/scripts/rust_is_available.sh", "command -v \"$RUSTC\" && command -v \"${BINDGEN}\"\n"), ("/arch/arm64/Kconfig", ""))
        .WithTree("/tools/000", [("/usr/bin/sh", ""), .. programs.Select(p => ("/" + p, ""))])
        .Asking(new CheckConfigRequest { Architecture = "arm64", Cross = "aarch64-linux-gnu-", Subfolder = "" });
}
