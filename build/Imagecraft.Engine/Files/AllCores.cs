// How wide parallel work on files runs. Unaware of what it does.

namespace Imagecraft.Engine.Files;

static class AllCores
{
    /// <summary>As many threads as the machine has processors, at least two, so that one computes while the other waits for the disk.</summary>
    public static ParallelOptions Until(CancellationToken cancellationToken) => new()
    {
        MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount),
        CancellationToken = cancellationToken,
    };
}
