// What is built for the board and what is built for the build host, and that neither sees what is the other's.

using Imagecraft.Engine.Actions;

namespace Imagecraft.Planning.Tests;

public class HostAndTargetTests
{
    private const string Tool = "tool@arm64.cortex-a57:build";

    private static readonly (string Path, string Text) Sysroot = ("recipes/sysroot.yaml", "toolroot: sysroot-arm64\nfeed: trixie\narchitecture: arm64\npackages: [ libc6-dev ]\n");

    private static readonly (string Path, string Text) WithSysroot = ("boards/arch.yaml", TestPlans.Text("boards/arch.yaml") + "sysroot: sysroot-arm64\n");

    // The build host of the tests.
    private static readonly (string Path, string Text) HostArchitecture =
        ("boards/host.yaml", "architecture: x86_64\ndebian: amd64\ntriplet: x86_64-linux-gnu\nkernel-arch: x86\nkernel-image: bzImage\ncpu: x86_64\ntoolroot: cross\nnative-compiler: compiler\n");

    private static readonly (string Path, string Text) Compiler = ("recipes/compiler.yaml", "toolroot: compiler\nfeed: trixie\npackages: [ gcc ]\nonly: [ \"/usr/lib/gcc/**\" ]\n");

    private static readonly (string Path, string Text) Generator = ("recipes/generator.yaml", TestPlans.Recipe("generator", "1", "system: make", "generator", "/usr/bin/**", "depends: [ zlib ]\n"));

    private static (string Path, string Text) ToolWith(string build) => ("recipes/tool.yaml", TestPlans.Recipe("tool", "2.0", build, "tool", "/usr/bin/**", "depends: [ zlib ]\n"));

    [Fact]
    public void The_target_is_compiled_by_a_compiler_that_looks_into_the_sysroot_alone()
    {
        var plan = TestPlans.Plan(Sysroot, WithSysroot);
        Assert.Equal([], plan.Diagnostics);
        Assert.Equal(
            ["tools", "what arm64 is compiled against", "compilers look into the sysroot alone, and harden", "zlib is a build dependency of tool"],
            plan.InputsOf(Tool).Where(i => i.Mount is "/" or "/sysroot" or "/imagecraft/bin/aarch64-linux-gnu-gcc").Select(i => i.Reason));
        var environment = plan.Process(Tool).Environment;
        Assert.Equal(("/sysroot", "/sysroot"), (environment["SYSROOT"], environment["PKG_CONFIG_SYSROOT_DIR"]));
        Assert.Equal("/sysroot/usr/lib/aarch64-linux-gnu/pkgconfig:/sysroot/usr/lib/pkgconfig:/sysroot/usr/share/pkgconfig", environment["PKG_CONFIG_LIBDIR"]);
        Assert.StartsWith("/imagecraft/bin:", environment["PATH"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_and_its_configuration_are_built_by_the_bare_compiler()
    {
        var plan = TestPlans.Plan(Sysroot, WithSysroot);
        foreach (var step in new[] { "linux@virt:configure", "linux@virt:build" })
        {
            Assert.DoesNotContain(plan.InputsOf(step), i => i.Mount.StartsWith("/imagecraft/bin/", StringComparison.Ordinal) || i.Mount == "/sysroot");
            Assert.False(plan.Process(step).Environment.ContainsKey("PATH"));
        }
    }

    [Fact]
    public void On_a_build_host_of_the_boards_architecture_the_compiler_lies_away_from_the_hosts_libraries()
    {
        var arch = TestPlans.Text("boards/arch.yaml").Replace("debian: arm64", "debian: amd64", StringComparison.Ordinal);
        var without = TestPlans.Plan(("boards/arch.yaml", arch));
        var with = TestPlans.Plan(Compiler, ("boards/arch.yaml", arch + "native-compiler: compiler\n"));
        Assert.DoesNotContain(without.InputsOf(Tool), i => i.Mount == "/cross");
        Assert.Contains(("/cross", "the compiler, away from the libraries of the build host"), with.InputsOf(Tool));
        Assert.Contains("exec /cross/usr/bin/", Wrapper(with), StringComparison.Ordinal);
        Assert.Contains("exec /usr/bin/", Wrapper(without), StringComparison.Ordinal);

        static string Wrapper(ImageBuild plan) => ((InputSource.Inline)plan.Graph!.Nodes[new(Tool)].Inputs.Single(i => i.MountPath == "/imagecraft/bin/aarch64-linux-gnu-gcc").Source).Text;
    }

    [Fact]
    public void A_recipe_among_the_tools_is_built_for_the_host_with_its_dependencies_and_mounted_like_a_tool_root()
    {
        var plan = TestPlans.Plan(Generator, HostArchitecture, Compiler, ToolWith("system: make\n  tools: [ \"recipe:generator\" ]"));
        Assert.Equal([], plan.Diagnostics);
        Assert.Equal(
            ["tools", "generator, built for the host, is a tool of tool", "zlib is a build dependency of generator, a tool built for the host"],
            plan.InputsOf(Tool).Where(i => i.Mount == "/").Select(i => i.Reason));
        Assert.Contains(("/", "zlib is a build dependency of generator"), plan.InputsOf("generator@host:build"));
        Assert.DoesNotContain(plan.InputsOf("generator@host:build"), i => i.Mount is "/sysroot" or "/cross" || i.Mount.StartsWith("/imagecraft/bin/", StringComparison.Ordinal));
        var environment = plan.Process("generator@host:build").Environment;
        Assert.Equal(("gcc", "x86_64-linux-gnu", "", ""), (environment["CC"], environment["TRIPLET"], environment["CROSS_COMPILE"], environment["SYSROOT"]));
        Assert.DoesNotContain("cortex", environment["CFLAGS"], StringComparison.Ordinal);
        // The same recipe for the board and for the host are two.
        Assert.Contains(new ActionId("zlib@host:build"), plan.Graph!.Nodes.Keys);
        Assert.Contains(new ActionId("zlib@arm64.cortex-a57:build"), plan.Graph.Nodes.Keys);
    }

    [Theory]
    [InlineData("system: autotools", "--host=x86_64-pc-linux-gnu", "--host=aarch64-linux-gnu")]
    [InlineData("system: cmake", null, "-DCMAKE_TOOLCHAIN_FILE=/imagecraft/toolchain.cmake")]
    [InlineData("system: meson", null, "--cross-file")]
    public void Each_build_system_is_told_whether_it_cross_compiles(string system, string? forHost, string forBoard)
    {
        var plan = TestPlans.Plan(("recipes/generator.yaml", TestPlans.Recipe("generator", "1", system, "generator", "/usr/bin/**")), HostArchitecture, Compiler,
            ("images/base.yaml", "image: base\npackages: [ tool, generator ]\n"), ToolWith("system: make\n  tools: [ \"recipe:generator\" ]"));
        Assert.Contains(forBoard, plan.Process("generator@arm64.cortex-a57:build").Arguments);
        Assert.DoesNotContain(forBoard, plan.Process("generator@host:build").Arguments);
        if (forHost is not null)
            Assert.Contains(forHost, plan.Process("generator@host:build").Arguments);
    }

    [Fact]
    public void A_recipe_that_is_its_own_tool_is_built_for_the_host_without_itself()
    {
        var plan = TestPlans.Plan(HostArchitecture, Compiler, ToolWith("system: make\n  tools: [ \"recipe:tool\" ]"));
        Assert.Equal([], plan.Diagnostics);
        Assert.Contains(plan.InputsOf(Tool), i => i.Reason == "tool, built for the host, is a tool of tool");
        Assert.DoesNotContain(plan.InputsOf("tool@host:build"), i => i.Reason.Contains("built for the host", StringComparison.Ordinal));
    }

    [Fact]
    public void A_build_host_that_no_architecture_describes_is_told()
    {
        var problem = Assert.Single(TestPlans.Plan(Generator, ToolWith("system: make\n  tools: [ \"recipe:generator\" ]")).Diagnostics);
        Assert.Equal(("IC0352", "recipes/tool.yaml"), (problem.Code, problem.Span!.File));
        Assert.Contains("`amd64`", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_stripped_is_a_package_as_it_is_unless_the_recipe_has_one_of_its_own()
    {
        var plan = TestPlans.Plan(("images/base.yaml", "image: base\npackages: [ tool, tool-dbg ]\n"));
        Assert.Contains(plan.Graph!.Nodes[new("base@virt:rootfs")].Inputs, i => i.Source is InputSource.OutputOf { Action.Value: Tool, Output: "debug" });
        Assert.DoesNotContain(plan.InputsOf("tool@arm64.cortex-a57:split"), i => i.Mount.StartsWith("/debug/", StringComparison.Ordinal));

        var own = TestPlans.Plan(("recipes/tool.yaml", TestPlans.Recipe("tool", "2.0", "system: make", "tool-dbg", "/usr/lib/debug/**")), ("images/base.yaml", "image: base\npackages: [ tool-dbg ]\n"));
        Assert.Contains(("/debug/stripped", "what was taken out of its programs"), own.InputsOf("tool@arm64.cortex-a57:split"));
    }

    [Fact]
    public void What_is_asked_for_the_host_is_planned_for_it()
    {
        var plan = Planner.Plan(TestPlans.Workspace(Generator, HostArchitecture, Compiler), TestPlans.Lock, new PlanOptions("/workspace", "amd64", TestPlans.Sdk), "virt", null, new Extra.OfRecipe("generator", ForHost: true));
        Assert.Equal(new ActionId("generator@host:build"), Assert.Single(Assert.Single(plan.Extras).Outputs).Action);
    }

    [Fact]
    public void Variables_stand_in_the_environment_of_a_recipe_and_in_those_of_its_board()
    {
        var plan = TestPlans.Plan(
            ("recipes/tool.yaml", TestPlans.Recipe("tool", "2.0", "system: make\n  per-board: true\n  environment: { FLAGS: \"$CFLAGS -DX=$$1\", FROM: \"$PLACE/x\" }", "tool", "/usr/bin/**")),
            ("boards/board.yaml", TestPlans.Text("boards/board.yaml") + "variables: { PLACE: \"$SYSROOT/usr\" }\n"));
        var environment = plan.Process("tool@virt:build").Environment;
        Assert.Equal(($"{environment["CFLAGS"]} -DX=$1", "/sysroot/usr/x"), (environment["FLAGS"], environment["FROM"]));
    }
}
