// Build folders carried from run to run, with make as the tool that follows. Unaware of kernels.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using static Imagecraft.Engine.Tests.Execution.EngineBench;
using static Imagecraft.Engine.Tests.Sandbox.SandboxFixture;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed class CarriedFolderTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    // Says in /seen/ran which rules ran; the result is in /out/text whichever did. Each test has its own sources, so that no test finds another's result.
    const string Script = """
        cp /in/config /build/config.new
        cmp -s /build/config /build/config.new || mv /build/config.new /build/config
        printf 'link: object config\n\tcat object config > link; echo link >> /seen/ran\nobject: /in/source\n\tcp /in/source object; echo object >> /seen/ran\n' > Makefile
        make > /dev/null
        grep -qv broken config
        cp link /out/text
        """;

    static ActionNode Node(string id, string source, string config) => Shell(id, "") with
    {
        Work = new ActionWork.Process
        {
            Arguments = ["/bin/bash", "-euc", Script],
            Follows = ["/in/config"],
            Caches = ImmutableSortedDictionary<string, string>.Empty.Add(id, "/seen"),
        },
        Inputs = [new InputEdge("/", new InputSource.OutputOf(Id("toolroot:tools"), "tree"), "the tools"), new InputEdge("/in/source", Text(source), "the source"), new InputEdge("/in/config", Text(config), "the configuration")],
    };

    [Fact]
    public async Task A_changed_input_that_the_tool_follows_continues_where_the_last_run_ended()
    {
        Assert.Equal("follow\nc1", await sandbox.TextOfAsync(Node("follow", "follow\n", "c1")));
        Assert.Equal("object link", Ran("follow"));
        Assert.Equal("follow\nc2", await sandbox.TextOfAsync(Node("follow", "follow\n", "c2")));
        Assert.Equal("link", Ran("follow"));
    }

    [Fact]
    public async Task Any_other_change_begins_with_an_empty_folder()
    {
        await sandbox.TextOfAsync(Node("other", "other\n", "c1"));
        Ran("other");
        Assert.Equal("t\nc1", await sandbox.TextOfAsync(Node("other", "t\n", "c1")));
        Assert.Equal("object link", Ran("other"));
    }

    [Fact]
    public async Task A_failed_run_leaves_the_folder_of_the_last_good_one()
    {
        await sandbox.TextOfAsync(Node("failing", "failing\n", "c1"));
        Assert.False((await sandbox.BuildAsync(Node("failing", "failing\n", "broken"))).Succeeded);
        Ran("failing");
        Assert.Equal("failing\nc3", await sandbox.TextOfAsync(Node("failing", "failing\n", "c3")));
        Assert.Equal("link", Ran("failing"));
    }

    // Says whether an earlier run left something; the first run does what its configuration says and waits for its end.
    static ActionNode Long(string id, string first = "true") => Node(id, id, first) with
    {
        Work = new ActionWork.Process
        {
            Arguments = ["/bin/bash", "-euc", "if [ -e begun ]; then cp begun /out/text; exit; fi; echo 'an earlier run' > begun; . /in/config; echo ready; while true; do sleep 0.05; done"],
            Follows = ["/in/config"],
        },
    };

    const string GoesOn = "; what was made until then is kept, and the next call goes on from there";

    [Fact]
    public async Task A_stopped_run_goes_on_where_it_was()
    {
        var stopped = await sandbox.StoppedAsync(Long("stopped"), hard: false);
        Assert.Equal(130, stopped.ExitCode);
        Assert.Equal("Stopped by the user" + GoesOn, Assert.Single(stopped.Failures).Failure.Message);
        Assert.Equal("an earlier run", await sandbox.TextOfAsync(Long("stopped")));
    }

    [Fact]
    public async Task So_does_one_that_took_too_long()
    {
        var node = Long("late") with { Timeout = TimeSpan.FromSeconds(5) };
        ActionFailure failure;
        // A machine under load may not even have begun.
        do
            failure = Assert.Single((await sandbox.BuildAsync(node)).Failures).Failure;
        while (!File.ReadAllText(failure.LogPath!).Contains("ready", StringComparison.Ordinal));
        Assert.Equal("`late` took longer than its limit of 5 s and was stopped" + GoesOn, failure.Message);
        Assert.Equal("an earlier run", await sandbox.TextOfAsync(node));
    }

    [Fact]
    public async Task A_run_that_was_killed_leaves_nothing()
    {
        var killed = await sandbox.StoppedAsync(Long("killed", "trap '' TERM"), hard: true);
        Assert.Equal("Stopped by the user", Assert.Single(killed.Failures).Failure.Message);
        Assert.Equal("Stopped by the user" + GoesOn, Assert.Single((await sandbox.StoppedAsync(Long("killed"), hard: false)).Failures).Failure.Message);
    }

    [Fact]
    public async Task Nor_does_one_whose_command_ended_and_left_somebody_who_does_not_listen()
    {
        var stopped = await sandbox.StoppedAsync(Long("left", "(trap '' TERM; echo > deaf; while true; do sleep 0.05; done) & until [ -e deaf ]; do sleep 0.05; done"), hard: false);
        Assert.Equal("Stopped by the user", Assert.Single(stopped.Failures).Failure.Message);
    }

    [Fact]
    public async Task A_stopped_run_that_made_private_keys_leaves_nothing()
    {
        var stopped = await sandbox.StoppedAsync(Long("keys", "printf -- '-----BEGIN PRIVATE KEY-----\nMIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6\n-----END PRIVATE KEY-----\n' > key.pem"), hard: false);
        Assert.Equal("Stopped by the user", Assert.Single(stopped.Failures).Failure.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_folder_with_a_lost_or_damaged_file_is_not_used(bool lost)
    {
        var id = lost ? "lost-folder" : "damaged-folder";
        var source = $"source of {id}\n";
        await sandbox.TextOfAsync(Node(id, source, "c1"));
        Ran(id);
        var content = Digest.Of(System.Text.Encoding.UTF8.GetBytes(source + "c1"));
        if (lost)
            sandbox.Bench.Lose(content);
        else
            Damage(content);
        Assert.Equal(source + "c2", await sandbox.TextOfAsync(Node(id, source, "c2")));
        Assert.Equal("object link", Ran(id));
    }

    [Fact]
    public async Task A_pipe_and_names_that_no_tree_can_hold_are_left_out_of_what_is_kept()
    {
        static ActionNode Odd(string config) => Node("odd", "s", config) with
        {
            Work = new ActionWork.Process
            {
                Arguments = ["/bin/bash", "-euc", "ls -A > /out/text; test -e pipe || mkfifo pipe; touch $'\\xff' kept; test -L link || ln -s $'caf\\xe9' link; install -m 600 /dev/null private"],
                Follows = ["/in/config"],
            },
        };
        Assert.Equal("", await sandbox.TextOfAsync(Odd("1")));
        Assert.Equal("kept\nprivate", await sandbox.TextOfAsync(Odd("2")));
    }

    [Fact]
    public async Task Times_ahead_of_the_clock_are_set_back()
    {
        static ActionNode Clock(string config) => Node("clock", "s", config) with
        {
            Work = new ActionWork.Process { Arguments = ["/bin/bash", "-euc", "touch now; find . -newer now > /out/text; touch -d 2199-01-01 late; touch -d 2198-01-01 early; echo > copy"], Follows = ["/in/config"] },
        };
        await sandbox.TextOfAsync(Clock("1"));
        Assert.Equal("", await sandbox.TextOfAsync(Clock("2")));
    }

    void Damage(Digest content)
    {
        var path = Path.Combine(sandbox.Bench.Cache, "objects", content.Hash[..2], content.Hash);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(path, new string('x', (int)content.SizeBytes));
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(Imagecraft.Engine.Store.ObjectForm.Time));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    // The rules that ran since the last call.
    string Ran(string id)
    {
        var path = Path.Combine(sandbox.Bench.Cache, "caches", id, "ran");
        var rules = File.ReadAllLines(path);
        File.Delete(path);
        return string.Join(' ', rules);
    }
}
