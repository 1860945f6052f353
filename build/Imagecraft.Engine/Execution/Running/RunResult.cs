// How one run of an action came out, as its runner reports it. Unaware of the graph.

using System.Collections.Immutable;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Events;

namespace Imagecraft.Engine.Execution.Running;

abstract record RunResult
{
    RunResult()
    {
    }

    /// <summary>Its outputs are in the store. <c>Warnings</c> are lines of its log that the user should see; <c>RunTwice</c> says that a second run gave the same.</summary>
    public sealed record Succeeded(ImmutableSortedDictionary<string, OutputValue> Outputs, long PeakMemoryBytes) : RunResult
    {
        public ImmutableArray<string> Warnings { get; init; } = [];

        public bool RunTwice { get; init; }

        /// <summary>Where it ran and its outputs are; null: here.</summary>
        public string? RanAt { get; init; }
    }

    public sealed record Failed(ActionFailure Failure, long PeakMemoryBytes = 0) : RunResult;

    /// <summary>It cannot be run elsewhere, and is to run here.</summary>
    public sealed record Refused : RunResult;

    /// <summary>Content that the cache promised is missing or damaged.</summary>
    public sealed record Lost(ImmutableArray<Digest> Digests) : RunResult;
}
