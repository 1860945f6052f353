// What actions are run with: scratch folder, job server, runner. Made when the first action runs. Unaware of the graph.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Execution.Processes;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Running;

sealed class Workbench : IDisposable
{
    readonly ScratchFolder scratch;

    public Workbench(EngineOptions options, ContentStore store, ActionCache cache, ManifestBuilder manifests, IFetcher fetcher, SandboxSource sandbox, RemoteWork? remote, CancellationToken stop, CancellationToken kill)
    {
        scratch = ScratchFolder.Create(options.CacheRoot);
        Jobserver = new Jobserver(Path.Combine(scratch.Root, "jobs"), options.Cpus);
        Runner = new ActionRunner(options, store, cache, manifests, fetcher, scratch, Jobserver, () => sandbox.Value, remote, stop, kill);
    }

    public Jobserver Jobserver { get; }

    public ActionRunner Runner { get; }

    public void Dispose()
    {
        Jobserver.Dispose();
        scratch.Dispose();
    }
}
