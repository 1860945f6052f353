// The settings of an engine. Unaware of where they come from.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Remote;
using Imagecraft.Engine.Sandbox;

namespace Imagecraft.Engine.Execution;

/// <summary>Where and how an engine works; none of it enters a key.</summary>
public sealed record EngineOptions
{
    /// <summary>The cache folder, shared by all workspaces.</summary>
    public required string CacheRoot { get; init; }

    /// <summary>The workspace; relative paths of local inputs are meant from here, and its <c>.imagecraft</c> folder holds logs and memory of earlier builds.</summary>
    public required string WorkspaceRoot { get; init; }

    /// <summary>CPU slots, shared by all actions and their children.</summary>
    public int Cpus { get; init; } = Environment.ProcessorCount;

    /// <summary>Sum of expected peaks of running actions, in bytes; the machine's available memory when null.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>What each process action may take of the machine.</summary>
    public SandboxLimits Limits { get; init; } = SandboxLimits.OfMachine;

    /// <summary>Downloads at the same time.</summary>
    public int Fetches { get; init; } = 6;

    /// <summary>After a failure, actions that do not depend on it are still run.</summary>
    public bool KeepGoing { get; init; }

    /// <summary>No downloads.</summary>
    public bool Offline { get; init; }

    /// <summary>A cache elsewhere that is asked for what the local one lacks; null: none.</summary>
    public RemoteOptions? Remote { get; init; }

    /// <summary>Machines that run processes; their store is <see cref="Remote"/>. Null: all run here.</summary>
    public ExecutorOptions? Executor { get; init; }

    /// <summary>Share of the actions that run, from 0 to 1, that are run a second time and fail when that gives something else.</summary>
    public double VerifiedShare { get; init; }

    /// <summary>The tree that has bubblewrap; made before the first process action, in no key.</summary>
    public InputSource.OutputOf? SandboxRoot { get; init; }

    /// <summary>Time between the polite and the hard end of children when a build is stopped.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Called with the outputs of all goals once they are made, to export them. When it meets missing or damaged content
    /// (<see cref="Store.ContentMissingException"/>), the producer is run again and it is called again.
    /// </summary>
    public Func<BuildResult, CancellationToken, Task>? Deliver { get; init; }

    /// <summary>The identity of this boot of the machine, by which content is found that a power failure may have cost.</summary>
    internal string Boot { get; init; } = Store.SyncRecord.ThisBoot;

    /// <summary>How many bytes of the cache a build that runs something hashes besides, to find rot that keeps size and time.</summary>
    internal long ScrubBytes { get; init; } = 64L << 20;

    internal string StateFolder => Path.Combine(WorkspaceRoot, ".imagecraft");

    internal string LogFolder => Path.Combine(StateFolder, "logs");
}
