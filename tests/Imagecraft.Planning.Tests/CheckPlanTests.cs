// Which checks come with an image, and what every boot of it must show.

using System.Diagnostics;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Planning.Checks;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Tests;

public sealed class CheckPlanTests
{
    private const string Accelerator = "accelerator: old\nmodules: [ old-npu ]\ndevices:\n  - { path: \"/dev/accel/Old*\", mode: \"0660\", group: render }\n  - { path: \"/dev/plain\" }\n";

    private const string Board = "board: virt\narchitecture: arm64\nkernel: linux\ncommand-line: x\nconsole: ttyAMA0\naccelerators: [ old ]\ndefault-image: base\npartitions:\n  - { name: root, type: linux-root-arm64, content: rootfs.ext4 }\n";

    private static readonly string Image = "image: base\npackages: [ tool ]\nwithout-checks: [ clock, network ]\nservices:\n  - { name: third, run: /bin/c -x, kind: respawn }\n  - { name: fourth, run: /bin/d, kind: once }\n";

    private static string[] Names(ImageBuild build) => [.. build.Checks.Select(c => $"{c.Owner}/{c.Check.Name}")];

    [Fact]
    public void A_declared_device_node_is_checked_with_its_mode_and_group()
    {
        var build = TestPlans.Plan(("boards/old.yaml", Accelerator), ("boards/board.yaml", Board));

        Assert.Equal(["virt/machine", "old/module-old-npu", "old/device-accel-old-", "old/device-plain"], Names(build));
        var check = build.Checks[2].Check;
        Assert.StartsWith("set -- '/dev/accel/Old*' ' 660 root render'\n", check.Run.Value, StringComparison.Ordinal);
        Assert.Equal(" 660 root render", check.Contains[0].Value);
        Assert.Equal(" 660 root root", build.Checks[3].Check.Contains[0].Value);
    }

    [Fact]
    public async Task The_check_of_a_device_node_prints_nodes_with_mode_and_owner()
    {
        var accelerator = Accelerator.Replace("modules: [ old-npu ]\n", "", StringComparison.Ordinal).Replace("/dev/accel/Old*\", mode: \"0660\", group: render", "/dev/nul?\", mode: \"0666\", group: root", StringComparison.Ordinal);
        var check = TestPlans.Plan(("boards/old.yaml", accelerator), ("boards/board.yaml", Board)).Checks[1].Check;

        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", check.Run.Value]) { RedirectStandardOutput = true })!;

        Assert.Equal($"/dev/null{check.Contains[0]}\n", await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(" 666 root root", check.Contains[0].Value);
    }

    [Fact]
    public void Device_nodes_of_hardware_that_QEMU_does_not_have_are_not_checked_but_modules_are()
    {
        var build = TestPlans.Plan(
            ("boards/old.yaml", Accelerator), ("boards/board.yaml", Board + "qemu: { system: aarch64, arguments: [ -M, virt ], without: [ old ] }\n"),
            ("recipes/qemu.yaml", "toolroot: qemu\nfeed: trixie\npackages: [ gcc ]\n"));

        Assert.Equal(["virt/machine", "old/module-old-npu"], Names(build));
        Assert.StartsWith("set -- 'old-npu' 'absent'\n", build.Checks[1].Check.Run.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void On_a_board_what_QEMU_does_not_have_is_checked_as_it_is_there()
    {
        var workspace = TestPlans.Workspace(
            ("boards/old.yaml", Accelerator), ("boards/board.yaml", Board + "qemu: { system: aarch64, arguments: [ -M, virt ], without: [ old ] }\n"),
            ("recipes/qemu.yaml", "toolroot: qemu\nfeed: trixie\npackages: [ gcc ]\n"));
        var build = Planner.Plan(workspace, TestPlans.Lock, new PlanOptions("/workspace", "amd64", TestPlans.Sdk) { OnBoard = true }, "virt", null);

        Assert.StartsWith("set -- 'old-npu' 'present'\n", build.Checks[1].Check.Run.Value, StringComparison.Ordinal);
        Assert.Contains(build.Checks, c => c.Check.Name.Value.StartsWith("device-", StringComparison.Ordinal));
    }

    [Fact]
    public void A_check_comes_along_only_when_the_image_has_what_it_needs()
    {
        var build = TestPlans.Plan(("boards/board.yaml", Board + """
            checks:
              - { name: a, run: a, needs: [ "package:tool", "accelerator:old" ] }
              - { name: b, run: b, needs: [ "package:zlib" ] }
              - { name: c, run: c, needs: [ "accelerator:new" ] }
              - { name: d, run: d, needs: [ /dev/null, a ] }
            """));

        Assert.Equal(["virt/machine", "old/module-old-npu", "virt/a", "virt/d"], Names(build));
    }

    [Fact]
    public void Checks_of_an_accelerator_that_a_program_serves_and_of_who_needs_it_get_a_machine_with_it()
    {
        var build = TestPlans.Plan(("boards/old.yaml", Accelerator + "server: imagecraft-vnpu\n"), ("boards/board.yaml", Board + """
            checks:
              - { name: a, run: a, needs: [ "package:zlib" ] }
              - { name: b, run: b, needs: [ "accelerator:old" ] }
              - { name: c, run: c }
            """));

        Assert.Equal(
            ["virt/machine ", "old/module-old-npu old", "old/device-accel-old- old", "old/device-plain old", "virt/b old", "virt/c "],
            build.Checks.Select(c => $"{c.Owner}/{c.Check.Name} {string.Join(',', c.Accelerators)}"));
        Assert.All(TestPlans.Plan(("boards/old.yaml", Accelerator), ("boards/board.yaml", Board)).Checks, check => Assert.Empty(check.Accelerators));
    }

    [Fact]
    public void An_accelerator_that_a_program_serves_is_on_no_board_on_a_desk()
    {
        var workspace = TestPlans.Workspace(("boards/old.yaml", Accelerator + "server: imagecraft-vnpu\n"), ("boards/board.yaml", Board + "checks: [ { name: b, run: b, needs: [ \"accelerator:old\" ] } ]\n"));
        Assert.Equal(["virt/machine"], Names(Planner.Plan(workspace, TestPlans.Lock, new PlanOptions("/workspace", "amd64", TestPlans.Sdk) { OnBoard = true }, "virt", null)));
    }

    [Fact]
    public void A_boot_must_show_the_services_that_run_on_and_not_what_the_image_does_without()
    {
        var build = TestPlans.Plan(("images/base.yaml", Image));

        Assert.Equal(["first", "second", "third"], build.Boot.Services);
        Assert.Equal(["clock", "network"], build.Boot.Without);
    }

    [Theory]
    [InlineData("", "first nodes second third")]
    [InlineData("init: systemd\n", "first second third units")]
    public void A_service_of_one_init_is_started_awaited_and_shown_under_that_alone(string init, string services)
    {
        var image = Image.Replace("services:\n", "services:\n  - { name: nodes, run: /bin/n, init: busybox }\n  - { name: units, run: /bin/u, init: systemd }\n", StringComparison.Ordinal).Replace("kind: respawn }", "kind: respawn, after: [ nodes, fourth ] }", StringComparison.Ordinal);
        var build = TestPlans.Plan(("images/base.yaml", image + init));

        Assert.Empty(build.Diagnostics);
        Assert.Equal(services.Split(' '), build.Boot.Services);
        Assert.Equal(init == "" ? ["nodes", "fourth"] : ["fourth"], build.Request<MakeRootFsRequest>("base@virt:rootfs").Services.Single(s => s.Name == "third").After!);
    }
}
