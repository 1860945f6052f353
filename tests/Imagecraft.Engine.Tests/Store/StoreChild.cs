// What child processes of the concurrency tests do. Unaware of how they end.

using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class StoreChild
{
    /// <summary>Names the folder with `in` and `cache`.</summary>
    internal const string Variable = "IMAGECRAFT_TEST_STORE";

    [Fact(Explicit = true)]
    public async Task Child_stores_and_materializes()
    {
        var root = Environment.GetEnvironmentVariable(Variable)!;
        using var store = new ContentStore(Path.Combine(root, "cache"));
        var tree = await store.PutTreeAsync(Path.Combine(root, "in"), move: false, StoreFixture.Token);
        Assert.Equal("7", await File.ReadAllTextAsync(Path.Combine(await store.MaterializeAsync(tree, StoreFixture.Token), "folder7/file7"), StoreFixture.Token));
    }

    [Fact(Explicit = true)]
    public async Task Child_works_until_it_is_killed()
    {
        var root = Environment.GetEnvironmentVariable(Variable)!;
        using var store = new ContentStore(Path.Combine(root, "cache"));
        using var lease = store.BeginLease();
        var random = new Random();
        for (var round = 0; ; round++)
        {
            var folder = Path.Combine(root, $"given-{Environment.ProcessId}-{round}");
            foreach (var path in Directory.EnumerateFiles(Path.Combine(root, "in"), "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(folder, Path.GetRelativePath(root, path));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                await File.WriteAllTextAsync(target, $"{random.Next(300)}", StoreFixture.Token);
            }

            await File.WriteAllTextAsync(Path.Combine(root, "started"), "", StoreFixture.Token);
            var tree = await store.PutTreeAsync(folder, move: true, StoreFixture.Token);
            new ActionCache(store).Put(tree, new Reapi.ActionResult { OutputDirectories = { new Reapi.OutputDirectory { Path = "x", RootDirectoryDigest = tree.ToReapi() } } });
            await store.MaterializeAsync(tree, StoreFixture.Token);
        }
    }
}
