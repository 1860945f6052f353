// The repository's own boards: each can be planned, and a second architecture shares all that does not depend on it.

using System.Security.Cryptography;
using Imagecraft.Boards.BootChains;
using Imagecraft.Engine.Actions;
using Imagecraft.Feeds.Locking;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Configuration;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Tests;

public class RepositoryPlanTests
{
    private static readonly string Root = Repository.Root;
    private static readonly Workspace Workspace = Repository.Workspace;
    private static readonly LockFile Lock = Repository.Lock;
    private static readonly PlanOptions Options = Repository.Options;

    private static ImageBuild Plan(string board, string? image = null) => Repository.Plan(Workspace, board, image);

    public static TheoryData<string> Boards => [.. Workspace.Boards.Keys];

    [Theory]
    [MemberData(nameof(Boards))]
    public void Every_board_can_be_planned_by_the_lock_as_it_is(string board)
    {
        var plan = Plan(board);
        Assert.Equal([], plan.Diagnostics);
        Assert.Contains("disk.img", plan.Artifacts.Keys);
    }

    // QEMU's own machines have no hardware to tell of.
    [Theory]
    [MemberData(nameof(Boards))]
    public void Each_board_of_hardware_has_a_page_that_says_what_was_never_run(string board)
    {
        if (board.StartsWith("qemu-", StringComparison.Ordinal))
            return;
        Assert.Contains("never booted on hardware", File.ReadAllText(Path.Combine(Root, "docs", "boards", $"{board}.md")), StringComparison.Ordinal);
    }

    // Nobody finds out on a desk that a driver was forgotten.
    [Theory]
    [MemberData(nameof(Boards))]
    public void Each_board_s_kernel_is_held_to_its_devices_or_the_board_says_why_not(string board)
    {
        var lint = Workspace.Boards[board].Lint;
        Assert.NotNull(lint);
        var checks = Plan(board).Graph!.Nodes.Keys.Where(id => id.Value.EndsWith(":lint", StringComparison.Ordinal));
        if (lint.None is null)
            Assert.Equal(2, checks.Count());
        else
            Assert.Equal((true, 0), (board.StartsWith("qemu-", StringComparison.Ordinal), checks.Count()));
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Each_board_of_64_bit_Arm_comes_with_the_runtime_for_networks(string board)
    {
        if (Workspace.Boards[board].Architecture.Value == "arm64")
            Assert.Equal("edge-ml", Workspace.Boards[board].DefaultImage.Value);
    }

    // Drivers of neural processors leave their devices alone without it.
    [Fact]
    public void The_image_for_PCs_has_the_firmware_of_neural_processors() => Assert.Superset(
        new HashSet<string>(["/package/firmware-ivpu", "/package/firmware-amdnpu", "/package/firmware-realtek"]),
        Plan("generic-x86_64-efi").InputsOf("edge-ml@generic-x86_64-efi:rootfs").Select(i => i.Mount).ToHashSet());

    // The kernel's key has what the fragments say together, not who lists them in which order.
    [Fact]
    public void Boards_of_64_bit_Arm_on_one_series_have_one_kernel()
    {
        static string Symbols(string board)
        {
            var merged = new SortedDictionary<string, string>(StringComparer.Ordinal);
            var paths = Plan(board).Request<MergeFragmentsRequest>($"linux@{board}.edge-ml:fragments").Fragments;
            foreach (var line in paths.SelectMany(path => File.ReadLines(Path.Combine(Root, path))).Where(l => l.Contains("CONFIG_", StringComparison.Ordinal)))
                merged[line.TrimStart('#', ' ').Split('=', ' ')[0]] = line;
            return string.Join('\n', merged.Values);
        }

        static string Environment(string board) => string.Join('\n', Plan(board).Process($"linux@{board}.edge-ml:build").Environment);

        Assert.All(["imx8mp-evk", "raspberrypi4"], board => Assert.Equal((Symbols("qemu-arm64-efi"), Environment("qemu-arm64-efi")), (Symbols(board), Environment(board))));
    }

    [Theory]
    [InlineData("beagley-ai")]
    [InlineData("bpi-f3")]
    [InlineData("imx8mp-evk")]
    [InlineData("imx93-evk")]
    [InlineData("raspberrypi4")]
    [InlineData("raspberrypi5")]
    [InlineData("rock-3a")]
    [InlineData("rock-5b")]
    [InlineData("stm32mp257f-ev1")]
    [InlineData("visionfive2")]
    public void Kernel_boot_files_and_image_of_each_vendor_s_board_are_examined(string board)
    {
        var plan = Plan(board);
        Assert.Contains("board-lint.txt", plan.Artifacts.Keys);
        Assert.Contains("boot-chain.txt", plan.Artifacts.Keys);
        Assert.Contains(plan.Request<CheckBootChainRequest>($"{plan.Image.Name}@{board}:boot-chain").Chain.Stages, s => s.Format is BootFormat.Extlinux or BootFormat.RaspberryPi);
    }

    // What a plan uses but nothing names would be neither locked for it nor told when it is broken.
    [Theory]
    [MemberData(nameof(Boards))]
    public void Whatever_a_plan_uses_is_within_reach_of_what_was_asked_for(string board)
    {
        var plan = Plan(board);
        var reach = Repository.Reading.Reach(Needs.Of(Workspace, board, plan.Image.Name, [], []));

        var used = plan.Graph!.Order.Select(id => id.Value.Split('@', ':')).Select(parts => parts[0] switch
        {
            "toolroot" => new DocumentId(KindNames.ToolRoot, parts[1]),
            "dataset" => new DocumentId(KindNames.Dataset, parts[1]),
            var name => Workspace.Recipes.ContainsKey(name) ? new DocumentId(KindNames.Recipe, name) : Workspace.Models.ContainsKey(name) ? new DocumentId(KindNames.Model, name) : null,
        }).OfType<DocumentId>().Distinct().ToArray();
        Assert.InRange(used.Length, 15, int.MaxValue);
        Assert.Equal([], used.Where(document => !reach.Documents.Contains(document)));
        var locked = LockSets.Debian(Workspace, "amd64", reach.Documents.Contains);
        Assert.All(locked, request => Assert.NotNull(Lock.FindSet(request.Name, request.Architecture)));
        Assert.InRange(locked.Length, 1, LockSets.Debian(Workspace, "amd64", _ => true).Length - 1);
    }

    [Theory]
    [InlineData("qemu-x86_64", "edge-ml")]
    [InlineData("qemu-riscv64", "base")]
    [InlineData("qemu-armv7", "base")]
    public void Another_architecture_reuses_every_action_that_does_not_depend_on_it(string board, string image)
    {
        var (other, usual) = (Plan(board, image), Plan("qemu-arm64", image));

        // What only boot firmware brings is none of the usual board's.
        var own = other.Graph!.Order.Where(IsIndependent).Where(id => !usual.Graph!.Nodes.ContainsKey(id)).Where(id => !id.Value.Contains("u-boot", StringComparison.Ordinal)).ToArray();

        Assert.Equal([], own);
        var merged = GraphMerge.Of([usual, other])!;
        Assert.InRange(merged.Shared(merged.Plans[1]), 100, int.MaxValue);
    }

    [Theory]
    [InlineData("qemu-riscv64")]
    [InlineData("qemu-armv7")]
    public void An_image_with_the_CSharp_runtime_is_refused_where_it_cannot_be(string board) =>
        Assert.Contains(Plan(board, "edge-ml").Diagnostics, d => d.Code == "IC0342" && d.Message.Contains("`imagecraft-infer` is compiled by NativeAOT", StringComparison.Ordinal));

    [Theory]
    [InlineData("beagley-ai", "supplied/beagley-ai/tiboot3.bin")]
    [InlineData("bpi-f3", "supplied/bpi-f3/FSBL.bin")]
    [InlineData("imx8mp-evk", "supplied/imx8mp/lpddr4_pmu_train_1d_imem_202006.bin")]
    [InlineData("imx93-evk", "supplied/imx93/mx93a1-ahab-container.img")]
    [InlineData("rock-3a", "supplied/rk3568/rk3568_ddr_1560MHz_v1.21.bin")]
    [InlineData("rock-5b", "supplied/rk3588/rk3588_ddr_lp4_2112MHz_lp5_2400MHz_v1.18.bin")]
    [InlineData("stm32mp257f-ev1", "supplied/stm32mp257/metadata.bin")]
    public void A_board_whose_vendor_lets_nobody_hand_on_its_firmware_names_each_missing_file(string board, string file)
    {
        var plan = Planner.Plan(Workspace, Lock, Options, board, null);
        Assert.All(plan.Diagnostics, d => Assert.Equal("IC0321", d.Code));
        Assert.Contains(plan.Diagnostics, d => d.Message.Contains($"`{file}`", StringComparison.Ordinal) && d.Hint is not null);
    }

    [Fact]
    public void A_board_that_is_one_file_of_a_layer_gives_a_whole_image()
    {
        const string board = "board: desk\narchitecture: riscv64\nkernel: linux\nkernel-fragments: [ ../../../boards/platforms/virt-riscv.config ]\ncommand-line: console=ttyS0\nconsole: ttyS0\ndefault-image: base\npartitions: [ { name: root, type: linux-root-riscv64, content: rootfs.ext4 } ]\n";
        var core = Directory.EnumerateFiles(Root, "*.yaml", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Root, f))
            .Where(f => f.StartsWith("recipes/", StringComparison.Ordinal) || f.StartsWith("boards/", StringComparison.Ordinal) || f.StartsWith("images/", StringComparison.Ordinal) || f.StartsWith("models/", StringComparison.Ordinal))
            .Select(f => new SourceText(f, File.ReadAllText(Path.Combine(Root, f))));
        LayerText mine = new("layers/mine", [new("layers/mine/layer.yaml", "layer: mine\n"), new("layers/mine/boards/desk.yaml", board)]);
        var reading = WorkspaceReader.Read([new LayerText("", [.. core]), mine], path => Path.Exists(Path.Combine(Root, path)), text: path => WorkspaceLoader.Source(Root, path));
        Assert.Equal([], reading.Diagnostics);

        var plan = Planner.Plan(reading.Workspace, Lock, Options, "desk", null);

        Assert.Equal([], plan.Diagnostics);
        Assert.Contains("disk.img", plan.Artifacts.Keys);
    }

    // Ids name the target after `@`; what packages of one architecture are made of has none.
    private static bool IsIndependent(ActionId id) =>
        !id.Value.Contains('@', StringComparison.Ordinal) && !id.Value.Contains(".deb:", StringComparison.Ordinal) && !id.Value.Contains(".nupkg:", StringComparison.Ordinal)
        && !id.Value.StartsWith("deb:", StringComparison.Ordinal) && !id.Value.StartsWith("toolroot:", StringComparison.Ordinal);
}
