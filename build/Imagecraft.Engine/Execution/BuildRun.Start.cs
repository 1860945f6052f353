// Which ready action starts when: longest remaining path first, within CPU slots, memory and downloads. Unaware of how an action is run.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution.Processes;
using Imagecraft.Engine.Sandbox;

namespace Imagecraft.Engine.Execution;

sealed partial class BuildRun
{
    readonly PriorityQueue<BuildNode, TimeSpan> readyForCpu = new();
    readonly PriorityQueue<BuildNode, TimeSpan> readyToFetch = new();
    readonly SortedSet<int> freeLanes = [];
    ScratchFolder? scratch;
    Jobserver? jobserver;
    ActionRunner? runner;
    int lanes, fetching, jobserverClients;
    long memoryInUse;

    bool AnyReady => readyForCpu.Count + readyToFetch.Count > 0;

    long MemoryLimit => field > 0 ? field : field = options.MemoryBytes ?? SystemMemory.AvailableBytes();

    void MakeReady(BuildNode node)
    {
        var known = memory[node.Action.Id];
        node.ExpectedMemory = known is { PeakMemoryBytes: > 0 } ? known.PeakMemoryBytes : node.Action.Resources.MemoryBytes;
        (node.NeedsCpu ? readyForCpu : readyToFetch).Enqueue(node, -Remaining(node));
    }

    /// <summary>Starts what fits; true when something waits for a slot that a child of a running action may give back at any time.</summary>
    bool StartReady()
    {
        while (fetching < options.Fetches && readyToFetch.TryDequeue(out var node, out _))
        {
            fetching++;
            Start(node);
        }

        if (readyForCpu.Count == 0)
            return false;
        Prepare();
        if (jobserverClients == 0)
            jobserver!.Refill();
        var tooLarge = new List<BuildNode>();
        var starved = false;
        while (readyForCpu.TryDequeue(out var node, out _))
        {
            if (memoryInUse > 0 && memoryInUse + node.ExpectedMemory > MemoryLimit)
            {
                tooLarge.Add(node);
            }
            else if (!jobserver!.TryTake())
            {
                tooLarge.Add(node);
                starved = jobserverClients > 0;
                break;
            }
            else
            {
                memoryInUse += node.ExpectedMemory;
                if (node.Action.Resources.Jobserver)
                    jobserverClients++;
                Start(node);
            }
        }

        foreach (var node in tooLarge)
            readyForCpu.Enqueue(node, -Remaining(node));
        return starved;
    }

    void Start(BuildNode node)
    {
        Prepare();
        node.Lane = freeLanes.Count > 0 ? freeLanes.Min : lanes++;
        freeLanes.Remove(node.Lane);
        node.State = NodeState.Running;
        node.StartedAt = clock.Elapsed;
        running++;
        emit(new BuildEvent.ActionStarted(clock.Elapsed, node.Action.Id, node.Action.Description, node.Reason.Words, memory[node.Action.Id]?.Duration is { Ticks: > 0 } d ? d : null, node.Lane));
        var context = new RunContext(node.Action, node.Manifest!, node.Key, node.InputRoot, (done, total) => messages.Writer.TryWrite(new Message.Progress(node, done, total)));
        _ = Task.Run(async () => messages.Writer.TryWrite(new Message.Ended(node, await runner!.RunAsync(context))), CancellationToken.None);
    }

    void Prepare()
    {
        if (scratch is not null)
            return;
        BeginScrub();
        scratch = ScratchFolder.Create(options.CacheRoot);
        jobserver = new Jobserver(Path.Combine(scratch.Root, "jobs"), options.Cpus);
        runner = new ActionRunner(options, store, cache, manifests, fetcher, scratch, jobserver, () => sandboxRoot?.Outputs?[options.SandboxRoot!.Output], stop, kill);
    }

    void ReleaseSlot(BuildNode node)
    {
        freeLanes.Add(node.Lane);
        if (!node.NeedsCpu)
        {
            fetching--;
            return;
        }

        memoryInUse -= node.ExpectedMemory;
        if (node.Action.Resources.Jobserver)
            jobserverClients--;
        jobserver!.Release();
    }

    public void Dispose()
    {
        jobserver?.Dispose();
        scratch?.Dispose();
        scrubEnd.Dispose();
    }

    TimeSpan Remaining(BuildNode node)
    {
        if (node.Priority >= TimeSpan.Zero)
            return node.Priority;
        var open = new Stack<BuildNode>([node]);
        while (open.TryPeek(out var top))
        {
            var unknown = top.Consumers.Where(c => c.Priority < TimeSpan.Zero && c.State != NodeState.Done).ToList();
            if (unknown.Count > 0)
            {
                unknown.ForEach(open.Push);
                continue;
            }

            open.Pop();
            var longest = top.Consumers.Count == 0 ? TimeSpan.Zero : top.Consumers.Max(c => c.Priority < TimeSpan.Zero ? TimeSpan.Zero : c.Priority);
            top.Priority = longest + Expected(top);
        }

        return node.Priority;
    }

    TimeSpan Expected(BuildNode node) => memory[node.Action.Id]?.Duration is { Ticks: > 0 } known ? known : node.Action.Work switch
    {
        ActionWork.Process => TimeSpan.FromSeconds(10),
        { IsDownload: true } => TimeSpan.FromSeconds(3),
        _ => TimeSpan.FromSeconds(1),
    };
}
