// Which ready action starts when: longest remaining path first, within CPU slots, memory, downloads and slots elsewhere. Unaware of how an action is run.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Execution.Memory;
using Imagecraft.Engine.Execution.Processes;
using Imagecraft.Engine.Sandbox;

namespace Imagecraft.Engine.Execution.Running;

sealed class ReadyQueue(EngineOptions options, WorkspaceMemory memory)
{
    readonly PriorityQueue<BuildNode, TimeSpan> forCpu = new();
    readonly PriorityQueue<BuildNode, TimeSpan> forNetwork = new();
    readonly SortedSet<int> freeLanes = [];
    int lanes, fetching, jobserverClients;
    long memoryInUse;

    public bool Any => forCpu.Count + forNetwork.Count > 0;

    long MemoryLimit => field > 0 ? field : field = options.MemoryBytes ?? SystemMemory.AvailableBytes();

    public void Add(BuildNode node)
    {
        var known = memory[node.Action.Id];
        node.ExpectedMemory = known is { PeakMemoryBytes: > 0 } ? known.PeakMemoryBytes : node.Action.Resources.MemoryBytes;
        (node.NeedsCpu ? forCpu : forNetwork).Enqueue(node, -Remaining(node));
    }

    /// <summary>The time that the action took when it last ran; null when not known.</summary>
    public TimeSpan? Known(BuildNode node) => memory[node.Action.Id]?.Duration is { Ticks: > 0 } known ? known : null;

    /// <summary>Gives what fits to <paramref name="start"/>; true when something waits for a slot that a child of a running action may give back at any time.</summary>
    /// <param name="jobserver">The slots here.</param>
    /// <param name="elsewhere">How many more may run elsewhere.</param>
    /// <param name="start">Told what starts.</param>
    public bool Start(Jobserver jobserver, Func<int> elsewhere, Action<BuildNode> start)
    {
        while (fetching < options.Fetches && TryTake(forNetwork, out var node))
        {
            fetching++;
            TakeLane(node);
            start(node);
        }

        if (forCpu.Count == 0)
            return false;
        if (jobserverClients == 0)
            jobserver.Refill();
        var waiting = new List<BuildNode>();
        var starved = false;
        var full = false;
        while (TryTake(forCpu, out var node))
        {
            if (!node.StaysHere && RemoteRunner.Takes(node.Action) && elsewhere() > 0)
            {
                node.RunsElsewhere = true;
                TakeLane(node);
                start(node);
                continue;
            }

            if (full || (memoryInUse > 0 && memoryInUse + node.ExpectedMemory > MemoryLimit))
            {
                waiting.Add(node);
                continue;
            }

            if (!jobserver.TryTake())
            {
                waiting.Add(node);
                starved = jobserverClients > 0;
                if (elsewhere() <= 0)
                    break;
                full = true;
                continue;
            }

            memoryInUse += node.ExpectedMemory;
            if (node.Action.Resources.Jobserver)
                jobserverClients++;
            TakeLane(node);
            start(node);
        }

        foreach (var node in waiting)
            forCpu.Enqueue(node, -Remaining(node));
        return starved;
    }

    /// <summary>A started action ended: gives back what it took.</summary>
    public void Release(BuildNode node, Jobserver jobserver)
    {
        freeLanes.Add(node.Lane);
        if (node.RunsElsewhere)
            return;
        if (!node.NeedsCpu)
        {
            fetching--;
            return;
        }

        memoryInUse -= node.ExpectedMemory;
        if (node.Action.Resources.Jobserver)
            jobserverClients--;
        jobserver.Release();
    }

    // One that was skipped meanwhile is dropped.
    static bool TryTake(PriorityQueue<BuildNode, TimeSpan> queue, out BuildNode node)
    {
        while (queue.TryDequeue(out node!, out _))
        {
            if (node.State == NodeState.Ready)
                return true;
        }

        return false;
    }

    void TakeLane(BuildNode node)
    {
        node.Lane = freeLanes.Count > 0 ? freeLanes.Min : lanes++;
        freeLanes.Remove(node.Lane);
    }

    // Without recursion: graphs may be thousands of actions deep.
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

    TimeSpan Expected(BuildNode node) => Known(node) ?? node.Action.Work switch
    {
        ActionWork.Process => TimeSpan.FromSeconds(10),
        { IsDownload: true } => TimeSpan.FromSeconds(3),
        _ => TimeSpan.FromSeconds(1),
    };
}
