// `tools:` and `before:` of a recipe: every step that its author's text or its build system runs in has them.

using Imagecraft.Engine.Actions;

namespace Imagecraft.Planning.Tests;

public class ToolsPlanTests
{
    private const string More = "\n  tools: [ extra ]\n  before: touch prepared";

    private static readonly (string Path, string Text) Extra = ("recipes/extra.yaml", "toolroot: extra\nfeed: trixie\npackages: [ pahole ]\n");

    // The board has a device tree, so a kernel has the step that compiles it.
    private static readonly (string Path, string Text) Board = ("boards/board.yaml", TestPlans.Text("boards/board.yaml") + "device-trees: [ virt.dtb ]\n");

    public static TheoryData<string> Systems =>
    [
        "system: autotools", "system: cmake", "system: meson", "system: make", "system: kconfig\n  config: defconfig", "system: kernel\n  config: tinyconfig",
        "system: kernel-module", "system: kernel-tool\n  kernel: linux", "system: dotnet-aot\n  project: a.csproj", "system: script\n  steps: \"true\"",
    ];

    [Theory]
    [MemberData(nameof(Systems))]
    public void Tools_of_a_recipe_reach_all_of_its_steps(string system)
    {
        Assert.All(StepsOf(system), step => Assert.Contains(step.Inputs, i => i is { MountPath: "/", Source: InputSource.OutputOf { Action.Value: "toolroot:extra" } }));
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public void What_comes_before_configuring_also_comes_before_the_step_that_configures(string system)
    {
        Assert.All(StepsOf(system), step => Assert.Contains(((ActionWork.Process)step.Work).Arguments, argument => argument.EndsWith("touch prepared", StringComparison.Ordinal)));
    }

    private static readonly (string Path, string Text) Emulation = ("recipes/emulator.yaml", "toolroot: qemu-user\nfeed: trixie\npackages: [ qemu-user ]\n");

    [Theory]
    [InlineData("system: cmake", "set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -cpu max -r 6.12.0 -L /sysroot)")]
    [InlineData("system: meson", "exe_wrapper = ['qemu-aarch64', '-cpu', 'max', '-r', '6.12.0', '-L', '/sysroot']")]
    public void Programs_of_the_board_run_by_an_emulator_among_the_tools(string system, string told)
    {
        var step = Emulated(system + "\n  tools: [ qemu-user ]");
        Assert.Equal("qemu-aarch64 -cpu max -r 6.12.0 -L /sysroot", ((ActionWork.Process)step.Work).Environment["EMULATOR"]);
        Assert.Contains(step.Inputs, input => input.Source is InputSource.Inline { Text: var text } && text.Split('\n').Contains(told));
        var without = Emulated(system);
        Assert.DoesNotContain("EMULATOR", ((ActionWork.Process)without.Work).Environment.Keys);
        Assert.DoesNotContain(without.Inputs, input => input.Source is InputSource.Inline { Text: var text } && text.Contains("qemu", StringComparison.Ordinal));
    }

    private static ActionNode Emulated(string system) => TestPlans.Plan(
        Emulation,
        ("recipes/subject.yaml", TestPlans.Recipe("subject", "1", system, "subject", "/**")),
        ("images/base.yaml", "image: base\npackages: [ subject ]\n")).Graph!.Nodes[new("subject@arm64.cortex-a57:build")];

    [Fact]
    public void What_comes_before_configuring_has_all_documented_variables() =>
        Assert.All(StepsOf("system: kconfig\n  config: defconfig"), step => Assert.Contains("CFLAGS", ((ActionWork.Process)step.Work).Environment.Keys));

    [Fact]
    public void Modules_are_built_with_the_tools_of_their_kernel()
    {
        var plan = TestPlans.Plan(
            Extra,
            ("recipes/linux.yaml", TestPlans.Recipe("linux", "6.12.1", "system: kernel\n  config: tinyconfig\n  tools: [ extra ]", "modules", "/usr/lib/modules/**")),
            ("recipes/driver.yaml", TestPlans.Recipe("driver", "1", "system: kernel-module", "driver", "/**")),
            ("images/base.yaml", "image: base\npackages: [ driver ]\n"));
        Assert.Contains(("/", "tools of linux, whose configuration decides on modules too"), plan.InputsOf("driver@virt:build"));
    }

    // The processes of the recipe `subject`, which is built as `system` says.
    private static ActionNode[] StepsOf(string system)
    {
        var isKernel = system.StartsWith("system: kernel\n", StringComparison.Ordinal);
        var name = isKernel ? "linux" : "subject";
        var plan = TestPlans.Plan(
            Extra,
            Board,
            ("recipes/dotnet.yaml", "toolroot: dotnet\nfeed: trixie\npackages: [ clang ]\n"),
            ($"recipes/{name}.yaml", TestPlans.Recipe(name, "6.12.1", system + More, name, "/**")),
            ("images/base.yaml", isKernel ? "image: base\n" : $"image: base\npackages: [ {name} ]\n"));
        Assert.Equal([], plan.Diagnostics);
        var steps = plan.Graph!.Nodes.Values.Where(n => n.Id.Value.StartsWith(name + "@", StringComparison.Ordinal) && n.Work is ActionWork.Process).ToArray();
        Assert.NotEmpty(steps);
        return steps;
    }
}
