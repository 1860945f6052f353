// The archive of Imagecraft itself: unpacked where there is nothing else, it reads, makes and plans.

using System.Runtime.InteropServices;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Imagecraft.Cli.Publishing;

namespace Imagecraft.Cli.Tests;

public sealed class PublishedToolTests : IDisposable
{
    // The tests themselves may be started by it or by a program of their own.
    private static readonly string _dotnet = Path.GetFullPath("../../../dotnet", RuntimeEnvironment.GetRuntimeDirectory());

    // Where a .NET runtime lies; null: nowhere that would be found.
    private string? _runtimeFolder;

    private readonly string _base = Directory.CreateTempSubdirectory("imagecraft-published-").FullName;

    private static Session Checkout => new(new TextConsole(), Golden.Root, name => name == "PATH" ? Environment.GetEnvironmentVariable("PATH") : null) { Dotnet = _dotnet };

    public void Dispose() => Directory.Delete(_base, recursive: true);

    [Fact]
    public async Task Unpacked_into_an_empty_folder_it_makes_lists_and_plans_a_workspace_without_an_SDK()
    {
        using (var stream = File.Create(Path.Combine(_base, "tool.tar.gz")))
            ToolArchive.Write(stream, PublishedTool.Name, PublishedTool.Files(Checkout));
        // A machine with a shell, tar, and nothing of .NET.
        foreach (var program in (string[])["sh", "readlink", "tar", "gzip"])
            File.CreateSymbolicLink(Path.Combine(Directory.CreateDirectory(Path.Combine(_base, "bin")).FullName, program), (await CliWrap.Cli.Wrap("sh").WithArguments(["-c", $"readlink -f $(command -v {program})"]).ExecuteBufferedAsync(TestContext.Current.CancellationToken)).StandardOutput.Trim());
        await RunAsync(".", "tar", "xzf", "tool.tar.gz");
        Directory.Move(Path.Combine(_base, PublishedTool.Name), Path.Combine(_base, "elsewhere"));
        File.CreateSymbolicLink(Path.Combine(_base, "bin", "imagecraft"), Path.Combine(_base, "elsewhere", "imagecraft"));

        Assert.Contains("imagecraft new", await RunAsync(".", "imagecraft", "new", "--help"), StringComparison.Ordinal);
        Assert.EndsWith("imagecraft image\n", await RunAsync(".", "imagecraft", "new", "workspace", "product"), StringComparison.Ordinal);
        Assert.Contains("image  product ", await RunAsync("product", "imagecraft", "list", "images"), StringComparison.Ordinal);
        Assert.Contains("board  qemu-riscv64", await RunAsync("product", "imagecraft", "list", "boards"), StringComparison.Ordinal);
        Assert.Contains("product-hello@arm64.cortex-a57:build", await RunAsync("product", "imagecraft", "plan", "--locked", "--offline"), StringComparison.Ordinal);
        Assert.Contains("is compiled by the .NET SDK, and this machine has none that fits", await RunAsync("product", "imagecraft", "plan", "--image", "edge-ml", "--locked", "--offline"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_a_package_it_is_installed_by_dotnet_and_has_the_core_layer_with_its_modes()
    {
        await using (var stream = File.Create(Path.Combine(_base, ToolPackage.Name)))
            ToolPackage.Write(stream, PublishedTool.Orchestrator(), PublishedTool.Core(Checkout));
        Directory.CreateDirectory(Path.Combine(_base, "bin"));
        var installed = await CliWrap.Cli.Wrap(_dotnet).WithArguments(["tool", "install", "--tool-path", Path.Combine(_base, "bin"), "--source", _base, "imagecraft"])
            .WithEnvironmentVariables(new Dictionary<string, string?> { ["HOME"] = _base, ["NUGET_PACKAGES"] = Path.Combine(_base, "packages"), ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["DOTNET_NOLOGO"] = "1" })
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        _runtimeFolder = Path.GetDirectoryName(_dotnet);
        Assert.True(installed.ExitCode == 0, installed.StandardOutput + installed.StandardError);

        Assert.EndsWith("imagecraft image\n", await RunAsync(".", "imagecraft", "new", "workspace", "product"), StringComparison.Ordinal);
        Assert.Contains("board  qemu-riscv64", await RunAsync("product", "imagecraft", "list", "boards"), StringComparison.Ordinal);
        Assert.Contains("product-hello@arm64.cortex-a57:build", await RunAsync("product", "imagecraft", "plan", "--locked", "--offline"), StringComparison.Ordinal);
        var core = Assert.Single(Directory.GetDirectories(Path.Combine(_base, ".cache", "imagecraft", "cores")));
        foreach (var file in (string[])["README.md", "recipes/base-files/profile", "recipes/linux/linux.yaml"])
            Assert.Equal(File.GetUnixFileMode(Path.Combine(Golden.Root, file)) & UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(core, file)) & UnixFileMode.UserExecute);
    }

    [Fact]
    public void A_core_layer_is_unpacked_once_and_whole_when_many_calls_do_it_at_once()
    {
        var layer = new MemoryStream();
        ToolArchive.Write(layer, PublishedTool.CoreFolder, Enumerable.Range(0, 100).Select(number => new ArchiveFile.OfText($"file-{number}", IsExecutable: false, "text")));
        var archive = Path.Combine(_base, PackedCore.NameOf(layer.ToArray()));
        File.WriteAllBytes(archive, layer.ToArray());

        Assert.Equal(archive, PackedCore.Find(_base));
        var folders = new System.Collections.Concurrent.ConcurrentBag<(string Folder, int Files)>();
        Parallel.For(0, 16, _ => folders.Add(PackedCore.Unpack(archive, Path.Combine(_base, "cache")) is var folder ? (folder, Directory.GetFiles(folder).Length) : default));
        Assert.Equal(100, Assert.Single(folders.Distinct()).Files);
        Assert.Single(Directory.GetDirectories(Path.Combine(_base, "cache", "cores")));
    }

    [Fact]
    public void The_same_files_give_the_same_archive_in_whatever_order_they_come()
    {
        File.WriteAllText(Path.Combine(_base, "file"), "text");
        ArchiveFile[] files = [new ArchiveFile.OfText("run", IsExecutable: true, "#!/bin/sh\n"), new ArchiveFile.Link("link", "run"), .. ArchiveFile.Below(Path.Combine(_base, "file"), "sub/file")];

        Assert.Equal(Written(files), Written(files.Reverse()));
        File.SetLastWriteTimeUtc(Path.Combine(_base, "file"), DateTime.UnixEpoch);
        Assert.Equal(Written(files), Written(files));
    }

    [Fact]
    public void What_compilers_left_is_left_out()
    {
        foreach (var path in (string[])["a/bin/x.dll", "a/obj/y", "a/code.cs"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_base, path))!);
            File.WriteAllText(Path.Combine(_base, path), "");
        }

        Assert.Equal(["core/a/code.cs"], ArchiveFile.Below(Path.Combine(_base, "a"), "core/a", "bin", "obj").Select(file => file.Name));
        Assert.Empty(ArchiveFile.Below(Path.Combine(_base, "none"), "none"));
    }

    private static byte[] Written(IEnumerable<ArchiveFile> files)
    {
        using var stream = new MemoryStream();
        ToolArchive.Write(stream, "tool", files);
        return stream.ToArray();
    }

    private async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var variables = Environment.GetEnvironmentVariables().Keys.Cast<string>().ToDictionary(name => name, _ => (string?)null);
        variables["PATH"] = Path.Combine(_base, "bin");
        variables["HOME"] = _base;
        variables["DOTNET_ROOT"] = _runtimeFolder;
        var result = await CliWrap.Cli.Wrap(Path.Combine(_base, "bin", program)).WithArguments(arguments).WithWorkingDirectory(Path.Combine(_base, folder)).WithEnvironmentVariables(variables)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Encoding.UTF8, TestContext.Current.CancellationToken);
        return result.StandardOutput + result.StandardError;
    }
}
