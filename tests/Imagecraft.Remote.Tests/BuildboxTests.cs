// Whole builds with buildbox, which nobody here wrote: it computes our keys, keeps our results and runs our actions.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Sandbox;
using static Imagecraft.Remote.Tests.Machine;

namespace Imagecraft.Remote.Tests;

public sealed class BuildboxTests : IAsyncLifetime
{
    // Modes, links, programs, empty folders; and folders that were copied from inputs with all that they say of themselves.
    const string Sorts = """
        mkdir -p /out/tree/empty /out/tree/private; echo text >/out/tree/file; echo '#!/bin/sh' >/out/tree/program; chmod 755 /out/tree/program
        chmod 700 /out/tree/private; echo secret >/out/tree/private/file; chmod 600 /out/tree/private/file
        echo set >/out/tree/setuid; chmod 4755 /out/tree/setuid; mkdir /out/tree/sticky; chmod 1777 /out/tree/sticky
        ln -s ../file /out/tree/empty/link; cp -a /etc /out/tree/etc; cp -a /bin /out/tree/copied; pwd >/out/tree/where; umask >/out/tree/umask; id -u >/out/tree/user
        """;

    Buildbox? server;

    Buildbox Server => server ?? throw new InvalidOperationException("Not started");

    public async ValueTask InitializeAsync() => server = await Buildbox.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [Fact]
    public async Task What_runs_there_gives_bit_for_bit_what_runs_here_and_stays_there_until_it_is_needed()
    {
        using var here = new Machine();
        using var there = Machine.At(Server.Uri, executes: true);
        ActionNode[] nodes = [Shell("sorts", Sorts), Shell("second", "mkdir /out/tree; ls -R /in | sort >/out/tree/list; cat /in/where >>/out/tree/list", From("/in", "sorts"))];
        var local = await here.BuiltAsync(nodes);
        var remote = await there.BuiltAsync(nodes);
        Assert.Equal(Server.Uri.ToString(), RanAt(remote, "sorts"));
        Assert.Equal(Server.Uri.ToString(), RanAt(remote, "second"));
        Assert.Equal(local.Output(Id("second"), "tree"), remote.Output(Id("second"), "tree"));
        Assert.Equal(local.Output(Id("sorts"), "tree"), remote.Output(Id("sorts"), "tree"));

        // What is in between did not come, and another machine that asks has all from the server's cache.
        using var lean = Machine.At(Server.Uri, executes: true);
        var goal = await lean.BuiltAsync([Shell("sorts", Sorts), nodes[1] with { Id = Id("goal") }]);
        Assert.All([.. goal.Outcomes.Where(o => o.Key != Id("sandbox") && o.Key != Id("applets")).Select(o => o.Value)], outcome => Assert.IsType<ActionOutcome.Cached>(outcome));
        Assert.Equal(local.Output(Id("second"), "tree"), goal.Output(Id("goal"), "tree"));
    }

    [Fact]
    public async Task What_only_feeds_what_runs_there_is_not_brought_here()
    {
        using var machine = Machine.At(Server.Uri, executes: true);
        ActionNode[] between = [Shell("large", "mkdir /out/tree; dd if=/dev/urandom of=/out/tree/random bs=1M count=5 2>/dev/null")];
        var result = await machine.BuiltAsync(between, Shell("size", "mkdir /out/tree; wc -c </in/random >/out/tree/size", From("/in", "large")));
        Assert.Equal("5242880\n", machine.Text(result, "size", "size"));
        Assert.InRange(machine.Events.OfType<BuildEvent.BuildEnded>().Single().Remote!.BytesDown, 1, 1 << 20);
    }

    [Fact]
    public async Task A_failure_there_is_told_as_one_here_with_the_place()
    {
        using var machine = Machine.At(Server.Uri, executes: true);
        var result = await machine.BuildAsync(Shell("fails", "echo one; echo 'a.c:1: error: no' >&2; exit 7"));
        var failure = Assert.Single(result.Failures).Failure;
        Assert.Equal((FailureKind.User, $"`fails` exited with code 7, on {Server.Uri}"), (failure.Kind, failure.Message));
        Assert.Equal(["one", "a.c:1: error: no"], failure.LastLines);
        Assert.Equal("a.c:1: error: no", failure.FirstError!.Text);
    }

    [Fact]
    public async Task What_takes_too_long_there_is_ended_there()
    {
        using var machine = Machine.At(Server.Uri, executes: true);
        var result = await machine.BuildAsync(Shell("long", "echo begun; sleep 600") with { Timeout = TimeSpan.FromSeconds(3) });
        Assert.Contains("took longer than its limit of 3 s", Assert.Single(result.Failures).Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_that_was_not_made_there_is_named()
    {
        using var machine = Machine.At(Server.Uri, executes: true);
        var result = await machine.BuildAsync(Shell("lazy", "true"));
        Assert.Contains("did not make its declared outputs [`tree` (/out/tree)]", Assert.Single(result.Failures).Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_dies_in_the_middle_costs_time_and_nothing_else()
    {
        using var machine = Machine.At(Server.Uri, executes: true);
        var build = machine.BuildAsync(Shell("slow", "sleep 5; mkdir /out/tree; echo done >/out/tree/file"));
        while (!machine.Events.ToArray().OfType<BuildEvent.ActionStarted>().Any(started => started.Id == Id("slow")))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        await Server.KillAsync();
        var result = await build;
        Assert.True(result.Succeeded, string.Join('\n', machine.Notices));
        Assert.Null(RanAt(result, "slow"));
        Assert.Equal("done\n", machine.Text(result, "slow", "file"));
        Assert.Contains(machine.Notices, notice => notice.StartsWith($"Nothing more runs at `{Server.Uri}` for the rest of this build", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trees_have_the_digests_that_another_implementation_computes()
    {
        var folder = Directory.CreateTempSubdirectory("trees-").FullName;
        try
        {
            using var store = new Imagecraft.Engine.Store.ContentStore(Path.Combine(folder, "cache"));
            var random = new Random(20261128);
            for (var i = 0; i < 100; i++)
            {
                var tree = Path.Combine(folder, "trees", i.ToString(CultureInfo.InvariantCulture));
                Grow(tree, random, depth: random.Next(4));
                await Buildbox.RunAsync(folder, "casupload", "--dry-run", "--remote=unix:none", $"--output-digest-file={folder}/digest", tree);
                var ours = await store.PutTreeAsync(tree, move: false, TestContext.Current.CancellationToken);
                Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder, "digest"), TestContext.Current.CancellationToken), ours.ToString());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Actions_have_the_keys_that_another_implementation_computes()
    {
        var folder = Directory.CreateTempSubdirectory("keys-").FullName;
        try
        {
            using var store = new Imagecraft.Engine.Store.ContentStore(Path.Combine(folder, "cache"));
            await using var transport = new GrpcTransport(new RemoteAddress { Uri = Server.Uri });
            await transport.ConnectAsync(TestContext.Current.CancellationToken);
            Directory.CreateDirectory(Path.Combine(folder, "root/etc"));
            File.WriteAllText(Path.Combine(folder, "root/etc/file"), "content");
            var root = new OutputValue(await store.PutTreeAsync(Path.Combine(folder, "root"), move: false, TestContext.Current.CancellationToken), OutputKind.Tree);
            var random = new Random(28112026);
            string[] words = ["a", "B=1", "--x", "ä b", "\"q\"", "$HOME", "z\nz", "", "-"];
            for (var i = 0; i < 100; i++)
            {
                var manifest = new ActionManifest
                {
                    Id = Id("x"),
                    Work = "process",
                    Arguments = ["/bin/none", .. words.Where(_ => random.Next(2) == 0)],
                    Environment = new[] { "Z", "A", "a", "PATH", "Ω" }.Where(_ => random.Next(2) == 0).ToImmutableSortedDictionary(name => name, name => $"{name} {i}"),
                    WorkingDirectory = "/build",
                    TimeLimit = TimeSpan.FromSeconds(1 + random.Next(4000)),
                    Platform = SandboxEnvironment.Platform,
                    Properties = new[] { "b", "a" }.Where(_ => random.Next(2) == 0).ToImmutableSortedDictionary(name => name, name => $"{i}"),
                    Outputs = [.. new[] { "/out/b", "/out/a", "/build/x", "/build/sub/y" }.Where(_ => random.Next(2) == 0).Select(path => new OutputSpec(path, path, OutputKind.File))],
                    Inputs = [new ManifestInput("/", root, "", "", null)],
                };
                var key = ManifestKey.Of(manifest, store);
                if (i == 0)
                    await GiveAsync(transport, store, key.InputRoot);
                // Its client says no form of folders.
                var command = key.Command.Clone();
                command.OutputDirectoryFormat = 0;
                var action = key.Action.Clone();
                action.CommandDigest = command.DigestOf().ToReapi();
                await Buildbox.RunAsync(Server.Folder, [
                    "trexe", $"--remote=unix:{Server.Folder}/socket", "--no-wait", "--do-not-follow-symlinks", $"--input-root-digest={key.InputRoot}", $"--exec-timeout={manifest.TimeLimit.Value.TotalSeconds}", "--working-dir=build",
                    .. key.Command.OutputPaths.Select(path => $"--output-path={path}"), "--output-node-properties=unix_mode", "--platform-properties=OSFamily=linux,ISA=x86-64",
                    .. manifest.Environment.Select(variable => $"--env={variable.Key}={variable.Value}"), .. action.Salt.IsEmpty ? Array.Empty<string>() : [$"--salt={action.Salt.ToStringUtf8()}"], .. manifest.Arguments]);
                Assert.Empty(await transport.FindMissingAsync([action.DigestOf(), command.DigestOf()], TestContext.Current.CancellationToken));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task GiveAsync(GrpcTransport transport, Imagecraft.Engine.Store.ContentStore store, Digest root)
    {
        var node = store.GetDirectory(root);
        Digest[] blobs = [root, .. node.Files.Select(file => file.Digest.ToDigest())];
        await transport.WriteManyAsync([.. blobs.Select(digest => (digest, (ReadOnlyMemory<byte>)store.Read(digest)))], TestContext.Current.CancellationToken);
        foreach (var child in node.Directories)
            await GiveAsync(transport, store, child.Digest.ToDigest());
    }

    static void Grow(string folder, Random random, int depth)
    {
        string[] names = ["a", "B", "_", "z~", "a.b", "a-b", "ä", "Ω", "😀", "\uFFEE", "a b", "ab", "0"];
        Directory.CreateDirectory(folder);
        foreach (var name in names.Where(_ => random.Next(3) == 0))
        {
            var path = Path.Combine(folder, name);
            switch (random.Next(depth > 0 ? 5 : 3))
            {
                case 0:
                    File.WriteAllText(path, new string('x', random.Next(3)));
                    break;
                case 1:
                    File.WriteAllText(path, "program");
                    File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
                    break;
                case 2:
                    File.CreateSymbolicLink(path, $"../{name}/x");
                    break;
                default:
                    Grow(path, random, depth - 1);
                    break;
            }
        }
    }
}
