// A cache that goes from machine to machine in a folder.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Remote;
using Imagecraft.Engine.Store;
using static Imagecraft.Remote.Tests.Machine;

namespace Imagecraft.Remote.Tests;

public sealed class ExchangeTests : IDisposable
{
    static readonly ActionNode[] nodes =
    [
        Shell("first", "mkdir -p /out/tree/sub; echo one >/out/tree/sub/file; ln -s sub /out/tree/link; chmod 700 /out/tree/sub"),
        Shell("second", "mkdir /out/tree; cat /in/sub/file >/out/tree/file", From("/in", "first")),
    ];

    readonly string folder = Directory.CreateTempSubdirectory("exchange-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static async Task<ExchangeReport> WithAsync(Machine machine, Func<CacheExchange, Task<ExchangeReport>> act)
    {
        using var store = new ContentStore(machine.Options.CacheRoot);
        return await act(new CacheExchange(store, new ActionCache(store)));
    }

    Task<ExchangeReport> ExportAsync(Machine machine) => WithAsync(machine, exchange =>
        exchange.GiveAsync([.. WorkspaceKeys.Of(machine.Options.WorkspaceRoot).Values], new FolderTransport(folder), TestContext.Current.CancellationToken));

    Task<ExchangeReport> ImportAsync(Machine machine) => WithAsync(machine, exchange =>
        exchange.TakeAsync([.. new FolderTransport(folder).Keys.Select(hash => new Engine.Content.Digest(hash, 0))], () => new FolderTransport(folder), TestContext.Current.CancellationToken));

    [Fact]
    public async Task What_was_exported_is_cached_where_it_is_imported_and_a_second_time_copies_nothing()
    {
        using var first = new Machine();
        var built = await first.BuiltAsync(nodes);
        var exported = await ExportAsync(first);
        Assert.Equal((4, 0, 0), (exported.Copied, exported.Known, exported.Lacking));
        var again = await ExportAsync(first);
        Assert.Equal((0, 4, 0L), (again.Copied, again.Known, again.Bytes));

        using var second = new Machine();
        Assert.Equal(4, (await ImportAsync(second)).Copied);
        Assert.Equal((0, 4), (await ImportAsync(second)) is var known ? (known.Copied, known.Known) : default);
        var result = await second.BuiltAsync(nodes);
        Assert.All(result.Outcomes.Values, outcome => Assert.IsType<ActionOutcome.Cached>(outcome));
        Assert.Equal(built.Output(Id("first"), "tree"), result.Output(Id("first"), "tree"));
        Assert.Equal("one\n", second.Text(result, "second", "file"));
    }

    [Fact]
    public async Task A_result_that_is_not_whole_is_left_and_one_that_is_damaged_ends_the_import()
    {
        using var first = new Machine();
        var built = await first.BuiltAsync(nodes);
        await ExportAsync(first);
        var lost = Directory.EnumerateFiles(Path.Combine(folder, "cas")).Single(file => File.ReadAllBytes(file).AsSpan().SequenceEqual("one\n"u8));
        File.Delete(lost);
        using var second = new Machine();
        var report = await ImportAsync(second);
        Assert.Equal((2, 2), (report.Copied, report.Lacking));
        await second.BuiltAsync(nodes);

        File.WriteAllText(lost, "two\n");
        using var third = new Machine();
        Assert.Contains("is something else", (await Assert.ThrowsAsync<RemoteException>(() => ImportAsync(third))).Message, StringComparison.Ordinal);
        Assert.Equal(built.Output(Id("second"), "tree"), (await third.BuiltAsync(nodes)).Output(Id("second"), "tree"));
    }

    [Fact]
    public async Task A_build_may_read_the_folder_itself()
    {
        using var first = new Machine();
        await first.BuiltAsync(nodes);
        await ExportAsync(first);
        using var second = Machine.At(RemoteSettings.Parse($"file:{folder}"), upload: false);
        var result = await second.BuiltAsync(nodes);
        Assert.All(result.Outcomes.Values, outcome => Assert.Equal($"file:{folder}", Assert.IsType<ActionOutcome.Cached>(outcome).From));
    }
}
