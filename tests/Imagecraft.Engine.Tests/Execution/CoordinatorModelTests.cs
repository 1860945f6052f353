// Random graphs under random failures, losses and stops, against a simple model: what each action ends as, and what it gives.

using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Graph;
using static Imagecraft.Engine.Tests.Execution.EngineBench;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class CoordinatorModelTests
{
    const int Rounds = 4;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_fails_is_lost_or_stopped_every_action_ends_once_and_the_next_build_is_right(int quarter)
    {
        for (var seed = quarter * 50; seed < (quarter + 1) * 50; seed++)
        {
            using var world = new World(seed);
            for (var round = 0; round < Rounds; round++)
                await world.BuildAsync(disturbed: round < Rounds - 1);
        }
    }

    /// <summary>One graph, one cache, and what goes wrong in it.</summary>
    sealed class World : IDisposable
    {
        readonly Lock guard = new();
        readonly Random random;
        readonly EngineBench bench;
        readonly RandomGraph graph;
        readonly int seed;
        HashSet<string> failing = [];
        // Whether some is lost in this build, and in one up to now. What is lost again and again ends as an error of the environment.
        bool loses, mayLose;
        int losses, steps;
        CancellationTokenSource? stop;

        public World(int seed)
        {
            this.seed = seed;
            random = new Random(seed);
            graph = new RandomGraph(random);
            // Each of a thousand builds ends with a sync of its file system; in memory that waits for nobody else's writes.
            bench = new EngineBench(Directory.Exists("/dev/shm") ? $"/dev/shm/engine-model-{Environment.ProcessId}-{seed}" : null);
            foreach (var node in graph.Nodes)
            {
                if (node.Work is ActionWork.FetchCommit fetch)
                    bench.Fetcher.Content[fetch.Places[0]] = fetch.Commit;
            }

            bench.Functions =
            [
                .. TreeFunctions,
                new TestFunction("work", (context, _) =>
                {
                    var label = context.Parameters["label"];
                    Happen(label);
                    var text = label + string.Concat(context.Inputs.Select(i => $"({Encoding.UTF8.GetString(context.Store.Read(i.Value.Digest))})"));
                    context.Output("text", new OutputValue(context.Store.Put(Encoding.UTF8.GetBytes(text)), OutputKind.File));
                    return Task.CompletedTask;
                }),
                new TestFunction("hand-on", (context, _) =>
                {
                    Happen(context.Parameters["label"]);
                    context.Output("text", context.Inputs[0].Value);
                    return Task.CompletedTask;
                }),
            ];
        }

        public void Dispose() => bench.Dispose();

        public async Task BuildAsync(bool disturbed)
        {
            failing = disturbed && random.Next(2) == 0 ? [.. graph.Names.Where(_ => random.Next(6) == 0)] : [];
            losses = disturbed ? random.Next(4) : 0;
            steps = disturbed && random.Next(4) == 0 ? random.Next(1, 12) : int.MaxValue;
            var keepGoing = random.Next(2) == 0;
            var goals = graph.Names.Where(_ => random.Next(3) == 0).Append(graph.Names.Last()).ToList();
            loses = losses > 0;
            mayLose |= loses;
            using (stop = new CancellationTokenSource())
            {
                if (disturbed)
                    LoseSome();
                var events = new List<BuildEvent>();
                var delivered = new Dictionary<string, string>();
                using var engine = new BuildEngine(Options(keepGoing, goals, delivered), bench.Functions, bench.Fetcher);
                var result = await engine.RunAsync(ActionGraph.Create(graph.Nodes), [.. goals.Select(Id)], told =>
                {
                    events.Add(told);
                    if (told is BuildEvent.ActionStarted or BuildEvent.ActionEnded && --steps == 0)
                        stop.Cancel();
                }, stop.Token).WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
                Check(result, events, keepGoing);
                if (result.Succeeded)
                    Assert.All(goals, goal => Assert.True(delivered.GetValueOrDefault(goal) == graph.TextOf(goal), Words($"`{goal}` is {delivered.GetValueOrDefault(goal)}", events)));
                else
                    Assert.True(disturbed, Words("An undisturbed build fails", events));
            }
        }

        EngineOptions Options(bool keepGoing, List<string> goals, Dictionary<string, string> delivered) => bench.Options with
        {
            Cpus = 3,
            KeepGoing = keepGoing,
            ScrubBytes = 0,
            SandboxRoot = new InputSource.OutputOf(Id("root"), "tree"),
            Deliver = (result, _) =>
            {
                using var store = new Imagecraft.Engine.Store.ContentStore(bench.Cache);
                foreach (var goal in goals)
                    delivered[goal] = Encoding.UTF8.GetString(store.Read(result.OutputsOf(Id(goal)).Values.Single().Digest));
                return Task.CompletedTask;
            },
        };

        void Happen(string label)
        {
            lock (guard)
            {
                if (losses > 0 && random.Next(3) == 0)
                    LoseSome();
                if (failing.Contains(label))
                    throw new ActionFailedException($"`{label}` fails");
            }
        }

        // Whatever there is: outputs, nodes of trees, texts of the plan; sometimes all of it.
        void LoseSome()
        {
            var objects = Path.Combine(bench.Cache, "objects");
            if (losses == 0 || !Directory.Exists(objects))
                return;
            losses--;
            var all = random.Next(8) == 0;
            foreach (var path in Directory.EnumerateFiles(objects, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(_ => all || random.Next(3) == 0))
                System.IO.File.Delete(path);
            try
            {
                if (random.Next(2) == 0)
                    bench.EmptyTrees();
            }
            catch (DirectoryNotFoundException)
            {
                // The build just put another in its place.
            }
        }

        void Check(BuildResult result, List<BuildEvent> events, bool keepGoing)
        {
            var ended = Assert.Single(events.OfType<BuildEvent.BuildEnded>());
            Assert.Same(ended, events[^1]);
            var stopped = result.Cancelled;
            Same(events.OfType<BuildEvent.ActionEnded>().Count(e => e.Outcome is ActionOutcome.Executed), ended.Executed, "executed", events);
            Same(result.Outcomes.Values.Count(o => o is ActionOutcome.Failed), ended.Failed, "failed", events);
            // What ran, and is answered after something else was lost, counts as what ran.
            Same(result.Outcomes.Count(o => o.Value is ActionOutcome.Cached && Last(o.Key, events) is not ActionOutcome.Executed), ended.Cached, "cached", events);
            foreach (var (id, outcome) in result.Outcomes)
                Check(id, outcome, events);
            if (stopped)
                return;
            foreach (var (id, outcome) in result.Outcomes)
            {
                var above = graph.Above(id.Value);
                if (outcome is ActionOutcome.Failed failed)
                    Assert.True(LabelFails(id.Value) || (loses && failed.Failure.Kind == FailureKind.Environment), Words($"`{id}` failed: {failed.Failure.Message}", events));
                else if (outcome is ActionOutcome.Skipped skipped && keepGoing)
                    Assert.True(skipped.Because is { } because && above.Contains(because.Value) && result.Outcomes[because] is ActionOutcome.Failed or ActionOutcome.Skipped, Words($"`{id}` is skipped because of `{skipped.Because}`", events));
                else if (outcome is ActionOutcome.Skipped)
                    Assert.True(result.Failures.Length > 0, Words($"`{id}` is skipped though nothing failed", events));
            }
        }

        // An action starts and ends in turn, and is never both skipped for good and run.
        void Check(ActionId id, ActionOutcome outcome, List<BuildEvent> events)
        {
            var (open, ends, last) = (false, 0, (ActionOutcome?)null);
            foreach (var told in events)
            {
                if (told is BuildEvent.ActionStarted started && started.Id == id)
                {
                    Assert.True(!open && last is not (ActionOutcome.Failed or ActionOutcome.Skipped { Because: not null }), Words($"`{id}` starts after {last}", events));
                    open = true;
                }
                else if (told is BuildEvent.ActionEnded ended && ended.Id == id)
                {
                    Assert.True(open || ended.Outcome is ActionOutcome.Cached or ActionOutcome.Skipped or ActionOutcome.Failed, Words($"`{id}` ends without a start", events));
                    (open, last) = (false, ended.Outcome);
                    ends++;
                }
            }

            Assert.False(open, Words($"`{id}` never ends", events));
            if (!mayLose)
                Assert.True(ends <= 1, Words($"`{id}` ends {ends} times", events));
            // What a stop or a failure leaves undone is told by the end of the build.
            if (outcome is not ActionOutcome.Skipped { Because: null } && !(outcome is ActionOutcome.Cached && last is ActionOutcome.Cached or ActionOutcome.Executed))
                Assert.True(Equals(last, outcome), Words($"`{id}` is {outcome} and was said to be {last}", events));
        }

        static ActionOutcome? Last(ActionId id, List<BuildEvent> events) => events.OfType<BuildEvent.ActionEnded>().LastOrDefault(e => e.Id == id)?.Outcome;

        bool LabelFails(string id) => graph.Nodes.Single(n => n.Id.Value == id).Work is ActionWork.BuiltIn { Parameters: var parameters } && failing.Contains(parameters.GetValueOrDefault("label", ""));

        void Same(int expected, int told, string what, List<BuildEvent> events) => Assert.True(expected == told, Words($"{told} {what} are told, it were {expected}", events));

        string Words(string problem, List<BuildEvent> events)
        {
            var text = new StringBuilder($"Seed {seed}: {problem}; fails [{string.Join(", ", failing)}]\n");
            foreach (var node in graph.Nodes)
                text.AppendLine($"{node.Id}: {(node.Work as ActionWork.BuiltIn)?.Function ?? "fetch"} [{string.Join(", ", node.Inputs.Select(i => (i.Source as InputSource.OutputOf)?.Action.Value))}]");
            foreach (var told in events)
                text.AppendLine($"{told}");
            return text.ToString();
        }
    }
}
