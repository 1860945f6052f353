// While actions run, looks at a share of the cache for rot, and tells when there was some. Nothing waits for it.

using Imagecraft.Engine.Events;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution;

sealed partial class BuildRun
{
    readonly CancellationTokenSource scrubEnd = new();
    Task<ScrubReport>? scrub;

    /// <summary>Begins with the first action that runs, so a build with nothing to do does not scrub.</summary>
    void BeginScrub()
    {
        if (options.ScrubBytes > 0)
            scrub = new CacheMaintenance(store).ScrubAsync(options.ScrubBytes, scrubEnd.Token);
    }

    async Task EndScrubAsync()
    {
        if (scrub is null)
            return;
        try
        {
            await scrubEnd.CancelAsync();
            var report = await scrub;
            if (!report.Damaged.IsEmpty)
            {
                emit(new BuildEvent.Notice(
                    clock.Elapsed,
                    $"Damaged content [{string.Join(", ", report.Damaged.Select(d => $"`{d.Prefix}`"))}] was found in the cache and removed, with {report.ResultsRemoved} results that were made of it; build again, and check the disk of the cache folder with `./build.sh cache verify`"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            emit(new BuildEvent.Notice(clock.Elapsed, $"The cache could not be looked at for damage: {e.Message}"));
        }
    }
}
