// `run` as people call it from a script: what is typed comes by a pipe, a folder of the host is mounted, and the end of the input ends the machine.

using System.Diagnostics;
using System.Text;

namespace Imagecraft.EndToEnd.Tests;

public sealed class RunTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly DeskWorkspace _desk = new();
    private readonly DirectoryInfo _shared = Directory.CreateTempSubdirectory("imagecraft-shared-");

    [Fact]
    public async Task A_shared_folder_is_mounted_read_and_written_and_the_end_of_the_input_ends_the_machine()
    {
        _desk.WriteBoard("command-line: \"console=ttyAMA0 kpti=off root=PARTLABEL=root rw panic=-1\"\npartitions: [ { name: root, type: linux-root-arm64, content: rootfs } ]\n");
        _desk.WriteImage("tiny", $"{DeskWorkspace.KnownKernel}packages: [ base-files, busybox ]\n");
        await _desk.BuildAsync("tiny");
        await File.WriteAllTextAsync(Path.Combine(_shared.FullName, "to"), "from the host\n", TestContext.Current.CancellationToken);
        using var run = ProcessHearing.StartCli(_desk.PathOf(""), "run", "--board", "desk", "--locked", "--share", _shared.FullName);
        var errors = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = new StringBuilder();

        var mount = Line(await run.HearAsync(said, "/mnt\n"), "In the machine: ");
        await run.HearAsync(said, "login: ");
        await run.StandardInput.WriteAsync("root\n");
        await run.HearAsync(said, "# ");
        await run.StandardInput.WriteAsync($"{mount} && cat /mnt/to && echo from the machine > /mnt/back && umount /mnt && echo all-''done\n");
        Assert.Contains("from the host", await run.HearAsync(said, "all-done"), StringComparison.Ordinal);
        run.StandardInput.Close();
        await run.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.True(run.ExitCode == 0, said + await errors);
        Assert.Equal("from the machine\n", await File.ReadAllTextAsync(Path.Combine(_shared.FullName, "back"), TestContext.Current.CancellationToken));
    }

    public void Dispose()
    {
        _desk.Dispose();
        _shared.Delete(recursive: true);
    }

    private static string Line(string text, string start) => text.Split('\n').Single(line => line.StartsWith(start, StringComparison.Ordinal))[start.Length..];
}
