// What kernels are given instead of chance, and modules that build on each other.

using Imagecraft.Engine.Actions;

namespace Imagecraft.Planning.Tests;

public class KernelPlanTests
{
    private static readonly (string Path, string Text) Image = ("images/base.yaml", "image: base\npackages: [ top ]\n");
    private static readonly (string Path, string Text) Top = Module("top", "depends: [ middle ]\n");
    private static readonly (string Path, string Text) Middle = Module("middle", "depends: [ bottom ]\n");
    private static readonly (string Path, string Text) Bottom = Module("bottom", "depends: [ zlib ]\n");

    [Fact]
    public void What_a_kernel_would_draw_by_chance_or_ask_the_machine_is_given()
    {
        var plan = TestPlans.Plan();
        var arguments = plan.Process("linux@virt:build").Arguments;
        Assert.Single(arguments.Distinct(), a => IsSeed(a, "RANDSTRUCT_SEED=", 64));
        Assert.Single(arguments.Distinct(), a => a.StartsWith("KCFLAGS=", StringComparison.Ordinal) && IsSeed(a[a.IndexOf("-frandom-seed=0x", StringComparison.Ordinal)..], "-frandom-seed=0x", 16));
        Assert.Contains("gen-randstruct-seed=/imagecraft/randstruct-seed", arguments);
        Assert.Contains(plan.InputsOf("linux@virt:build"), i => i.Mount == "/imagecraft/randstruct-seed");
        Assert.Contains("XZ_DEFAULTS=--threads=1", arguments);
    }

    [Fact]
    public void A_module_is_compiled_and_packed_as_its_kernel_is()
    {
        var arguments = TestPlans.Plan(Image, Top, Middle, Bottom).Process("top@virt:build").Arguments;
        var kernel = TestPlans.Plan().Process("linux@virt:build").Arguments;
        Assert.Contains(kernel.Distinct().Single(a => a.StartsWith("KCFLAGS=", StringComparison.Ordinal)).Replace("-ffile-prefix-map=/src/= ", "", StringComparison.Ordinal), arguments);
        Assert.Contains("XZ_DEFAULTS=--threads=1", arguments);
    }

    [Fact]
    public void Seeds_are_drawn_from_the_recipe_s_words_and_otherwise_from_its_name_and_version()
    {
        string Of(string version, string more = "") => Seed(TestPlans.Plan(("recipes/linux.yaml", TestPlans.Recipe("linux", version, $"system: kernel\n  config: tinyconfig{more}", "modules", "/usr/lib/modules/**"))), "linux@virt:build");
        Assert.Equal(Of("6.12.1"), Of("6.12.1"));
        Assert.NotEqual(Of("6.12.1"), Of("6.12.2"));
        Assert.NotEqual(Of("6.12.1"), Of("6.12.1", "\n  seed: of our product"));
        Assert.Equal(Of("6.12.1", "\n  seed: of our product"), Of("6.12.2", "\n  seed: of our product"));
    }

    [Fact]
    public void A_module_sees_symbols_and_headers_of_all_modules_below_it_and_of_nothing_else()
    {
        var plan = TestPlans.Plan(Image, Top, Middle, Bottom);
        Assert.Contains("KBUILD_EXTRA_SYMBOLS=/usr/src/linux-modules/middle/Module.symvers /usr/src/linux-modules/bottom/Module.symvers", plan.Process("top@virt:build").Arguments);
        Assert.Contains("KCPPFLAGS=-I/usr/src/linux-modules/middle -I/usr/src/linux-modules/middle/include -I/usr/src/linux-modules/bottom -I/usr/src/linux-modules/bottom/include", plan.Process("top@virt:build").Arguments);
        Assert.Contains(("/", "symbols and headers of bottom"), plan.InputsOf("top@virt:build"));
        Assert.DoesNotContain(plan.Process("bottom@virt:build").Arguments, a => a.StartsWith("KBUILD_EXTRA_SYMBOLS", StringComparison.Ordinal));
    }

    [Fact]
    public void What_only_other_modules_need_is_in_no_package() =>
        Assert.Equal("/out/shared", TestPlans.Plan(Image, Top, Middle, Bottom).Graph!.Nodes[new("bottom@virt:build")].Outputs.Single(o => o.Name == "shared").Path);

    [Fact]
    public void The_index_of_modules_is_held_against_the_kernel_s_symbols()
    {
        var plan = TestPlans.Plan(Image, Top, Middle, Bottom);
        Assert.Contains(plan.InputsOf("base@virt:module-index"), i => i == ("/imagecraft/symbols", "symbols of linux"));
        Assert.Contains("linux@virt:build", plan.Graph!.Nodes[new("base@virt:module-index")].Inputs.Select(i => i.Source).OfType<InputSource.OutputOf>().Select(o => o.Action.Value));
    }

    [Fact]
    public void Boards_that_list_the_same_fragments_have_one_kernel_whatever_their_processors()
    {
        var second = ("boards/second.yaml", TestPlans.Text("boards/board.yaml").Replace("board: virt", "board: second", StringComparison.Ordinal).Replace("cortex-a57", "cortex-a53", StringComparison.Ordinal));
        var module = TestPlans.Recipe("top", "1", "system: kernel-module", "top", "/usr/lib/modules/**");
        var workspace = TestPlans.Workspace([("images/base.yaml", "image: base\npackages: [ top, tool ]\n"), ("recipes/top.yaml", module), second]);
        var plans = new[] { "virt", "second" }.Select(b => Planner.Plan(workspace, TestPlans.Lock, new PlanOptions("/workspace", "amd64", TestPlans.Sdk), b, null)).ToArray();

        Assert.NotEqual(Key(plans[0], "tool@arm64.cortex-a57:build", "virt"), Key(plans[1], "tool@arm64.cortex-a53:build", "second"));
        Assert.All(["linux@{0}:configure", "linux@{0}:config-check", "linux@{0}:build", "top@{0}:build"], step => Assert.Equal(
            Key(plans[0], step.Replace("{0}", "virt", StringComparison.Ordinal), "virt"),
            Key(plans[1], step.Replace("{0}", "second", StringComparison.Ordinal), "second")));
    }

    // All that enters the key of an action; what it reads of others goes by their content, so their names' boards do not count.
    private static string Key(ImageBuild plan, string id, string board)
    {
        var node = plan.Graph!.Nodes[new(id)];
        var work = node.Work is ActionWork.Process process ? string.Join('\n', [.. process.Arguments, process.WorkingDirectory, .. process.Environment.Select(e => $"{e.Key}={e.Value}")]) : $"{node.Work}";
        return string.Join('\n', [work, .. node.Inputs.Select(i => $"{i.MountPath} {i.Source}".Replace($"@{board}:", "@:", StringComparison.Ordinal)), .. node.Outputs.Select(o => $"{o.Name} {o.Path}")]);
    }

    private static bool IsSeed(string argument, string prefix, int digits) =>
        argument.StartsWith(prefix, StringComparison.Ordinal) && argument.Length == prefix.Length + digits && argument[prefix.Length..].All(char.IsAsciiHexDigitLower);

    private static string Seed(ImageBuild plan, string step) => string.Join(' ', plan.Process(step).Arguments.Where(a => a.Contains("SEED=", StringComparison.Ordinal)).Distinct());

    private static (string Path, string Text) Module(string name, string more) => ($"recipes/{name}.yaml", TestPlans.Recipe(name, "1", "system: kernel-module", name, "/usr/lib/modules/**", more));
}
