// What an SDK finds in its own folder again, and what it refuses to put onto a board.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Development;
using Imagecraft.Cli.Publishing;
using Imagecraft.Cli.Verbs.OfSdk;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Cli.Tests.Development;

public sealed class SdkTests : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("imagecraft-sdk-").FullName;

    public void Dispose() => Directory.Delete(_base, recursive: true);

    [Theory]
    [InlineData("plain")]
    [InlineData("with, commas")]
    public void A_machine_is_found_again_wherever_the_SDK_lies(string name)
    {
        var artifacts = Directory.CreateDirectory(Path.Combine(_base, name)).FullName;
        foreach (var file in (string[])["Image", "disk.img", "flash.bin", "flash.bin.sig", "manifest.json", "SHA256SUMS"])
            File.WriteAllText(Path.Combine(artifacts, file), file);
        var machine = new MachineDescription
        {
            ToolRoot = "/cache/trees/qemu", System = "aarch64", Image = Path.Combine(artifacts, "Image"), Disk = Path.Combine(artifacts, "disk.img"), CommandLine = "quiet",
            Arguments = ["-bios", Path.Combine(artifacts, "flash.bin"), "-drive", $"file={Path.Combine(artifacts, "flash.bin").Replace(",", ",,", StringComparison.Ordinal)},format=raw", "-append", "$CMDLINE"],
            Accelerators = [new("vnpu", ["/sdk/dotnet", "exec", "/orchestrator/imagecraft-vnpu.dll", "--ends-with-parent"], ["/dev/accel/*"])],
        };

        var files = SdkMachine.Files(machine, artifacts).ToList();

        Assert.Equal(["machine/Image", "machine/SHA256SUMS", "machine/disk.img", "machine/flash.bin", "machine/machine.json"], files.Select(file => file.Name).Order(StringComparer.Ordinal));
        var sdk = Path.Combine(_base, "moved, too");
        Directory.CreateDirectory(Path.Combine(sdk, "machine"));
        var text = Assert.IsType<ArchiveFile.OfText>(files[0]).Text;
        Assert.DoesNotContain(_base, text, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(sdk, "machine", "machine.json"), text);
        var found = SdkMachine.Read(sdk);
        Assert.Equal(
            ["-bios", $"{sdk}/machine/flash.bin", "-drive", $"file={sdk.Replace(",", ",,", StringComparison.Ordinal)}/machine/flash.bin,format=raw", "-append", "$CMDLINE"], found.Arguments);
        Assert.Equal(($"{sdk}/qemu", $"{sdk}/machine/Image", $"{sdk}/machine/disk.img"), (found.ToolRoot, found.Image, found.Disk));
        Assert.Equal([$"{sdk}/bin/imagecraft-vnpu", "--ends-with-parent"], found.Accelerators[0].Server);
    }

    [Fact]
    public void Files_go_to_where_they_are_meant_to_as_what_they_are()
    {
        var sdk = Sdk(183);
        File.WriteAllText(Path.Combine(_base, "greeter.conf"), "word: hello\n");
        File.WriteAllText(Path.Combine(_base, "script"), "#!/bin/sh\n");
        File.SetUnixFileMode(Path.Combine(_base, "script"), (UnixFileMode)0b111_101_101);

        Assert.Equal("/usr/bin/script", Local("script").Path);
        Assert.Equal("/etc/greeter.conf", Local("greeter.conf:/etc/").Path);
        var named = Local("greeter.conf:/etc/other.conf").Installed(sdk);
        Assert.Equal(("/etc/other.conf", "644"), (named.Path, named.State.Split(' ')[2]));
        Assert.Equal("755", Local("script").Installed(sdk).State.Split(' ')[2]);
        Assert.Contains("is no absolute path of the board", Assert.Throws<ProblemException>(() => Local("script:etc/x")).Message, StringComparison.Ordinal);
        Assert.Contains("There is no file", Assert.Throws<ProblemException>(() => Local("nothing")).Message, StringComparison.Ordinal);
        Assert.Contains("is no compiled program", Assert.Throws<ProblemException>(() => Local("script").RequireProgram(sdk)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_for_another_processor_is_refused()
    {
        File.Copy(Environment.ProcessPath!, Path.Combine(_base, "program"));
        var refused = Assert.Throws<ProblemException>(() => Local("program").Installed(Sdk(machine: 1)));
        Assert.Contains("is a program for another processor than that of `desk`", refused.Message, StringComparison.Ordinal);
        Assert.Contains("aarch64-linux-gnu-gcc", refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_SDK_and_a_machine_that_does_not_run_are_told()
    {
        var console = new TextConsole();
        var sdk = new UnpackedSdk(_base);
        File.WriteAllText(Path.Combine(_base, "script"), "#!/bin/sh\n");
        var session = new Session(console, Path.Combine(_base, "state"), _ => null) { Sdk = sdk };

        Assert.Equal(ExitCodes.Environment, await Dispatcher.RunAsync(SdkVerbs.Of(sdk), ["deploy", Path.Combine(_base, "script"), "--to", "qemu"], session));
        Assert.Contains($"The SDK in `{_base}` is damaged", console.ErrorText, StringComparison.Ordinal);
        Sdk(183);
        Assert.Equal(ExitCodes.User, await Dispatcher.RunAsync(SdkVerbs.Of(sdk), ["deploy", Path.Combine(_base, "script"), "--to", "qemu"], session));
        Assert.Contains("Start one in another terminal: `imagecraft run`", console.ErrorText, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.User, await Dispatcher.RunAsync(SdkVerbs.Of(sdk), ["run"], session));
        Assert.Contains("has no machine of QEMU's", console.ErrorText, StringComparison.Ordinal);
    }

    private LocalProgram Local(string text) => LocalProgram.Parse(Path.Combine(_base, text));

    private UnpackedSdk Sdk(int machine)
    {
        File.WriteAllText(Path.Combine(_base, SdkFacts.FileName), new SdkFacts("desk", "tiny", "aarch64-linux-gnu", machine).ToJson());
        return new(_base);
    }
}
