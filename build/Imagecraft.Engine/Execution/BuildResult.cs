// What a build gave. Unaware of how it went.

using System.Collections.Frozen;
using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;

namespace Imagecraft.Engine.Execution;

/// <summary>The outcomes of all actions within reach of a build's goals.</summary>
public sealed class BuildResult(FrozenDictionary<ActionId, ActionOutcome> outcomes, bool cancelled)
{
    /// <summary>How each action came out.</summary>
    public FrozenDictionary<ActionId, ActionOutcome> Outcomes { get; } = outcomes;

    /// <summary>The user stopped the build before it was done.</summary>
    public bool Cancelled { get; } = cancelled;

    /// <summary>The failures, by action.</summary>
    public ImmutableArray<(ActionId Id, ActionFailure Failure)> Failures { get; } =
        [.. outcomes.Where(o => o.Value is ActionOutcome.Failed).Select(o => (o.Key, ((ActionOutcome.Failed)o.Value).Failure)).OrderBy(f => f.Key.Value, StringComparer.Ordinal)];

    /// <summary>All goals were reached.</summary>
    public bool Succeeded => !Cancelled && Outcomes.Values.All(o => o is ActionOutcome.Cached or ActionOutcome.Executed);

    /// <summary>The process's exit code: 0 done, 1 a bug, 2 environment, 3 the user's input, 130 stopped.</summary>
    public int ExitCode => Succeeded ? 0
        : Cancelled || Failures.Any(f => f.Failure.Kind == FailureKind.Cancelled) ? 130
        : Failures.Any(f => f.Failure.Kind == FailureKind.Bug) ? 1
        : Failures.Any(f => f.Failure.Kind == FailureKind.Environment) ? 2
        : 3;

    /// <summary>The outputs of an action that succeeded, by name.</summary>
    /// <exception cref="KeyNotFoundException">The action did not succeed or is none of this build's.</exception>
    public ImmutableSortedDictionary<string, OutputValue> OutputsOf(ActionId id) => Outcomes.GetValueOrDefault(id) switch
    {
        ActionOutcome.Cached cached => cached.Outputs,
        ActionOutcome.Executed executed => executed.Outputs,
        _ => throw new KeyNotFoundException($"`{id}` has no outputs in this build"),
    };

    /// <summary>One output of an action that succeeded.</summary>
    public OutputValue Output(ActionId id, string name) => OutputsOf(id)[name];
}
