// While actions run, looks at a share of the cache for rot, and tells when there was some. Nothing waits for it.

using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Running;

sealed class BackgroundScrub(ContentStore store, long bytes) : IDisposable
{
    readonly CancellationTokenSource end = new();
    Task<ScrubReport>? scrub;

    /// <summary>Begins with the first action that runs, so a build with nothing to do does not scrub.</summary>
    public void Begin()
    {
        if (bytes > 0)
            scrub ??= new CacheMaintenance(store).ScrubAsync(bytes, end.Token);
    }

    /// <summary>Ends it; what there is to tell, if anything.</summary>
    public async Task<string?> EndAsync()
    {
        if (scrub is null)
            return null;
        try
        {
            await end.CancelAsync();
            var found = await scrub;
            return found.Damaged.IsEmpty
                ? null
                : $"Damaged content [{string.Join(", ", found.Damaged.Select(d => $"`{d.Prefix}`"))}] was found in the cache and removed, with {found.ResultsRemoved} results that were made of it; build again, and check the disk of the cache folder with `./build.sh cache verify`";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"The cache could not be looked at for damage: {e.Message}";
        }
    }

    public void Dispose() => end.Dispose();
}
