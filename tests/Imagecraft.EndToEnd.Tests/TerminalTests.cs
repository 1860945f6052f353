// What a person does on a terminal with the sandbox of an action: the menu of a configuration, and shells. Keys are typed, and the screen is read.

using System.Diagnostics;
using System.Text;

namespace Imagecraft.EndToEnd.Tests;

public sealed class TerminalTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    // A pool's thread that has nothing to do is ended after 20 s.
    private const int Idle = 30;

    private readonly RepositoryWorkspace _workspace = new();

    private readonly List<Process> _started = [];

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            process.Dispose();
        }

        _workspace.Dispose();
    }

    [Fact]
    public async Task What_is_changed_in_the_menu_becomes_a_fragment_that_is_then_built()
    {
        const string fragment = "layers/mine/recipes/small.config";
        _workspace.Write(fragment, "# Mine.\nCONFIG_DESKTOP=y\n");
        var menu = Start("menuconfig", "busybox", "--board", "qemu-arm64", "--locked", "--into", Path.Combine(_workspace.Root, fragment));
        var said = new StringBuilder();
        await menu.HearAsync(said, "Arrow keys");
        await menu.StandardInput.WriteAsync("\r");
        await menu.HearAsync(said, "full-blown");
        await menu.StandardInput.WriteAsync("n\t\r\t\r");
        await menu.HearAsync(said, "save your new");
        await menu.StandardInput.WriteAsync("\r");
        var told = await EndAsync(menu, said);

        Assert.Contains($"`{fragment}` asks for:", told, StringComparison.Ordinal);
        Assert.Contains("# CONFIG_DESKTOP is not set", told, StringComparison.Ordinal);
        Assert.Contains("List it in `fragments` of the recipe", told, StringComparison.Ordinal);
        Assert.StartsWith("# Mine.\n# CONFIG_DESKTOP is not set\n", await File.ReadAllTextAsync(Path.Combine(_workspace.Root, fragment), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        _workspace.Write("layers/mine/recipes/busybox.append.yaml", "append: busybox\nbuild: { fragments: [ small.config ] }\n");
        var built = await _workspace.RunAsync("build", "busybox:config-check", "--board", "qemu-arm64", "--locked");
        Assert.True(built.ExitCode == 0, built.StandardOutput + built.StandardError);
    }

    [Fact]
    public async Task The_fewest_lines_of_a_kernel_have_what_its_fragments_ask_for()
    {
        var refused = await _workspace.RunAsync("savedefconfig", "busybox", "--board", "qemu-arm64", "--locked");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("has no savedefconfig", refused.StandardOutput + refused.StandardError, StringComparison.Ordinal);

        var saved = await _workspace.RunAsync("savedefconfig", "linux", "--board", "qemu-arm64", "--locked");
        Assert.True(saved.ExitCode == 0, saved.StandardOutput + saved.StandardError);
        var lines = await File.ReadAllLinesAsync(Path.Combine(_workspace.Root, "work/linux_defconfig"), TestContext.Current.CancellationToken);
        Assert.Contains("CONFIG_VIRTIO_BLK=y", lines);
        // What follows from others is not said.
        Assert.DoesNotContain(lines, line => line.StartsWith("CONFIG_CC_VERSION_TEXT", StringComparison.Ordinal));
        Assert.InRange(lines.Length, 50, 1000);
    }

    [Fact]
    public async Task A_shell_outlives_its_person_s_break_and_what_it_wrote_is_there_for_the_next()
    {
        string[] call = ["shell", "tree:build", "--board", "qemu-arm64", "--locked", "--keep"];
        var first = Start(call);
        var said = new StringBuilder();
        Assert.Contains("both stay for the next `shell --keep`", await first.HearAsync(said, ":build] "), StringComparison.Ordinal);
        await Task.Delay(TimeSpan.FromSeconds(Idle), TestContext.Current.CancellationToken);
        await first.StandardInput.WriteAsync("echo mine > /build/note; echo changed > /src/README; echo still-''here\n");
        await first.HearAsync(said, "still-here");
        await first.StandardInput.WriteAsync("exit\n");
        await EndAsync(first, said);

        var second = Start(call);
        Assert.Contains("both are as the last shell left them", await second.HearAsync(said, ":build] "), StringComparison.Ordinal);
        await second.StandardInput.WriteAsync("cat note /src/README && echo all-''there\n");
        Assert.Contains("mine\nchanged\n", (await second.HearAsync(said, "all-there")).ReplaceLineEndings("\n"), StringComparison.Ordinal);
        await second.StandardInput.WriteAsync("exit\n");
        await EndAsync(second, said);

        // Another action than the one whose files were written over.
        _workspace.Write("layers/mine/recipes/tree.append.yaml", "append: tree\nbuild: { environment: { MORE: \"1\" } }\n");
        var other = await _workspace.RunAsync(call);
        Assert.NotEqual(0, other.ExitCode);
        Assert.Contains("reads other things than when", other.StandardError, StringComparison.Ordinal);
    }

    private Process Start(params string[] call)
    {
        var process = ProcessHearing.StartOnTerminal(_workspace.Root, call);
        _started.Add(process);
        return process;
    }

    private static async Task<string> EndAsync(Process program, StringBuilder said)
    {
        var rest = await program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        said.Append(rest);
        Assert.True(program.ExitCode == 0, said.ToString());
        return rest.ReplaceLineEndings("\n");
    }
}
