// The states of an action in a build, and the steps between them.

using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Execution.Memory;
using Imagecraft.Engine.Execution.Processes;
using Imagecraft.Engine.Execution.Running;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class NodeStateTests
{
    [Fact]
    public void A_step_that_is_not_stated_is_a_bug_that_names_the_action()
    {
        var node = Node();
        node.MoveTo(NodeState.Queued);
        node.MoveTo(NodeState.Ready);
        var problem = Assert.Throws<InvalidOperationException>(() => node.MoveTo(NodeState.Done));
        Assert.Equal("`x` cannot go from Ready to Done", problem.Message);
        Assert.Equal(NodeState.Ready, node.State);
    }

    [Fact]
    public void What_failed_or_was_skipped_stays_so_and_both_are_told_apart()
    {
        foreach (var last in new[] { NodeState.Failed, NodeState.Skipped })
        {
            Assert.True(last.IsFinal());
            Assert.DoesNotContain(Enum.GetValues<NodeState>(), next => last.LeadsTo(next));
        }

        Assert.DoesNotContain(Enum.GetValues<NodeState>(), state => state.IsFinal() && state is not (NodeState.Failed or NodeState.Skipped));
    }

    [Fact]
    public void Every_state_can_be_reached_and_every_open_one_leads_to_an_end()
    {
        var states = Enum.GetValues<NodeState>();
        Assert.Equal(states, Below(NodeState.Waiting).Order());
        Assert.All(states.Where(s => !s.IsFinal()), s => Assert.Contains(NodeState.Skipped, Below(s)));

        HashSet<NodeState> Below(NodeState from)
        {
            var found = new HashSet<NodeState>();
            var open = new Stack<NodeState>([from]);
            while (open.TryPop(out var state))
            {
                if (found.Add(state))
                    states.Where(next => state.LeadsTo(next)).ToList().ForEach(open.Push);
            }

            return found;
        }
    }

    [Fact]
    public void What_is_skipped_while_it_waits_for_a_slot_is_not_started()
    {
        var folder = Directory.CreateTempSubdirectory("ready-").FullName;
        try
        {
            using var jobserver = new Jobserver(Path.Combine(folder, "jobs"), 2);
            var options = new EngineOptions { CacheRoot = folder, WorkspaceRoot = folder };
            var ready = new ReadyQueue(options, WorkspaceMemory.Load(folder, folder, options.Boot));
            var (stays, goes) = (Node(), Node());
            foreach (var node in new[] { stays, goes })
            {
                node.MoveTo(NodeState.Queued);
                node.MoveTo(NodeState.Ready);
                ready.Add(node);
            }

            goes.MoveTo(NodeState.Skipped);
            var started = new List<BuildNode>();
            ready.Start(jobserver, () => 0, started.Add);
            Assert.Same(stays, Assert.Single(started));
            Assert.False(ready.Any);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static BuildNode Node() => new(EngineBench.Node("x", "nothing"));
}
