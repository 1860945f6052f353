// What is known of an action from earlier builds. Unaware of where it is kept.

using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Remembered;

namespace Imagecraft.Engine.Execution.Memory;

/// <summary>What is known of an action that succeeded in this workspace.</summary>
/// <param name="Key">The key that the manifest has.</param>
/// <param name="Outputs">The result of that key; empty when it is not known, or not to be believed.</param>
/// <param name="Duration">Of the last run.</param>
/// <param name="PeakMemoryBytes">Of the last run; 0 when unknown.</param>
/// <param name="Manifest">The manifest text with which it last succeeded, in UTF-8.</param>
/// <param name="Reason">Why it last ran.</param>
sealed record ActionMemory(Digest Key, ImmutableSortedDictionary<string, OutputValue> Outputs, TimeSpan Duration, long PeakMemoryBytes, ByteString Manifest, RunReason Reason)
{
    /// <summary>The outputs are known from a cache elsewhere, and not all of them were brought here.</summary>
    public bool Elsewhere { get; init; }

    static readonly ImmutableSortedDictionary<string, OutputValue> none = ImmutableSortedDictionary.Create<string, OutputValue>(StringComparer.Ordinal);

    /// <summary>Reads a record; without outputs when <paramref name="sameCache"/> is false.</summary>
    public static ActionMemory Of(ActionRecord record, bool sameCache)
    {
        var outputs = none;
        if (sameCache)
        {
            // One by one: most actions have one output, and thousands are read while nothing is to do.
            foreach (var output in record.Outputs)
                outputs = outputs.SetItem(output.Name, new OutputValue(Digest(output.Hash, output.Size), output.Tree ? OutputKind.Tree : OutputKind.File, output.Executable));
        }

        var reason = new RunReason(record.Reason, record.Cause.Length > 0 ? new ActionId(record.Cause) : null);
        return new ActionMemory(Digest(record.Key, record.KeySize), outputs, new TimeSpan(record.Duration), record.PeakMemory, record.Manifest, reason) { Elsewhere = record.Elsewhere };
    }

    /// <summary>The record of it.</summary>
    public ActionRecord ToRecord(ActionId id) => new()
    {
        Id = id.Value,
        Key = Bytes(Key),
        KeySize = Key.SizeBytes,
        Outputs = { Outputs.Select(o => new OutputRecord { Name = o.Key, Hash = Bytes(o.Value.Digest), Size = o.Value.Digest.SizeBytes, Tree = o.Value.Kind == OutputKind.Tree, Executable = o.Value.Executable }) },
        Duration = Duration.Ticks,
        PeakMemory = PeakMemoryBytes,
        Manifest = Manifest,
        Reason = Reason.Words,
        Cause = Reason.Cause?.Value ?? "",
        Elsewhere = Elsewhere,
    };

    static Digest Digest(ByteString hash, long size) => new(Convert.ToHexStringLower(hash.Span), size);

    static ByteString Bytes(Digest digest) => UnsafeByteOperations.UnsafeWrap(Convert.FromHexString(digest.Hash));
}
