// How real processes end, what the user is told, and how CPU slots are shared.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Execution.Processes;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Sandbox;
using static Imagecraft.Engine.Tests.Execution.EngineBench;
using static Imagecraft.Engine.Tests.Sandbox.SandboxFixture;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed class ProcessTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    async Task<ActionFailure> FailureOfAsync(ActionNode node) => Assert.Single((await sandbox.BuildAsync(node)).Failures).Failure;

    [Fact]
    public async Task A_failing_command_shows_its_last_lines_and_its_log()
    {
        var failure = await FailureOfAsync(Shell("exit", "for i in $(seq 100); do echo line $i; done; echo wrong >&2; exit 7"));
        Assert.Equal((FailureKind.User, "`exit` exited with code 7"), (failure.Kind, failure.Message));
        Assert.Equal(["line 99", "line 100", "wrong"], failure.LastLines.TakeLast(3));
        Assert.Contains("line 1\n", File.ReadAllText(failure.LogPath!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_is_named()
    {
        Assert.Equal("`signal` was killed by signal 11 (SIGSEGV, a segmentation fault)", (await FailureOfAsync(Shell("signal", "kill -SEGV $$"))).Message);
    }

    [Theory]
    [InlineData("kill -ILL $$", "`illegal` was killed by signal 4 (SIGILL, an illegal instruction); a program had")]
    [InlineData("echo 'make: *** [Makefile:3: generate] Illegal instruction (core dumped)'; exit 2", "`illegal` exited with code 2; a program had")]
    [InlineData("echo 'make[1]: *** [Makefile:3: generate] Error 132'; exit 2", "`illegal` exited with code 2; a program had")]
    public async Task An_instruction_that_the_CPU_lacks_is_told_with_the_CPU_and_the_remedy(string script, string words)
    {
        var failure = await FailureOfAsync(Shell("illegal", script));

        Assert.StartsWith(words, failure.Message, StringComparison.Ordinal);
        Assert.Contains($"an instruction that the CPU of this machine, {HostProcessor.Name}, does not have", failure.Message, StringComparison.Ordinal);
        Assert.Contains("`-march=native`", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<6>[  812.250000] traps: train[4711] trap invalid opcode ip:55d0c8a4e1b9 sp:7ffd0 error:0 in train[55d0c8a4e000+1000]", "traps: train[4711] trap invalid opcode ip:55d0c8a4e1b9 sp:7ffd0 error:0 in train[55d0c8a4e000+1000]")]
    [InlineData("[  812.250000][ T4711] train[4711]: unhandled exception: Oops - undefined instruction in train[aaaac0de0000+1000]", "train[4711]: unhandled exception: Oops - undefined instruction in train[aaaac0de0000+1000]")]
    [InlineData("<6>[  812.250000] train[4711]: unhandled signal 4 code 0x1 at 0x000000000001047c in train[10000+1000]", "train[4711]: unhandled signal 4 code 0x1 at 0x000000000001047c in train[10000+1000]")]
    [InlineData("<6>[  700.000000] traps: old[1] trap invalid opcode ip:1 sp:2 error:0", null)]
    [InlineData("<6>[  900.000000] traps: train[4711] general protection fault", null)]
    public void The_kernels_word_on_an_illegal_instruction_is_found_unless_it_is_older_than_the_process(string line, string? expected) =>
        Assert.Equal(expected, HostProcessor.IllegalInstruction($"<5>[    0.000000] Linux version\n{line}\n<6>[  999.000000] usb 1-1: new device\n", TimeSpan.FromSeconds(800)));

    [Fact]
    public async Task A_program_that_the_tool_root_lacks_is_named()
    {
        var failure = await FailureOfAsync(Shell("lacking", "") with { Work = new ActionWork.Process { Arguments = ["no-such-compiler", "setup"] } });
        Assert.Equal("`lacking` could not start `no-such-compiler`: No such file or directory; is the package that has it in the tool root?", failure.Message);
    }

    [Fact]
    public async Task A_command_that_takes_too_long_is_killed_with_all_its_children()
    {
        var failure = await FailureOfAsync(Shell("long", "sleep 4321 & sleep 4322") with { Timeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal("`long` took longer than its limit of 0.3 s and was stopped", failure.Message);
        await NoneRunsAsync("sleep\04321");
    }

    [Fact]
    public async Task An_output_that_was_not_made_fails_the_action()
    {
        Assert.Equal("`forgot` succeeded but did not make its declared outputs [`text` (/out/text)]", (await FailureOfAsync(Shell("forgot", "true"))).Message);
    }

    [Fact]
    public async Task An_output_that_is_a_link_is_refused()
    {
        Assert.Equal("Output `text` of `link` is or lies behind a symbolic link to `/etc/passwd`; make it a real file at `/out/text`", (await FailureOfAsync(Shell("link", "ln -s /etc/passwd /out/text"))).Message);
        var tree = Shell("links", "rmdir /out/a; ln -s /usr /out/a") with { Outputs = [new OutputSpec("text", "/out/a/bin", OutputKind.Tree)] };
        Assert.Contains("lies behind a symbolic link to `/usr`", (await FailureOfAsync(tree)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_ends_children_gently()
    {
        var script = "trap 'echo ended gently; exit 3' TERM; echo ready; while true; do sleep 0.05; done";
        var result = await sandbox.StoppedAsync(Shell("gentle", script), hard: false);
        Assert.Equal(130, result.ExitCode);
        Assert.Equal("ended gently", result.Failures[0].Failure.LastLines[^1]);
    }

    [Fact]
    public async Task A_second_stop_kills_children_that_do_not_listen()
    {
        var result = await sandbox.StoppedAsync(Shell("deaf", "trap '' TERM; echo ready; while true; do sleep 0.05; done"), hard: true);
        Assert.Equal(130, result.ExitCode);
    }

    [Fact]
    public async Task Peak_memory_is_that_of_the_whole_tree()
    {
        // Both hold their memory until both have it, and for several samples; as last command, `sleep` would take the shell's place and its memory with it.
        static string Hog(string own, string other) => $"(x=$(head -c 40000000 /dev/zero | tr '\\0' x); touch {own}; until [ -e {other} ]; do sleep 0.05; done; sleep 2; echo ${{#x}})";
        var result = await sandbox.BuildAsync(Shell("memory", $"{Hog("a", "b")} & {Hog("b", "a")} & wait; echo > /out/text"));
        Assert.True(result.Succeeded);
        var ended = sandbox.Bench.Events.OfType<BuildEvent.ActionEnded>().Single(e => e.Id.Value == "memory");
        Assert.InRange(ended.PeakMemoryBytes, 70_000_000, 4_000_000_000);
    }

    [Fact]
    public async Task Make_takes_its_jobs_from_the_one_jobserver()
    {
        // Two slots, two makes that would like four jobs each: never more than two recipes run.
        var script = """
            mkdir -p /shared/run; cd /build
            printf 'all: a b c d\na b c d:\n\t@touch /shared/run/$(NAME)$@; ls /shared/run | wc -l >> /shared/counts; sleep 0.1; rm /shared/run/$(NAME)$@\n' > Makefile
            make NAME=$0; echo "$MAKEFLAGS" > /out/text
            """;
        ActionNode Make(string id) => Shell(id, "") with
        {
            Work = new ActionWork.Process { Arguments = ["/bin/bash", "-euc", script, id], Caches = ImmutableSortedDictionary<string, string>.Empty.Add("shared", "/shared") },
            Resources = new Resources(Jobserver: true),
        };
        var result = await sandbox.BuildAsync(Make("make1"), Make("make2"));
        Assert.True(result.Succeeded, string.Join('\n', result.Failures.Select(f => f.Failure.Message)));
        var counts = File.ReadAllLines(Path.Combine(sandbox.Bench.Cache, "caches/shared/counts")).Select(int.Parse).ToList();
        Assert.Equal(8, counts.Count);
        Assert.InRange(counts.Max(), 1, 2);
        Assert.Contains("--jobserver-auth=fifo:", sandbox.Bench.ReadText(result, "make1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_file_of_a_mounted_tree_is_made_again()
    {
        var maker = Shell("lost-maker", "mkdir /out/t; echo precious > /out/t/file; echo > /out/text") with { Outputs = [new OutputSpec("tree", "/out/t", OutputKind.Tree)] };
        ActionNode Reader(string extra) => Shell("lost-reader", $"cat /in/file > /out/text; echo {extra} >> /out/text", new InputEdge("/in", new InputSource.OutputOf(maker.Id, "tree"), "a tree"));
        Assert.Equal("precious\n1", await sandbox.TextOfAsync(Reader("1"), maker));
        sandbox.Bench.Lose(Digest.Of("precious\n"u8));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(sandbox.Bench.Cache, "trees"), "file", SearchOption.AllDirectories).Where(f => File.ReadAllText(f) == "precious\n").ToList())
            File.Delete(file);
        Assert.Equal("precious\n2", await sandbox.TextOfAsync(Reader("2"), maker));
        Assert.Contains("lost-maker", sandbox.Bench.Ran);
    }

    [Fact]
    public async Task A_shell_has_the_sandbox_of_its_action()
    {
        using var engine = new BuildEngine(sandbox.Bench.Options, sandbox.Bench.Functions, sandbox.Bench.Fetcher);
        var node = Shell("shell", "exit 1", new InputEdge("/src/x", Text("content"), "a file"));
        var (shell, _) = await engine.ShellAsync(ActionGraph.Create([.. sandbox.Roots, node]), node.Id, new(TerminalCommand.Shell), _ => { }, TestContext.Current.CancellationToken);
        using (shell)
        {
            var start = new System.Diagnostics.ProcessStartInfo(shell!.Command[0]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            shell.Command.Skip(1).ToList().ForEach(start.ArgumentList.Add);
            using var process = System.Diagnostics.Process.Start(start)!;
            await process.StandardInput.WriteAsync("cat /src/x; pwd; echo made > /out/y; exit\n");
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Contains("content/build", output, StringComparison.Ordinal);
            Assert.Equal("made\n", File.ReadAllText(Path.Combine(shell.OutFolder, "y")));
        }
    }

    [Fact]
    public async Task A_kept_shell_is_of_its_action_and_has_no_links()
    {
        using var engine = new BuildEngine(sandbox.Bench.Options, sandbox.Bench.Functions, sandbox.Bench.Fetcher);
        ActionNode Node(string text) => Shell("kept-shell", "exit 1", new InputEdge("/src/x", Text(text), "a file"));
        var kept = Path.Combine(sandbox.Bench.Workspace, "kept-shell");
        (await OpenAsync("one"))!.Dispose();
        File.WriteAllText(Path.Combine(kept, "build", "note"), "mine");
        using (var again = await OpenAsync("one"))
            Assert.Equal("mine", File.ReadAllText(Path.Combine(again!.BuildFolder, "note")));

        Assert.Contains("reads other things", (await Assert.ThrowsAsync<GraphException>(() => OpenAsync("two"))).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(kept, "build", "note")));
        Directory.Delete(Path.Combine(kept, "build"), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(kept, "build"), "/");
        Assert.Contains("is a link or has some", (await Assert.ThrowsAsync<GraphException>(() => OpenAsync("one"))).Message, StringComparison.Ordinal);

        async Task<SandboxShell?> OpenAsync(string text) =>
            (await engine.ShellAsync(ActionGraph.Create([.. sandbox.Roots, Node(text)]), Node(text).Id, new(TerminalCommand.Shell, kept), _ => { }, TestContext.Current.CancellationToken)).Shell;
    }
}
