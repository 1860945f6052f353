using Imagecraft.Engine.Actions;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests;
using Imagecraft.Requests.Configuration;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Tests;

public class PlannerTests
{
    [Fact]
    public void What_a_recipe_says_of_itself_only_changes_the_manifest()
    {
        var before = TestPlans.Plan();
        var after = TestPlans.Plan(("recipes/tool.yaml", TestPlans.Text("recipes/tool.yaml").Replace("license: MIT", "license: Apache-2.0\nsummary: Another\nhomepage: https://example.org/other", StringComparison.Ordinal)));
        Assert.Equal(["base@virt:manifest"], before.Graph!.Nodes.Values.Where(node => !GraphMerge.AreSame(node, after.Graph!.Nodes[node.Id])).Select(node => node.Id.Value));
    }

    [Fact]
    public void An_image_gives_every_artifact_that_is_promised() =>
        Assert.Equal(["Image", "SHA256SUMS", "disk.img", "disk.img.bmap", "files.json", "hardening.txt", "kernel.config", "kernel.requested", "manifest.json", "rootfs.ext4", "rootfs.tar"], TestPlans.Plan().Artifacts.Keys);

    [Fact]
    public void A_password_in_an_address_is_used_for_fetching_and_does_not_ship()
    {
        var nodes = TestPlans.Plan(("recipes/tool.yaml", TestPlans.Text("recipes/tool.yaml").Replace("//example.org", "//me:secret@example.org", StringComparison.Ordinal))).Graph!.Nodes.Values;
        Assert.Contains(nodes, n => n.Work is ActionWork.Fetch fetch && fetch.Places.Contains("https://me:secret@example.org/tool-2.0.tar.gz"));
        var texts = nodes.SelectMany(n => n.Inputs).Select(i => i.Source).OfType<InputSource.Inline>().Select(i => i.Text).ToArray();
        Assert.Contains(texts, text => text.Contains("https://example.org/tool-2.0.tar.gz", StringComparison.Ordinal));
        Assert.DoesNotContain(texts, text => text.Contains("secret", StringComparison.Ordinal));
        Assert.DoesNotContain(nodes, n => (n.Id.Value + n.Description).Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_text_and_lock_give_the_same_graph()
    {
        var (first, second) = (TestPlans.Plan(), TestPlans.Plan());
        Assert.Equal(first.Graph!.Order, second.Graph!.Order);
        Assert.Equal(
            first.Graph.Nodes.Values.SelectMany(n => n.Inputs).Select(i => i.ToString()).Where(i => !i.Contains("Immutable", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            second.Graph.Nodes.Values.SelectMany(n => n.Inputs).Select(i => i.ToString()).Where(i => !i.Contains("Immutable", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_input_says_why_it_is_there() =>
        Assert.All(TestPlans.Plan().Graph!.Nodes.Values.SelectMany(n => n.Inputs), input => Assert.NotEmpty(input.Reason));

    [Fact]
    public void Dependencies_lie_in_the_sysroot_with_their_reason() =>
        Assert.Contains(("/sysroot", "zlib is a build dependency of tool"), TestPlans.Plan().InputsOf("tool@arm64.cortex-a57:build"));

    [Fact]
    public void Variables_in_arguments_are_filled_in() =>
        Assert.Contains("--libdir=/usr/lib/aarch64-linux-gnu", TestPlans.Plan().Process("tool@arm64.cortex-a57:build").Arguments);

    [Fact]
    public void An_unknown_variable_is_told_with_its_place()
    {
        var plan = TestPlans.Plan(("recipes/zlib.yaml", TestPlans.Recipe("zlib", "1.3", "system: cmake\n  options: [ \"-DX=$NOWHERE\" ]", "zlib", "/**")));
        var problem = Assert.Single(plan.Diagnostics);
        Assert.Null(plan.Graph);
        Assert.Equal("IC0330", problem.Code);
        Assert.Contains("`$NOWHERE`", problem.Message, StringComparison.Ordinal);
        Assert.Equal("recipes/zlib.yaml", problem.Span!.File);
    }

    [Fact]
    public void Patches_are_applied_between_sources_and_build()
    {
        var plan = TestPlans.Plan();
        var source = plan.Graph!.Nodes[new("tool@arm64.cortex-a57:build")].Inputs.Single(i => i.MountPath == "/src").Source;
        Assert.Equal(new ActionId("tool:patched"), Assert.IsType<InputSource.OutputOf>(source).Action);
        Assert.Contains(plan.InputsOf("tool:patch"), i => i.Reason == "patch 0001-fix.patch");
    }

    [Fact]
    public void Sources_do_not_depend_on_the_board() =>
        Assert.DoesNotContain('@', TestPlans.Plan().Graph!.Nodes.Keys.First(k => k.Value.StartsWith("zlib:", StringComparison.Ordinal)).Value);

    [Fact]
    public void A_kernel_gets_the_fragments_of_all_who_have_a_say_in_their_order() =>
        Assert.Equal(
            ["fragment of linux", "fragment of the architecture arm64", "fragment of the board virt", "fragment of the accelerator old"],
            TestPlans.Plan().InputsOf("linux@virt:fragments").Select(i => i.Reason));

    [Fact]
    public void An_accelerator_newer_than_the_kernel_is_left_out_and_comes_with_a_newer_one()
    {
        Assert.DoesNotContain(TestPlans.Plan().Checks, c => c.Owner == "new");
        var plan = TestPlans.Plan(("recipes/linux.yaml", TestPlans.Recipe("linux", "6.18.0", "system: kernel\n  config: tinyconfig\n  fragments: [ base.config ]", "modules", "/usr/lib/modules/**")));
        Assert.Contains(plan.Checks, c => c.Owner == "new" && c.Check.Run.Value.StartsWith("set -- 'new_npu' 'present'\n", StringComparison.Ordinal));
        Assert.Contains(plan.InputsOf("linux@virt:fragments"), i => i.Reason == "fragment of the accelerator new");
    }

    [Fact]
    public void Modules_with_dashes_are_looked_for_as_the_kernel_spells_them() =>
        Assert.Contains(TestPlans.Plan().Checks, c => c.Owner == "old" && c.Check.Run.Value.StartsWith("set -- 'old-npu' 'present'\n", StringComparison.Ordinal));

    [Fact]
    public void Services_start_after_those_they_name() =>
        Assert.Equal(["/bin/a", "/bin/b"], TestPlans.Plan().Request<MakeRootFsRequest>("base@virt:rootfs").Services.Select(s => s.Run));

    [Theory]
    [InlineData("license: MIT", "license: BSD-3-Clause")]
    [InlineData("https://example.org/tool", "https://mirror.example.org/tool")]
    public void What_only_the_manifest_tells_of_a_package_puts_no_root_file_system_together_anew(string said, string instead)
    {
        var (plan, other) = (TestPlans.Plan(), TestPlans.Plan(("recipes/tool.yaml", TestPlans.Text("recipes/tool.yaml").Replace(said, instead, StringComparison.Ordinal))));
        Assert.Equal(plan.RequestText("base@virt:rootfs"), other.RequestText("base@virt:rootfs"));
        Assert.NotEqual(plan.RequestText("base@virt:manifest"), other.RequestText("base@virt:manifest"));
    }

    [Fact]
    public void Planning_needs_neither_the_functions_that_it_asks_for_nor_ONNX_Runtime() =>
        Assert.Empty(typeof(Planner).Assembly.GetReferencedAssemblies().Concat(typeof(RequestJson).Assembly.GetReferencedAssemblies()).Select(a => a.Name).Intersect(["Imagecraft.BuiltIns", "Imagecraft.Onnx", "Microsoft.ML.OnnxRuntime"]));

    [Fact]
    public void A_service_that_starts_after_itself_is_an_error() =>
        Assert.Contains(TestPlans.Plan(("images/base.yaml", "image: base\npackages: [ tool ]\nservices:\n  - { name: a, run: /a, after: [ b ] }\n  - { name: b, run: /b, after: [ a ] }\n")).Diagnostics, d => d.Code == "IC0362" && d.Hint == "Remove one `after`: [ `a` after `b` after `a` ]");

    [Fact]
    public void Of_two_services_of_one_name_both_places_are_told() =>
        Assert.Contains(TestPlans.Plan(("images/base.yaml", "image: base\npackages: [ tool ]\nnetwork: { interfaces: [ { name: eth0, dhcp: true } ] }\nservices:\n  - { name: network-eth0, run: /a }\n")).Diagnostics, d => d.Code == "IC0361" && d.Hint == "The other is at images/base.yaml:3:34; rename one");

    [Fact]
    public void A_tool_root_that_the_lock_lacks_names_the_verb_that_mends_it()
    {
        var plan = Planner.Plan(TestPlans.Workspace(), TestPlans.Lock with { Sets = [] }, new PlanOptions("/workspace", "amd64", TestPlans.Sdk), "virt", null);
        Assert.Contains(plan.Diagnostics, d => d.Code == "IC0311" && d.Hint == "Run `./build.sh lock`");
    }

    [Fact]
    public void Tool_roots_can_be_planned_besides_the_image()
    {
        var options = new PlanOptions("/workspace", "amd64", TestPlans.Sdk) { ToolRoots = ["audio"] };
        var workspace = TestPlans.Workspace(("recipes/audio.yaml", "toolroot: audio\nfeed: trixie\npackages: [ espeak-ng ]\n"));
        Assert.Contains(new ActionId("toolroot:audio"), Planner.Plan(workspace, TestPlans.Lock, options, "virt", null).Graph!.Nodes.Keys);
        Assert.DoesNotContain(new ActionId("toolroot:audio"), Planner.Plan(workspace, TestPlans.Lock, options with { ToolRoots = [] }, "virt", null).Graph!.Nodes.Keys);
    }

    [Fact]
    public void Boards_of_equal_tuning_share_what_is_built() =>
        Assert.Equal(
            TestPlans.Plan().Graph!.Nodes.Keys.Where(k => k.Value.Contains("@arm64", StringComparison.Ordinal)).Order(Comparer<ActionId>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value))),
            Planner.Plan(
                TestPlans.Workspace(("boards/second.yaml", "board: second\narchitecture: arm64\ncpu-flags: [ -mcpu=cortex-a57 ]\nkernel: linux\ncommand-line: x\nconsole: ttyS0\ndefault-image: base\n")),
                TestPlans.Lock, new PlanOptions("/elsewhere", "amd64", TestPlans.Sdk), "second", null).Graph!.Nodes.Keys.Where(k => k.Value.Contains("@arm64", StringComparison.Ordinal)).Order(Comparer<ActionId>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value))));

    [Fact]
    public void The_lock_is_asked_for_tool_roots_of_the_host_and_prebuilt_recipes_of_the_boards()
    {
        var workspace = TestPlans.Workspace(("recipes/libc.yaml", "recipe: libc\nversion: \"1\"\nlicense: MIT\nbuild:\n  system: prebuilt\n  feed: trixie\n  packages: [ libc6 ]\npackages:\n  - { name: libc, files: [ \"/**\" ] }\n"));
        var requests = LockSets.Debian(workspace, "amd64", _ => true);
        Assert.Contains(requests, r => r.Name == "toolroot/cross" && r.Architecture == "amd64");
        Assert.Contains(requests, r => r.Name == "recipe/libc" && r.Architecture == "arm64");
    }

    [Fact]
    public void A_feature_brings_packages_fragments_arguments_and_checks_of_its_own()
    {
        var plan = TestPlans.Plan(
            ("images/features/rt.yaml", "feature: rt\npackages: [ zlib ]\nkernel-fragments: [ rt.config ]\ncommand-line: isolcpus=1\ninit: systemd\nchecks: [ { name: kernel, run: uname } ]\n"),
            ("images/base.yaml", "image: base\nfeatures: [ rt ]\npackages: [ tool ]\n"));
        Assert.Contains(plan.InputsOf("base@virt:rootfs"), i => i.Mount == "/package/zlib");
        Assert.EndsWith("rt.config", plan.Request<MergeFragmentsRequest>("linux@virt.base:fragments").Fragments[^1], StringComparison.Ordinal);
        Assert.Contains(plan.Checks, c => c.Owner == "rt" && c.Check.Name.Value == "kernel");
        Assert.Equal("console=ttyAMA0 init=/usr/lib/systemd/systemd isolcpus=1", plan.CommandLine);
    }

    [Fact]
    public void A_container_is_carried_without_kernel_modules()
    {
        var plan = TestPlans.Plan(("images/box.yaml", "image: box\npackages: [ zlib ]\ninit: none\n"), ("images/base.yaml", "image: base\npackages: [ tool ]\ncontainers: [ box ]\n"));
        Assert.Contains(plan.InputsOf("base@virt:rootfs"), i => i.Mount == "/container/box");
        Assert.Equal(["/package/zlib"], plan.InputsOf("box@virt:rootfs").Select(i => i.Mount));
    }

    [Fact]
    public void A_container_alone_comes_as_an_OCI_archive() =>
        Assert.Equal(["SHA256SUMS", "files.json", "hardening.txt", "manifest.json", "rootfs.oci.tar", "rootfs.tar"], TestPlans.Plan(("images/base.yaml", "image: base\npackages: [ zlib ]\ninit: none\n")).Artifacts.Keys);

    // Debian's C library has no CET on x86-64, so nothing that is linked with it is marked, however it was compiled.
    [Theory]
    [InlineData("-mbranch-protection=standard", true)]
    [InlineData("-fcf-protection=full", false)]
    public void Marks_of_jump_guards_are_demanded_where_the_C_library_lets_the_linker_set_them(string flag, bool isDemanded) =>
        Assert.Equal(isDemanded, TestPlans.Plan(("boards/arch.yaml", $"{TestPlans.Text("boards/arch.yaml")}hardening-flags: [ {flag} ]\n")).Request<CheckHardeningRequest>("base@virt:hardening").HasJumpGuard);

    [Fact]
    public void A_container_for_an_architecture_that_OCI_does_not_know_is_told_with_its_place()
    {
        var plan = TestPlans.Plan(("boards/arch.yaml", TestPlans.Text("boards/arch.yaml").Replace("debian: arm64", "debian: mips64el", StringComparison.Ordinal)), ("images/base.yaml", "image: base\npackages: [ zlib ]\ninit: none\n"));
        var problem = Assert.Single(plan.Diagnostics);
        Assert.Equal(("IC0369", "The image `base` cannot be a container for `arm64`: Debian's `mips64el` has no name in OCI images", "boards/arch.yaml", 2), (problem.Code, problem.Message, problem.Span!.File, problem.Span.Line));
        Assert.Equal("Known are [amd64, arm64, armhf, riscv64]", problem.Hint);
    }

    [Fact]
    public void Services_of_a_container_are_an_error() =>
        Assert.Contains(TestPlans.Plan(("images/base.yaml", "image: base\ninit: none\nservices: [ { name: a, run: /a } ]\n")).Diagnostics, d => d.Code == "IC0365");

    [Fact]
    public void A_board_without_partitions_comes_as_a_file_system_of_the_images_choice()
    {
        var plan = TestPlans.Plan(
            ("boards/board.yaml", TestPlans.Text("boards/board.yaml")[..TestPlans.Text("boards/board.yaml").IndexOf("partitions", StringComparison.Ordinal)]),
            ("images/base.yaml", "image: base\nroot: erofs\n"),
            ("recipes/formats.yaml", "toolroot: formats\nfeed: trixie\npackages: [ erofs-utils ]\n"));
        Assert.Equal(["Image", "SHA256SUMS", "files.json", "hardening.txt", "kernel.config", "kernel.requested", "manifest.json", "rootfs.erofs", "rootfs.tar"], plan.Artifacts.Keys);
    }

    [Fact]
    public void An_artifact_that_nothing_makes_names_the_nearest() =>
        Assert.Contains(TestPlans.Plan(("images/base.yaml", "image: base\nformats: [ rootfs.exty ]\n")).Diagnostics, d => d.Code == "IC0364" && d.Hint!.StartsWith("Did you mean `rootfs.ext4`?", StringComparison.Ordinal));
}
