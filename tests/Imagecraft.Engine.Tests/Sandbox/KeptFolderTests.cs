// Build folders that stay between runs while somebody works on sources in place, with make as the tool that follows. Unaware of recipes.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Execution;
using static Imagecraft.Engine.Tests.Execution.EngineBench;
using static Imagecraft.Engine.Tests.Sandbox.SandboxFixture;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed class KeptFolderTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>, IDisposable
{
    // Builds beside the sources, as most Makefiles do. Says in /seen/ran what was made.
    private const string Makefile = "both: one.o two.o\n\tcat one.o two.o > both; echo both >> /seen/ran\n%.o: %.c\n\tgrep -qv broken $<\n\tcp $< $@; echo $@ >> /seen/ran\n";

    private readonly string _work = Directory.CreateTempSubdirectory("imagecraft-kept-").FullName;
    private readonly string _name = Guid.NewGuid().ToString("N")[..8];

    private string Source => Path.Combine(_work, "source");

    private string Kept => Path.Combine(_work, "kept");

    private ActionNode Node(string config = "") => Shell(_name, "") with
    {
        Work = new ActionWork.Process
        {
            Arguments = ["/bin/bash", "-euc", "cd /src; make > /dev/null; date -r two.c +%s > /seen/time; cp both /out/text; echo x >> notes; ls -A .git > /seen/git"],
            Environment = ImmutableSortedDictionary<string, string>.Empty.Add("CONFIG", config),
            Follows = ["/src"],
            KeptFolder = Kept,
            Caches = ImmutableSortedDictionary<string, string>.Empty.Add(_name, "/seen"),
        },
        Inputs = [new InputEdge("/", new InputSource.OutputOf(Id("toolroot:tools"), "tree"), "the tools"), new InputEdge("/src", new InputSource.Local(Source, [".git"]) { IsInPlace = true }, "the sources")],
    };

    [Fact]
    public async Task What_did_not_change_is_not_made_again_and_nothing_is_written_into_the_sources()
    {
        Begin();
        Assert.Equal("1\n2", await sandbox.TextOfAsync(Node()));
        Assert.Equal("one.o two.o both", Ran());

        Write("two.c", "3\n");
        Assert.Equal("1\n3", await sandbox.TextOfAsync(Node()));
        Assert.Equal("two.o both", Ran());
        Assert.Equal([".git", "Makefile", "notes", "one.c", "two.c"], Directory.EnumerateFileSystemEntries(Source).Select(Path.GetFileName).Order(StringComparer.Ordinal)!);
        Assert.Equal("n\n", File.ReadAllText(Path.Combine(Source, "notes")));
        // The action sees the folder's own times, and nothing of what is excluded.
        Assert.Equal(new DateTimeOffset(File.GetLastWriteTimeUtc(Path.Combine(Source, "two.c"))).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), Seen("time").Trim());
        Assert.Equal("", Seen("git"));
    }

    [Fact]
    public async Task After_a_failure_the_build_goes_on_where_it_stopped()
    {
        Begin();
        Write("two.c", "broken\n");
        Assert.False((await sandbox.BuildAsync(Node())).Succeeded);
        Assert.Equal("one.o", Ran());
        Write("two.c", "2\n");
        Assert.Equal("1\n2", await sandbox.TextOfAsync(Node()));
        Assert.Equal("two.o both", Ran());
    }

    [Fact]
    public async Task A_change_that_the_tool_does_not_follow_begins_anew()
    {
        Begin();
        await sandbox.TextOfAsync(Node());
        Ran();
        await sandbox.TextOfAsync(Node(config: "other"));
        Assert.Equal("one.o two.o both", Ran());
    }

    [Fact]
    public async Task A_file_with_an_older_time_than_the_last_run_begins_anew()
    {
        Begin();
        await sandbox.TextOfAsync(Node());
        Ran();
        Write("two.c", "3\n");
        File.SetLastWriteTimeUtc(Path.Combine(Source, "two.c"), DateTime.UtcNow.AddDays(-1));
        Assert.Equal("1\n3", await sandbox.TextOfAsync(Node()));
        Assert.Equal("one.o two.o both", Ran());
    }

    // The action itself writes to the notes, below which the change would not be seen.
    [Fact]
    public async Task A_changed_file_that_the_build_had_written_over_begins_anew()
    {
        Begin();
        await sandbox.TextOfAsync(Node());
        Ran();
        Write("notes", "other\n");
        Assert.Equal("1\n2", await sandbox.TextOfAsync(Node()));
        Assert.Equal("one.o two.o both", Ran());
    }

    [Fact]
    public async Task A_run_that_was_cut_off_is_no_beginning_for_the_next()
    {
        Begin();
        await sandbox.TextOfAsync(Node());
        Ran();
        File.Delete(Path.Combine(Kept, "record"));
        Write("two.c", "3\n");
        await sandbox.TextOfAsync(Node());
        Assert.Equal("one.o two.o both", Ran());
    }

    [Fact]
    public async Task Sources_that_change_while_they_are_built_fail_the_action_with_the_reason()
    {
        Begin();
        Write("Makefile", "both:\n\ttouch /seen/started; while ! test -e /seen/go; do sleep 0.1; done; touch both\n");
        var build = sandbox.BuildAsync(Node());
        while (!File.Exists(SeenPath("started")))
            await Task.Delay(50, TestContext.Current.CancellationToken);
        Write("two.c", "changed\n");
        File.WriteAllText(SeenPath("go"), "");
        var result = await build;
        Assert.False(result.Succeeded);
        Assert.Contains($"changed while `{_name}` ran, so nobody knows what it was made of; start the build again", Assert.Single(result.Failures).Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_for_comparison_uses_nothing_of_it()
    {
        Begin();
        await sandbox.TextOfAsync(Node());
        Ran();
        Write("two.c", "3\n");
        var usual = sandbox.Bench.Options;
        sandbox.Bench.Options = usual with { VerifiedShare = 1 };
        var result = await sandbox.BuildAsync(Node());
        sandbox.Bench.Options = usual;
        Assert.True(result.Succeeded, string.Join('\n', result.Failures.Select(f => f.Failure.Message)));
        Assert.Equal("two.o both one.o two.o both", Ran());
    }

    public void Dispose() => Imagecraft.Engine.Files.FolderRemoval.Remove(_work);

    private void Begin()
    {
        Directory.CreateDirectory(Path.Combine(Source, ".git"));
        Write(".git/HEAD", "ref\n");
        Write("Makefile", Makefile);
        Write("notes", "n\n");
        Write("one.c", "1\n");
        Write("two.c", "2\n");
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(Source, name), text);

    private string SeenPath(string name) => Path.Combine(sandbox.Bench.Cache, "caches", _name, name);

    private string Seen(string name) => File.ReadAllText(SeenPath(name));

    private string Ran()
    {
        var ran = Seen("ran").Trim().Replace('\n', ' ');
        File.Delete(SeenPath("ran"));
        return ran;
    }
}
