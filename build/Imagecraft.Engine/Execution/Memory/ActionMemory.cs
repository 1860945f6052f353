// What is known of an action from earlier builds. Unaware of where it is kept.

using System.Collections.Immutable;
using Google.Protobuf;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Remembered;

namespace Imagecraft.Engine.Execution.Memory;

/// <summary>What is known of an action that succeeded in this workspace.</summary>
/// <param name="Facts">SHA-256 of <paramref name="Manifest"/>, 64 hexadecimal characters; empty when <paramref name="Key"/> and <paramref name="Outputs"/> are not to be believed.</param>
/// <param name="Key">The key that the manifest has.</param>
/// <param name="Outputs">The result of that key; empty when it is not known.</param>
/// <param name="Duration">Of the last run.</param>
/// <param name="PeakMemoryBytes">Of the last run; 0 when unknown.</param>
/// <param name="Manifest">The manifest text with which it last succeeded, in UTF-8.</param>
/// <param name="Reason">Why it last ran.</param>
sealed record ActionMemory(string Facts, Digest Key, ImmutableSortedDictionary<string, OutputValue> Outputs, TimeSpan Duration, long PeakMemoryBytes, ByteString Manifest, RunReason Reason)
{
    static readonly ImmutableSortedDictionary<string, OutputValue> none = ImmutableSortedDictionary.Create<string, OutputValue>(StringComparer.Ordinal);

    /// <summary>Reads a record; without key and outputs when <paramref name="sameCache"/> is false.</summary>
    public static ActionMemory Of(ActionRecord record, bool sameCache) => new(
        sameCache ? Convert.ToHexStringLower(record.Facts.Span) : "",
        Digest(record.Key),
        sameCache ? none.AddRange(record.Outputs.Select(o => KeyValuePair.Create(o.Name, new OutputValue(Digest(o.Content), o.Tree ? OutputKind.Tree : OutputKind.File, o.Executable)))) : none,
        new TimeSpan(record.Duration),
        record.PeakMemory,
        record.Manifest,
        new RunReason(record.Reason, record.Cause.Length > 0 ? new ActionId(record.Cause) : null));

    /// <summary>The record of it.</summary>
    public ActionRecord ToRecord(ActionId id) => new()
    {
        Id = id.Value,
        Facts = Bytes(Facts),
        Key = Blob(Key),
        Outputs = { Outputs.Select(o => new OutputRecord { Name = o.Key, Content = Blob(o.Value.Digest), Tree = o.Value.Kind == OutputKind.Tree, Executable = o.Value.Executable }) },
        Duration = Duration.Ticks,
        PeakMemory = PeakMemoryBytes,
        Manifest = Manifest,
        Reason = Reason.Words,
        Cause = Reason.Cause?.Value ?? "",
    };

    static Digest Digest(Blob? content) => new(Convert.ToHexStringLower((content?.Hash ?? ByteString.Empty).Span), content?.Size ?? 0);

    static Blob Blob(Digest digest) => new() { Hash = Bytes(digest.Hash), Size = digest.SizeBytes };

    static ByteString Bytes(string hash) => ByteString.CopyFrom(Convert.FromHexString(hash));
}
