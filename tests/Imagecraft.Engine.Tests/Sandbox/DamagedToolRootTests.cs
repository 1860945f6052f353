// One bad byte in a tool root stops no build.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Engine.Tests.Store;
using static Imagecraft.Engine.Tests.Execution.EngineBench;
using static Imagecraft.Engine.Tests.Sandbox.SandboxFixture;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed class DamagedToolRootTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task A_program_that_rotted_is_imported_again_and_runs()
    {
        Assert.Equal("1", await fixture.TextOfAsync(Shell("first", "seq 1 > /out/text")));
        var tools = (await fixture.Bench.BuildAsync(fixture.Roots, "toolroot:tools")).Output(Id("toolroot:tools"), "tree").Digest;
        Digest program;
        using (var store = new ContentStore(fixture.Bench.Cache))
            program = TreeWalk.Find(store, tools, "usr/bin/seq")!.Digest;

        Directory.Delete(Path.Combine(fixture.Bench.Cache, "trees", tools.Hash[..2], tools.Hash), recursive: true);
        foreach (var path in fixture.Bench.ObjectFiles(program))
            StoreFixture.Flip(path, keepTime: true);
        Assert.Equal("1\n2", await fixture.TextOfAsync(Shell("second", "seq 2 > /out/text")));
        Assert.Equal(["second", "toolroot:tools", "second"], fixture.Bench.Ran);
    }
}
