// What a process sees in the real sandbox, and what it cannot do there.

using System.Net;
using System.Net.Sockets;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using static Imagecraft.Engine.Tests.Execution.EngineBench;
using static Imagecraft.Engine.Tests.Sandbox.SandboxFixture;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed class SandboxTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task The_world_inside_is_the_same_everywhere()
    {
        var text = await sandbox.TextOfAsync(Shell("fixed", "{ uname -n; id -u; id -g; pwd; umask; env | sort | grep -v '^_=\\|^SHLVL=\\|^PWD=\\|^OLDPWD='; } > /out/text"));
        Assert.Equal(
            """
            imagecraft
            0
            0
            /build
            0022
            HOME=/build
            LC_ALL=C.UTF-8
            PATH=/usr/sbin:/usr/bin:/sbin:/bin
            SOURCE_DATE_EPOCH=1767225600
            TAR_OPTIONS=--no-same-owner
            TZ=UTC
            """, text);
    }

    [Fact]
    public async Task An_archive_of_other_owners_is_unpacked_whoever_builds()
    {
        var text = await sandbox.TextOfAsync(Shell("unpacks", "cd /build && echo x > file && tar --owner=5 --group=65534 -cf a.tar file && rm file && tar -xf a.tar && stat -c %u:%g file > /out/text"));
        Assert.Equal("0:0", text);
    }

    [Fact]
    public async Task A_file_of_the_host_that_is_no_input_cannot_be_read()
    {
        var secret = sandbox.Bench.Write("secret", "hidden");
        var result = await sandbox.BuildAsync(Shell("undeclared", $"cat {secret} > /out/text"));
        var failure = Assert.Single(result.Failures).Failure;
        Assert.Equal(FailureKind.User, failure.Kind);
        Assert.Contains($"{secret}: No such file or directory", failure.LastLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_reaches_nobody()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var local = await sandbox.BuildAsync(Shell("loopback", $"echo hello > /dev/tcp/127.0.0.1/{port}; echo sent > /out/text"));
        var remote = await sandbox.BuildAsync(Shell("remote", "echo hello > /dev/tcp/192.0.2.1/80; echo sent > /out/text"));
        Assert.Contains("Connection refused", Assert.Single(local.Failures).Failure.LastLines[^1], StringComparison.Ordinal);
        Assert.Contains("Network is unreachable", string.Join('\n', Assert.Single(remote.Failures).Failure.LastLines), StringComparison.Ordinal);
        Assert.False(listener.Pending());
    }

    [Theory]
    [InlineData("/new")]
    [InlineData("/usr/bin/new")]
    [InlineData("/usr/bin/bash")]
    public async Task The_root_is_read_only(string path)
    {
        var result = await sandbox.BuildAsync(Shell($"write:{path}", $"echo x > {path}; echo y > /out/text"));
        Assert.Contains("Read-only file system", Assert.Single(result.Failures).Failure.LastLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_input_tree_can_be_changed_without_changing_the_input()
    {
        sandbox.Bench.Write("source/a.txt", "one");
        var source = new InputEdge("/src", Local("source"), "the source");
        Assert.Equal("two\n.\n./a.txt\n./b/c.txt", await sandbox.TextOfAsync(Shell("change", "cd /src; echo two > a.txt; mkdir b; mv a.txt b/c.txt; cp b/c.txt a.txt; cat a.txt > /out/text; rm b/c.txt; touch b/c.txt; find . ! -type d -o -name . | sort >> /out/text", source)));
        Assert.Equal("one", await sandbox.TextOfAsync(Shell("unchanged", "cat /src/a.txt > /out/text", source)));
    }

    [Fact]
    public async Task A_file_input_is_read_only_and_has_the_fixed_time()
    {
        var input = new InputEdge("/src/config", Text("CONFIG=y\n"), "the configuration");
        Assert.Equal("CONFIG=y\n1767225600", await sandbox.TextOfAsync(Shell("file", "cat /src/config > /out/text; stat -c %Y /src/config >> /out/text; if echo x > /src/config; then exit 1; fi", input)));
    }

    [Fact]
    public async Task Trees_at_the_root_lie_over_each_other()
    {
        sandbox.Bench.Write("dependency/usr/lib/extra/x.txt", "extra");
        Assert.Equal("extra", await sandbox.TextOfAsync(Shell("layers", "cat /lib/extra/x.txt > /out/text", new InputEdge("/", Local("dependency"), "a dependency"))));
    }

    [Fact]
    public async Task A_tree_that_lies_behind_a_link_of_the_root_is_found()
    {
        sandbox.Bench.Write("unmerged/lib/extra/y.txt", "behind");
        Assert.Equal("behind", await sandbox.TextOfAsync(Shell("links", "cat /usr/lib/extra/y.txt > /out/text", new InputEdge("/", Local("unmerged"), "a dependency that is not usr-merged"))));
    }

    [Fact]
    public async Task More_trees_at_the_root_than_one_mount_takes_are_merged_first()
    {
        var inputs = Enumerable.Range(0, 80).Select(i =>
        {
            sandbox.Bench.Write($"many/{i}/usr/share/many/{i}", $"{i}");
            return new InputEdge("/", Local($"many/{i}"), "one of many");
        });
        Assert.Equal("80", await sandbox.TextOfAsync(Shell("many", "ls /usr/share/many | wc -l > /out/text", [.. inputs])));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/in")]
    public async Task A_tree_that_lies_at_one_place_twice_counts_where_it_comes_last(string place)
    {
        sandbox.Bench.Write($"twice{place.Length}/a/usr/share/twice/name", "first and last");
        sandbox.Bench.Write($"twice{place.Length}/b/usr/share/twice/name", "between");
        InputEdge[] inputs = [.. "aba".Select(tree => new InputEdge(place, Local($"twice{place.Length}/{tree}"), "one of three"))];
        Assert.Equal("first and last", await sandbox.TextOfAsync(Shell($"twice{place.Length}", $"cat {place}/usr/share/twice/name > /out/text", inputs)));
    }

    [Fact]
    public async Task Files_can_be_installed_as_root()
    {
        Assert.Equal("755 0 0", await sandbox.TextOfAsync(Shell("install", "echo x > a; chmod 0 a; chown 0:0 a; install -D -m 755 -o root -g root a /out/dir/b 2>&1 || install -D -m 755 -o 0 -g 0 a /out/dir/b; stat -c '%a %u %g' /out/dir/b > /out/text")));
    }

    [Fact]
    public async Task Tree_and_file_outputs_keep_modes_and_links()
    {
        var maker = Shell("tree", "mkdir -p /out/t/d/empty; echo x > /out/t/d/x; chmod 700 /out/t/d/x; ln -s d/x /out/t/l; chmod 555 /out/t/d; echo done > /out/text") with
        {
            Outputs = [new OutputSpec("tree", "/out/t", OutputKind.Tree), new OutputSpec("text", "/out/text", OutputKind.File)],
        };
        var reader = Shell("tree-reader", "cd /in; find . -printf '%P %y %m %l\\n' | sort > /out/text", new InputEdge("/in", new InputSource.OutputOf(Id("tree"), "tree"), "a tree"));
        Assert.Equal(" d 755 \nd d 755 \nd/empty d 755 \nd/x f 700 \nl l 777 d/x", await sandbox.TextOfAsync(reader, maker));
    }

    [Fact]
    public async Task A_cache_is_kept_between_actions()
    {
        ActionNode With(string id, string script) => Shell(id, script) with
        {
            Work = new ActionWork.Process { Arguments = ["/bin/bash", "-euc", script], Caches = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("test", "/cache") },
        };
        await sandbox.TextOfAsync(With("cache-write", "echo kept > /cache/x; echo > /out/text"));
        Assert.Equal("kept", await sandbox.TextOfAsync(With("cache-read", "cat /cache/x > /out/text")));
    }

}
