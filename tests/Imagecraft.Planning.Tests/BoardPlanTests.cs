// What is planned for one board, and what several boards share.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Drivers;
using Imagecraft.Requests.Models;

namespace Imagecraft.Planning.Tests;

public class BoardPlanTests
{
    private const string Virt = "board: virt\narchitecture: arm64\nkernel: linux\ncommand-line: quiet\nconsole: ttyAMA0\ndefault-image: base\n";

    private static readonly (string, string) Loader = ("recipes/loader.yaml", TestPlans.Recipe("loader", "1", "system: kconfig\n  per-board: true\n  tools: [ binman ]\n  config: \"$LOADER_CONFIG\"\n  environment: { BL31: /bl31 }", "loader", "/**"));
    private static readonly (string, string) Firmware = ("recipes/firmware.yaml", TestPlans.Recipe("firmware", "1", "system: script\n  per-board: true\n  steps: make $PLATFORM", "firmware", "/**"));
    private static readonly (string, string) Binman = ("recipes/binman.yaml", "toolroot: binman\nfeed: trixie\npackages: [ swig ]\n");
    private static readonly (string, string) Second = ("boards/second.yaml", Virt.Replace("virt", "second", StringComparison.Ordinal) + "variables: { LOADER_CONFIG: other_defconfig }\nartifacts: [ { name: loader.bin, package: loader, file: /boot/loader.bin } ]\n");

    private static ImageBuild Plan(string board, params (string, string)[] more) =>
        TestPlans.Plan([("boards/board.yaml", Virt + board), Loader, Firmware, Binman, .. more]);

    private const string WithLoader = "variables: { LOADER_CONFIG: virt_defconfig, PLATFORM: virt }\nbuild-depends: { loader: [ firmware ] }\nartifacts: [ { name: loader.bin, package: loader, file: /boot/loader.bin } ]\n";

    [Fact]
    public void A_recipe_per_board_is_configured_by_the_boards_variables_and_built_with_its_dependencies_and_tools()
    {
        var plan = Plan(WithLoader);

        Assert.Equal([], plan.Diagnostics);
        Assert.Contains("virt_defconfig", plan.Process("loader@virt:configure").Arguments);
        Assert.Contains(("/sysroot", "firmware is a build dependency of loader"), plan.InputsOf("loader@virt:build"));
        Assert.Contains(("/", "tools of loader"), plan.InputsOf("loader@virt:build"));
        Assert.Equal(("virt", "/bl31"), (plan.Process("loader@virt:build").Environment["PLATFORM"], plan.Process("loader@virt:build").Environment["BL31"]));
    }

    [Fact]
    public void A_variable_that_the_board_lacks_is_told()
    {
        var problem = Assert.Single(Plan("artifacts: [ { name: loader.bin, package: loader, file: /boot/loader.bin } ]\n").Diagnostics);
        Assert.Equal(("IC0330", "Unknown variable `$LOADER_CONFIG`", "recipes/loader.yaml"), (problem.Code, problem.Message, problem.Span!.File));
    }

    [Fact]
    public void Recipes_for_all_boards_see_no_variable_of_a_board() =>
        Assert.DoesNotContain("PLATFORM", Plan(WithLoader).Process("tool@arm64:build").Environment.Keys);

    [Fact]
    public void Files_of_packages_and_device_trees_lie_beside_the_disk()
    {
        var plan = Plan(WithLoader + "device-trees: [ acme/virt.dtb ]\n");

        Assert.Equal(new(new("files@virt:pick"), "loader.bin"), plan.Artifacts["loader.bin"]);
        Assert.Equal(new(new("linux@virt:device-trees"), "virt.dtb"), plan.Artifacts["virt.dtb"]);
        Assert.Contains("acme/virt.dtb", plan.Process("linux@virt:device-trees").Arguments);
        Assert.Contains(("/packages/loader", "the package loader has files of virt"), plan.InputsOf("files@virt:pick"));
    }

    [Fact]
    public void Another_device_tree_compiles_no_kernel()
    {
        string Kernel(string board) => string.Join('\n', Plan(board).Process("linux@virt:build").Arguments);
        Assert.Equal(Kernel(""), Kernel("device-trees: [ acme/virt.dtb ]\n"));
    }

    [Fact]
    public void Overlays_are_laid_over_a_device_tree_beside_the_one_that_ships()
    {
        var plan = Plan("device-trees: [ acme/virt.dtb, { source: acme/virt.dtb, overlays: [ virt.dtso ], name: qemu.dtb } ]\n");

        var script = string.Join(' ', plan.Process("linux@virt:device-trees").Arguments);
        Assert.Contains("DTC_FLAGS=-@", script);
        Assert.Contains("/out/device-trees/virt.dtb", script);
        Assert.Contains("/out/device-trees/qemu.dtb", script);
        Assert.Contains(("/imagecraft/device-trees/boards/virt.dtso", "device tree source of the board virt"), plan.InputsOf("linux@virt:device-trees"));
        Assert.Equal(new(new("linux@virt:device-trees"), "qemu.dtb"), plan.Artifacts["qemu.dtb"]);
        Assert.DoesNotContain("DTC_FLAGS=-@", string.Join(' ', Plan("device-trees: [ acme/virt.dtb ]\n").Process("linux@virt:device-trees").Arguments));
    }

    [Fact]
    public void A_file_that_only_QEMU_knows_of_is_told_with_the_nearest()
    {
        var problem = Assert.Single(Plan(WithLoader + "qemu: { system: aarch64, arguments: [ -bios, \"${FILE:lader.bin}\" ] }\n", ("recipes/qemu.yaml", "toolroot: qemu\nfeed: trixie\npackages: [ qemu ]\n")).Diagnostics);
        Assert.Equal(("IC0366", "Did you mean `loader.bin`?"), (problem.Code, problem.Hint));
    }

    [Fact]
    public void Packages_that_a_feed_has_for_some_architectures_are_locked_for_those_and_refused_for_others()
    {
        (string, string)[] pc = [("boards/pc.yaml", "architecture: pc\ndebian: amd64\ntriplet: x86_64-linux-gnu\nkernel-arch: x86\nkernel-image: bzImage\ncpu: x86_64\ntoolroot: cross\n"), ("recipes/ovmf.yaml", "recipe: ovmf\nversion: 1\nlicense: BSD-2-Clause\nbuild: { system: prebuilt, feed: trixie, packages: [ ovmf ], architectures: [ pc ] }\npackages: [ { name: ovmf, files: [ /** ] } ]\n")];
        var board = ("boards/desk.yaml", Virt.Replace("virt", "desk", StringComparison.Ordinal).Replace("arm64", "pc", StringComparison.Ordinal));

        Assert.DoesNotContain(LockSets.Debian(TestPlans.Workspace(pc), "amd64", _ => true), r => r.Name == "recipe/ovmf");
        Assert.Equal("amd64", Assert.Single(LockSets.Debian(TestPlans.Workspace([.. pc, board]), "amd64", _ => true), r => r.Name == "recipe/ovmf").Architecture);
        var problem = Assert.Single(TestPlans.Plan([.. pc, ("images/base.yaml", "image: base\npackages: [ ovmf ]\n")]).Diagnostics);
        Assert.Equal(("IC0344", "`ovmf` has packages for [pc] only, not for `arm64`"), (problem.Code, problem.Message));
    }

    [Fact]
    public void A_CSharp_program_is_refused_where_NativeAOT_has_no_pack()
    {
        var architecture = ("boards/arch.yaml", "architecture: arm64\ndebian: arm64\ntriplet: aarch64-linux-gnu\nkernel-arch: arm64\nkernel-image: Image\ncpu: aarch64\ntoolroot: cross\nkernel-fragments: [ arch.config ]\n");
        var problem = Assert.Single(TestPlans.Plan(architecture, ("recipes/infer.yaml", "recipe: infer\nversion: 1\nlicense: MIT\nbuild: { system: dotnet-aot, project: a.csproj, folders: [ runtime ] }\npackages: [ { name: infer, files: [ /** ] } ]\n"), ("images/base.yaml", "image: base\npackages: [ infer ]\n")).Diagnostics);
        Assert.Equal(("IC0342", "`infer` is compiled by NativeAOT, which has no pack for the architecture `arm64`"), (problem.Code, problem.Message));
    }

    [Fact]
    public void The_machine_that_runs_must_be_of_the_boards_architecture() =>
        Assert.Contains(TestPlans.Plan().Checks, c => c.Owner == "virt" && c.Check.Matches.Single().Value == "^Linux aarch64$");

    [Fact]
    public void Several_boards_make_one_graph_that_has_what_is_equal_once()
    {
        var workspace = TestPlans.Workspace([("boards/board.yaml", Virt + WithLoader), Loader, Firmware, Binman, Second]);
        ImmutableArray<ImageBuild> plans = [.. new[] { "virt", "second" }.Select(b => Planner.Plan(workspace, TestPlans.Lock, new PlanOptions("/workspace", "amd64", TestPlans.Sdk), b, null))];

        var merged = GraphMerge.Of(plans)!;
        var graph = merged.Graph;

        Assert.Equal(plans.SelectMany(p => p.Graph!.Order).Distinct().Count(), graph.Order.Length);
        Assert.All(plans, p => Assert.Equal(p.Graph!.Order.Length, merged.Shared(p) + p.Graph.Order.Count(id => !plans.Single(o => o != p).Graph!.Nodes.ContainsKey(id))));
        Assert.All(["loader:source", "tool@arm64:build", "toolroot:cross"], id => Assert.All(plans, p => Assert.Contains(new ActionId(id), p.Graph!.Nodes.Keys)));
        Assert.Contains(new ActionId("loader@second:build"), graph.Nodes.Keys);
    }

    [Fact]
    public void Actions_of_one_name_that_differ_keep_apart_with_all_that_read_them()
    {
        // The networks of the second board are quantized for another processor.
        var models = new (string, string)[]
        {
            ("images/base.yaml", "image: base\npackages: [ tool ]\nmodels: [ net ]\n"),
            ("models/net.yaml", $"model: net\nversion: 1\nlicense: MIT\nsource: {{ url: \"npm:m@1/m.onnx\", sha256: {new string('a', 64)} }}\npreprocess: {{ channels: gray, mean: [ 0.5 ] }}\nquantize: {{ method: static, calibration: {{ dataset: lines, split: test, count: 2 }} }}\nevaluate: none\n"),
            ("models/lines.yaml", "dataset: lines\nlicense: MIT\ntext:\n  toolroot: drawing\n  splits:\n    test: { fonts: [ /usr/a.ttf ], sizes: [ 20 ], texts: [ Good morning, Bye ] }\n"),
            ("recipes/drawing.yaml", "toolroot: drawing\nfeed: trixie\npackages: [ graphicsmagick ]\n"),
            ("boards/second.yaml", Virt.Replace("virt", "second", StringComparison.Ordinal) + "profile: { activations: [ uint8 ], weights: [ int8 ], reduce-range: true }\n"),
        };
        var workspace = TestPlans.Workspace([("boards/board.yaml", Virt), .. models]);
        var merged = GraphMerge.Of([.. new[] { "virt", "second" }.Select(b => Planner.Plan(workspace, TestPlans.Lock, new PlanOptions("/workspace", "amd64", TestPlans.Sdk), b, null))])!;

        Assert.Contains(new ActionId("net@int8:quantize"), merged.Plans[0].Graph!.Nodes.Keys);
        Assert.DoesNotContain(new ActionId("net@int8:quantize"), merged.Plans[1].Graph!.Nodes.Keys);
        Assert.True(merged.Plans[1].Request<OnnxQuantizeRequest>("net@int8.second:quantize").Profile!.ReduceRange);
        Assert.Null(merged.Plans[0].Request<OnnxQuantizeRequest>("net@int8:quantize").Profile);
        var network = merged.Plans[1].Graph!.Nodes.Values.Where(n => n.Inputs.Any(i => i.Source is InputSource.OutputOf { Action.Value: "net@int8.second:quantize" }));
        Assert.All(network, n => Assert.Contains("second", n.Id.Value, StringComparison.Ordinal));
        Assert.NotEmpty(network);
    }

    private const string Lint = """
        kernel-fragments: [ board.config ]
        accelerators: [ old, new ]
        device-trees: [ acme/virt.dtb, { source: acme/virt.dtb, overlays: [ virt.dtso ], name: qemu.dtb } ]
        lint:
          root: mmc1
          devices: [ ethernet0, { node: /pcie@1, drivers: [ r8169 ] } ]
          waivers: [ { node: /iommu@2, reason: "the monitor maps it" } ]

        """;

    [Fact]
    public void What_a_board_needs_driven_is_judged_between_configuring_and_compiling()
    {
        var plan = Plan(Lint);
        Assert.Empty(plan.Diagnostics);
        var request = plan.Request<CheckDriversRequest>("linux@virt:lint");
        Assert.Equal(("virt", "linux", "boards/board.config", "arm64"), (request.Demand.Board, request.Demand.Kernel, request.Demand.Fragment, request.Architecture));
        Assert.Equal("mmc1", request.Demand.Root!.Node);
        Assert.Null(request.Demand.Console);
        Assert.Equal([("ethernet0", ""), ("/pcie@1", "r8169")], request.Demand.Devices.Select(d => (d.Node, string.Join(',', d.Drivers))));
        // The kernel is too old for the other one.
        Assert.Equal([("old", "old-npu", "boards/old.config")], request.Demand.Accelerators.Select(a => (a.Name, a.Modules.Single(), a.Fragment!)));
        Assert.Equal(new("/iommu@2", "the monitor maps it"), Assert.Single(request.Demand.Waivers));
        Assert.Equal(["/config", "/tree", "/index"], plan.InputsOf("linux@virt:lint").Select(i => i.Mount));
        Assert.Contains(plan.Graph!.Nodes[new("linux@virt:build")].Inputs, i => i.MountPath == "/imagecraft/config" && i.Source == new InputSource.OutputOf(new("linux@virt:lint"), "config"));
        Assert.Contains(plan.Graph.Nodes[new("linux@virt:lint")].Inputs, i => i.Source == new InputSource.OutputOf(new("linux@virt:device-trees"), "virt.dtb"));
    }

    // A PC, or a machine whose firmware brings the tree.
    [Fact]
    public void Classes_of_devices_are_judged_without_a_device_tree()
    {
        var plan = Plan("lint:\n  classes:\n    - { name: NVMe drives, drivers: [ nvme ], built-in: true }\n    - { name: adapters, drivers: [ tg3 ], without-firmware: few ask for it }\n");
        Assert.Empty(plan.Diagnostics);
        var request = plan.Request<CheckDriversRequest>("linux@virt:lint");
        Assert.Null(request.Demand.Root);
        Assert.Equal([("NVMe drives", "nvme", true), ("adapters", "tg3", false)], request.Demand.Classes.Select(c => (c.Name, c.Drivers.Single(), c.BuiltIn)));
        Assert.Equal(["/config", "/index"], plan.InputsOf("linux@virt:lint").Select(i => i.Mount));
        Assert.Equal(new("adapters", "few ask for it"), Assert.Single(plan.Request<CheckModulesRequest>("base@virt:lint").Waivers));
        Assert.DoesNotContain(Plan("lint: { none: its machine is booted }\n").Graph!.Nodes.Keys, id => id.Value.EndsWith(":lint", StringComparison.Ordinal));
    }

    [Fact]
    public void Drivers_are_indexed_by_the_sources_alone()
    {
        var plan = Plan(Lint);
        Assert.Equal(["/src"], plan.InputsOf("linux:drivers").Select(i => i.Mount));
        Assert.Equal(new IndexDriversRequest("", IsKernel: true), plan.Request<IndexDriversRequest>("linux:drivers"));
        Assert.DoesNotContain(Plan("device-trees: [ acme/virt.dtb ]\n").Graph!.Nodes.Keys, id => id.Value is "linux:drivers" or "linux@virt:lint");
    }

    [Fact]
    public void An_image_is_held_against_the_drivers_and_tells_of_them_beside_the_disk()
    {
        var plan = Plan(Lint);
        Assert.Equal(new(new("base@virt:lint"), "file"), plan.Artifacts["board-lint.txt"]);
        Assert.Equal(["/drivers", "/report", "/kernel", "/package/modules", "/package/tool"], plan.InputsOf("base@virt:lint").Select(i => i.Mount));
        Assert.DoesNotContain("board-lint.txt", Plan("").Artifacts.Keys);
    }

    [Fact]
    public void A_module_beside_the_kernel_that_drives_an_accelerator_is_indexed_too()
    {
        var plan = Plan(Lint,
            ("boards/old.yaml", "accelerator: old\nmodules: [ old-npu ]\npackages: [ npu ]\n"),
            ("recipes/npu.yaml", TestPlans.Recipe("npu", "1", "system: kernel-module", "npu", "/usr/lib/modules/**")));
        Assert.Contains("/module/npu", plan.InputsOf("linux@virt:lint").Select(i => i.Mount));
        Assert.False(plan.Request<IndexDriversRequest>("npu:drivers").IsKernel);
    }

    [Fact]
    public void Packages_of_a_board_are_in_each_of_its_images_with_a_system()
    {
        var plan = Plan(WithLoader + "packages: [ loader ]\n");
        Assert.Contains(("/package/loader", "the board virt needs it"), plan.InputsOf("base@virt:rootfs"));
    }

    [Fact]
    public void A_graph_with_an_error_in_one_board_is_none()
    {
        var workspace = TestPlans.Workspace([("boards/board.yaml", Virt + "artifacts: [ { name: x, package: loader, file: /x } ]\n"), Loader, Binman, Second]);
        Assert.Null(GraphMerge.Of([.. new[] { "second", "virt" }.Select(b => Planner.Plan(workspace, TestPlans.Lock, new PlanOptions("/workspace", "amd64", TestPlans.Sdk), b, null))]));
    }
}
