// The virtual accelerator through Linux: its driver binds, computes, refuses, and outlives each fault; ONNX Runtime runs networks on it.

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Imagecraft.Qemu.Machines;
using Imagecraft.TestKit;
using Imagecraft.VirtualNpu;
using Imagecraft.VirtualNpu.Tests;

namespace Imagecraft.EndToEnd.Tests;

public sealed class VirtualNpuTests : IDisposable
{
    private readonly RepositoryWorkspace _workspace = new();
    private readonly Faults _faults = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_driver_computes_refuses_and_outlives_every_fault()
    {
        await using var served = await ServedDevice.StartNpuAsync(_faults);
        await using var machine = await BootAsync(served.Path);

        var all = await machine.ExpectAsync("vnpu-check all 50", cancellationToken: Cancellation);
        Assert.Contains("firmware 1.1", all, StringComparison.Ordinal);
        Assert.Contains("computes\nrefuses", all, StringComparison.Ordinal);

        // Its state lies outside of QEMU.
        Assert.Contains("a device `vfio-user-pci`, whose state QEMU cannot save", (await Assert.ThrowsAnyAsync<IOException>(() => machine.SaveAsync(Cancellation))).Message, StringComparison.Ordinal);

        await HitAsync(machine, Fault.LostInterrupt, isJobGood: true, "an interrupt was lost");
        await HitAsync(machine, Fault.Stall, isJobGood: false, "did not end in 10000 ms; the device is reset");
        await HitAsync(machine, Fault.BadAddress, isJobGood: false, said: null);
        Assert.Equal("1\n1", await machine.ExpectAsync("cat /sys/bus/pci/drivers/vnpu/*/lost_interrupts /sys/bus/pci/drivers/vnpu/*/resets", cancellationToken: Cancellation));

        // A module loads though its device does not start.
        _faults.Add(Fault.FirmwareVersion, 1);
        await machine.ExpectAsync("rmmod vnpu && modprobe vnpu", cancellationToken: Cancellation);
        Assert.Contains("the firmware vnpu/vnpu-1.bin was refused (status 4): its version is not one that the device takes", await machine.ExpectAsync("dmesg; ! ls /dev/accel/accel0", cancellationToken: Cancellation), StringComparison.Ordinal);
        Assert.Contains("refuses", await machine.ExpectAsync("rmmod vnpu && modprobe vnpu && vnpu-check all 10", cancellationToken: Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Networks_run_on_it_with_the_bits_of_the_reference_and_its_faults_are_told_as_themselves()
    {
        await using var served = await ServedDevice.StartNpuAsync(_faults);
        await using var machine = await BootAsync(served.Path, "[ fashion-mnist, ppocr-direction, { model: fashion-mnist, accelerator: vnpu } ]");
        var devices = await machine.ExpectAsync("imagecraft-infer devices", cancellationToken: Cancellation);
        Assert.Matches("npu +/dev/accel/accel0: vnpu 1.0, firmware 1.1, driver 1.0, 1000 MHz; ImagecraftVnpu 1.0.0", devices);

        foreach (var model in new[] { "fashion-mnist", "ppocr-direction" })
        {
            var folder = $"/usr/share/models/{model}";
            // Floats begin and end on the processor; all in between is one part.
            var info = await machine.ExpectAsync($"imagecraft-infer info {folder}/model.onnx --device npu", cancellationToken: Cancellation);
            Assert.Matches("device +/dev/accel/accel0 by ImagecraftVnpu: 100.0 % of [0-9]+ multiply-accumulates, [0-9]+ of [0-9]+ nodes, 1 parts, 2 crossings", info);
            Assert.Matches("node +cpu +[0-9]+ QGemm: it gives floats", info);
            Assert.Contains("1 of 1 outputs of 1 samples reproduced", await machine.ExpectAsync($"imagecraft-infer verify {folder} --device npu", cancellationToken: Cancellation), StringComparison.Ordinal);

            // The bits of the reference; behind the direction's part the processor forms exponentials in single precision.
            var (input, tolerance) = model == "fashion-mnist" ? ("image", "0") : ("x", "2e-7");
            var run = await machine.ExpectAsync($"imagecraft-infer run {folder}/model.onnx --device npu --inputs {folder}/golden/*/inputs --sequence {input} --expect {folder}/golden/*/expected --tolerance {tolerance}", cancellationToken: Cancellation);
            Assert.Contains("golden `", run, StringComparison.Ordinal);
        }

        // Arranged networks are kept on a board, which has no OpenSSL.
        const string Kept = "imagecraft-infer verify /usr/share/models/fashion-mnist --load-cache /tmp/arranged && ls /tmp/arranged | wc -l";
        Assert.Contains("reproduced\n1", await machine.ExpectAsync($"{Kept}; {Kept}", cancellationToken: Cancellation), StringComparison.Ordinal);

        // What the build compiled is what the provider would compile: the same nodes are where they would be.
        const string Own = "/usr/share/models/fashion-mnist-vnpu";
        var built = await InfoAsync($"{Own}/model.onnx");
        Assert.Contains("parts     compiled by the build", built, StringComparison.Ordinal);
        Assert.Contains("1 of 1 outputs of 1 samples reproduced", await machine.ExpectAsync($"imagecraft-infer verify {Own} --require-device", cancellationToken: Cancellation), StringComparison.Ordinal);
        var alone = await InfoAsync("/tmp/alone.onnx", $"cp {Own}/model.onnx /tmp/alone.onnx");
        Assert.Contains("parts     compiled at load\n", alone, StringComparison.Ordinal);
        Assert.Equal(Placed(alone), Placed(built));
        Assert.Contains("parts     compiled at load: `/tmp/alone_ctx.onnx` is of another network", await InfoAsync("/tmp/alone.onnx", $"cp {Own}/model_ctx.onnx /tmp/alone_ctx.onnx && cp /usr/share/models/fashion-mnist/model.onnx /tmp/alone.onnx"), StringComparison.Ordinal);
        var damaged = await InfoAsync("/tmp/alone.onnx", $"cp {Own}/model.onnx /tmp/alone.onnx && sed -i s/VNPUCTX/vnpuctx/ /tmp/alone_ctx.onnx");
        Assert.True(Regex.IsMatch(damaged, "parts     compiled at load: The execution provider `ImagecraftVnpu` could not read the network: The compiled part `vnpu_0` .* cannot be used: it is no compiled part for this accelerator"), damaged);

        var bench = await machine.ExpectAsync("imagecraft-infer bench /usr/share/models/fashion-mnist --queries 20 --warmup 2 --device npu --json", cancellationToken: Cancellation);
        Assert.Matches("\"device\":\\{\"path\":\"/dev/accel/accel0\",\"provider\":\"ImagecraftVnpu\",\"share\":0.99[0-9]*,\"regions\":1,\"crossings\":2,\"jobs\":1,\"cycles\":[0-9.]+,\"device_ms\":[0-9.]+,\"transfer_ms\":[0-9.]+,\"utilization\":[0-9.E-]+\\}", bench);

        // What multiplies and stays behind is named.
        var required = await machine.RunAsync("imagecraft-infer verify /usr/share/models/fashion-mnist --require-device", cancellationToken: Cancellation);
        Assert.Equal(3, required.ExitCode);
        Assert.Contains("`--require-device`: 1 nodes that multiply are not on the accelerator: [QGemm: it gives floats]", required.Output, StringComparison.Ordinal);

        await FailAsync(machine, Fault.BadAddress, "The accelerator /dev/accel/accel0 could not reach an address of the machine's memory");
        await FailAsync(machine, Fault.Stall, "The accelerator /dev/accel/accel0 did not end a job in its time, and was reset");
        // One wrong bit is no error of the device's; golden outputs find it where it changes them.
        await FailAsync(machine, Fault.Gone, "The accelerator /dev/accel/accel0");
        var none = await machine.RunAsync("rmmod vnpu; imagecraft-infer verify /usr/share/models/fashion-mnist --device npu", cancellationToken: Cancellation);
        Assert.Equal(3, none.ExitCode);
        Assert.Contains("There is no accelerator: `/dev/accel` has no accelerator", none.Output, StringComparison.Ordinal);

        Task<string> InfoAsync(string model, string before = "true") => machine.ExpectAsync($"{before} && imagecraft-infer info {model} --device npu", cancellationToken: Cancellation);
        Assert.Contains("1 of 1 outputs of 1 samples reproduced", await machine.ExpectAsync("imagecraft-infer verify /usr/share/models/fashion-mnist --device auto", cancellationToken: Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_serves_it_to_the_checks_that_are_about_it_and_holds_networks_to_their_budgets()
    {
        WriteImage("[ { model: fashion-mnist, accelerator: vnpu } ]", """
            without-checks: [ network ]
            checks:
              - { name: without, run: "! ls /dev/accel" }
              - { name: within, run: "imagecraft-infer verify /usr/share/models/fashion-mnist-vnpu --require-device --json", matches: [ '"device":\{"path":"/dev/accel/accel0","share":1,"regions":1,"crossings":2,"cycles":[0-9]+,"excesses":\[\]\}' ], needs: [ "accelerator:vnpu" ] }
              - { name: beyond, run: "imagecraft-infer verify /usr/share/models/fashion-mnist-vnpu --device npu --max-crossings 1 --max-cycles 1000", exit: 4, contains: [ "MISMATCH device: 2 values change sides, 1 may", "cycles of the accelerator, 1000 are allowed" ], needs: [ "accelerator:vnpu" ] }

            """);

        var check = await _workspace.RunAsync("check", "--board", "qemu-arm64", "--image", "npu", "--locked");

        Assert.True(check.ExitCode == 0, check.StandardOutput + check.StandardError);
        foreach (var passed in (string[])["vnpu: module-vnpu", "vnpu: device-accel-accel-", "vnpu: answers", "npu: without", "npu: within", "npu: beyond", "fashion-mnist-vnpu: verify", "boot: reboot"])
            Assert.Contains($"passed  {passed} ", check.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_goes_takes_neither_the_machine_nor_its_programs_with_it()
    {
        var served = await ServedDevice.StartNpuAsync(_faults);
        await using var machine = await BootAsync(served.Path);
        await machine.ExpectAsync("vnpu-check info", cancellationToken: Cancellation);

        await served.DisposeAsync();

        Assert.NotEqual(0, (await machine.RunAsync("vnpu-check latency 1", cancellationToken: Cancellation)).ExitCode);
        Assert.Equal("alive", await machine.ExpectAsync("rmmod vnpu && echo alive", cancellationToken: Cancellation));
        Assert.DoesNotContain("Call trace", machine.ConsoleText(), StringComparison.Ordinal);
    }

    public void Dispose() => _workspace.Dispose();

    /// <summary>One job under a fault, what the kernel says of it, and that all is well afterwards.</summary>
    private async Task HitAsync(Machine machine, Fault fault, bool isJobGood, string? said)
    {
        _faults.Add(fault, 1);
        var job = await machine.RunAsync("vnpu-check latency 1", cancellationToken: Cancellation);
        Assert.True(job.ExitCode == 0 == isJobGood, $"{fault}: {job.Output}");
        if (said is not null)
            Assert.Contains(said, await machine.ExpectAsync("dmesg", cancellationToken: Cancellation), StringComparison.Ordinal);
        Assert.Contains("computes", await machine.ExpectAsync("vnpu-check all 10", cancellationToken: Cancellation), StringComparison.Ordinal);
    }

    /// <summary>A network under a fault: what its error says.</summary>
    private async Task FailAsync(Machine machine, Fault fault, string said)
    {
        _faults.Add(fault, 1);
        var run = await machine.RunAsync("imagecraft-infer run /usr/share/models/fashion-mnist/model.onnx --device npu --inputs /usr/share/models/fashion-mnist/golden/*/inputs --sequence image", cancellationToken: Cancellation);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains(said, run.Output, StringComparison.Ordinal);
    }

    private void WriteImage(string models, string checks = "")
    {
        var documents = Path.Combine(RepositoryWorkspace.Repository, "images", "edge-ml.yaml");
        // The kernel is that of edge-ml.
        var fragments = File.ReadLines(documents).Single(line => line.StartsWith("kernel-fragments:", StringComparison.Ordinal)).Replace("[ ", "[ ../../../images/", StringComparison.Ordinal).Replace(", ", ", ../../../images/", StringComparison.Ordinal);
        _workspace.Write("layers/mine/images/npu.yaml", $"image: npu\npackages: [ base-files, busybox{(models == "[]" ? "" : ", imagecraft-infer")} ]\nmodels: {models}\n{fragments}\ngroups: [ {{ name: render, id: 105 }} ]\nusers: [ {{ name: root, id: 0, home: /root, shell: /bin/sh, password: \"\" }} ]\nsize: 192 MiB\n{checks}");
    }

    private static string[] Placed(string info) => [.. info.Split('\n').Where(line => line.StartsWith("device ", StringComparison.Ordinal) || line.StartsWith("node ", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private async Task<Machine> BootAsync(string socket, string models = "[]")
    {
        WriteImage(models);
        var file = Path.Combine(_workspace.Root, "machine.json");
        var built = await _workspace.RunAsync("machine", "--board", "qemu-arm64", "--image", "npu", "--locked", file);
        Assert.True(built.ExitCode == 0, built.StandardOutput + built.StandardError);
        ImmutableArray<string> device =
        [
            "-object", "memory-backend-memfd,id=mem0,size=512M,share=on", "-machine", "memory-backend=mem0", "-device", "pcie-root-port,id=rp0,chassis=1",
            "-device", $$"""{"driver":"vfio-user-pci","bus":"rp0","rombar":0,"socket":{"type":"unix","path":"{{socket}}"} }""",
        ];
        return await Machine.StartAsync(new MachineOptions { Description = MachineDescription.FromJson(await File.ReadAllTextAsync(file, Cancellation)) with { Accelerators = [] }, Arguments = device }, Cancellation);
    }
}
