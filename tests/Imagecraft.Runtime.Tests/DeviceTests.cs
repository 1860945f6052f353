// What is told of accelerators where there is none; with one, the boot tests do it.

using CliWrap;
using Imagecraft.Onnx.Tests;

namespace Imagecraft.Runtime.Tests;

public sealed class DeviceTests
{
    [Fact]
    public async Task Devices_are_the_processors_where_nothing_else_is()
    {
        var result = await Infer.RunAsync("devices");
        Assert.Equal((0, $"cpu       {Environment.ProcessorCount} processors\n"), (result.ExitCode, result.StandardOutput));
        Assert.Contains("`x` is one word too many", await Infer.FailAsync("devices", "x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_accelerator_that_is_not_there_is_an_error_unless_it_may_be_missing()
    {
        using var folder = new TemporaryFolder();
        DeployedModel.Write(folder);
        var model = folder[""];
        Assert.Contains("There is no execution provider beside this program", await Infer.FailAsync("verify", model, "--device", "npu"), StringComparison.Ordinal);
        Assert.Contains("There is no execution provider beside this program", await Infer.FailAsync("verify", model, "--require-device"), StringComparison.Ordinal);
        Assert.Contains("There is no execution provider beside this program", await Infer.FailAsync("verify", model, "--device", "auto", "--require-device"), StringComparison.Ordinal);
        Assert.Contains("`--require-device` needs `--device npu`", await Infer.FailAsync("verify", model, "--device", "cpu", "--require-device"), StringComparison.Ordinal);
        Assert.Contains("`--device gpu` is none of [cpu, npu, auto]", await Infer.FailAsync("verify", model, "--device", "gpu"), StringComparison.Ordinal);
        Assert.Equal(0, (await Infer.RunAsync("verify", model, "--device", "auto")).ExitCode);
        Assert.Contains("limit what is on an accelerator; add `--device npu`", await Infer.FailAsync("verify", model, "--max-crossings", "2"), StringComparison.Ordinal);
        Assert.Contains("`--min-share 2` is not a number from 0 to 1", await Infer.FailAsync("verify", model, "--device", "auto", "--min-share", "2"), StringComparison.Ordinal);
        var limited = await Infer.RunAsync("verify", model, "--device", "auto", "--max-cycles", "1000");
        Assert.Equal(4, limited.ExitCode);
        Assert.Contains("MISMATCH device: there is no accelerator, on which something is limited", limited.StandardOutput, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "describes no execution provider")]
    [InlineData("[]", "describes no execution provider")]
    [InlineData("{ \"accelerator\": \"x\" }", "lacks `provider`")]
    [InlineData("{ \"accelerator\": \"x\", \"provider\": \"X\", \"library\": \"libnone.so\" }", "cannot be loaded")]
    public async Task A_provider_that_is_damaged_is_told_by_its_file(string json, string said)
    {
        // A copy of the program with a provider beside it.
        using var folder = new TemporaryFolder();
        var copied = await Cli.Wrap("cp").WithArguments(["-a", Path.GetDirectoryName(Infer.Program)!, folder["program"]]).ExecuteAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, copied.ExitCode);
        Directory.CreateDirectory(folder["program/providers"]);
        await File.WriteAllTextAsync(folder["program/providers/x.json"], json, TestContext.Current.CancellationToken);
        var result = await Infer.RunProgramAsync(folder["program/imagecraft-infer.dll"], "devices");
        Assert.Contains(said, Infer.Failure(result), StringComparison.Ordinal);
    }
}
