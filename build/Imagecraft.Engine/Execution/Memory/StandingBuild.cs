// Remembers that a call left nothing to do, and whether that still stands. Losing it costs time only. Unaware of what was asked for.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Remembered;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution.Memory;

/// <summary>
/// Reading and planning are pure, so a call that asks the same of files whose stat is the same finds the same graph; when all of it was up to date and nobody touched the exported files, there is nothing to do.
/// Bound to one cache as long as it loses nothing and to one boot of the machine, and believed for a few hours only, so that the cache sees what is in use.
/// </summary>
public sealed class StandingBuild
{
    private const int Version = 3;
    private static readonly TimeSpan _believed = TimeSpan.FromHours(4);
    private readonly StandingQuestion _question;
    private readonly ImmutableArray<string> _further;
    private readonly FilesStamp _now;
    private readonly string _binding;

    private StandingBuild(StandingQuestion question, ImmutableArray<string> further, FilesStamp now, string binding) => (_question, _further, _now, _binding) = (question, further, now, binding);

    /// <summary>What the call said when it was done; null when the build must be looked at.</summary>
    public StandingAnswer? Answer { get; private init; }

    /// <summary>Takes the stamp of the watched files as they are before anything is read, and compares it with the record.</summary>
    public static StandingBuild Look(StandingQuestion question)
    {
        var record = CheckedFile.Read(question.RecordFile, Standing.Parser);
        if (record?.Version != Version)
            record = null;
        ImmutableArray<string> further = record is null ? [] : [.. record.Further];
        var now = FilesStamp.Of(question.Watched.Concat(further).Select(path => Path.Combine(question.WorkspaceRoot, path)), question.Clock.GetUtcNow());
        // After a power failure a watched file may have the stat that it had and other content.
        var binding = $"{CacheIdentity.Of(question.CacheRoot)} {question.Boot}";
        var stands = record is not null
            && record.Question == question.Words
            && record.Stamp == now.Hash
            && record.Binding == binding
            && question.Clock.GetUtcNow().UtcTicks - record.Written is var age && age >= 0 && age < _believed.Ticks
            && record.ExportStamps.All(Exporter.Stands);
        return new StandingBuild(question, further, now, binding) { Answer = stands ? new StandingAnswer(record!.Actions, [.. record.ExportStamps], [.. record.Lines]) : null };
    }

    /// <summary>
    /// Keeps that the call whose files were stamped by <see cref="Look"/> is done. A file that was changed since has another stamp next time; one that was changed just before
    /// may be changed again unseen, so then nothing is kept. What the cache dropped since, as damaged, is not said to be done.
    /// </summary>
    /// <param name="graph">Names local inputs that lie outside of the watched files.</param>
    /// <param name="answer">What is to be said while it stands.</param>
    public void Keep(ActionGraph graph, StandingAnswer answer)
    {
        var roots = _question.Watched.Select(Full).ToImmutableArray();
        ImmutableArray<string> further = [.. graph.Nodes.Values.SelectMany(n => n.Inputs).Select(i => i.Source).OfType<InputSource.Local>().Select(l => Full(l.HostPath)).Where(p => !roots.Any(r => IsWithin(p, r))).Distinct().Order(StringComparer.Ordinal)];
        // Those were not looked at when this call began, so the next call only stamps them.
        var stamp = _now.IsSettled && further.SequenceEqual(_further) ? _now.Hash : "";
        CheckedFile.Write(_question.RecordFile, new Standing
        {
            Version = Version,
            Question = _question.Words,
            Binding = _binding,
            Written = _question.Clock.GetUtcNow().UtcTicks,
            Actions = answer.Actions,
            ExportStamps = { answer.ExportStamps },
            Lines = { answer.Lines },
            Further = { further },
            Stamp = stamp,
        });
    }

    private string Full(string path) => Path.GetFullPath(path, _question.WorkspaceRoot);

    private static bool IsWithin(string path, string root) => path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/');

}

/// <summary>What a call asks, and of what.</summary>
/// <param name="RecordFile">Where the record lies.</param>
/// <param name="Words">Everything else that decides what the call does: options, program, toolchain.</param>
/// <param name="WorkspaceRoot">Absolute path of the workspace.</param>
/// <param name="Watched">Files and folders of the workspace that are read before local inputs are known; relative to it.</param>
/// <param name="CacheRoot">The cache folder.</param>
/// <param name="Clock">The time.</param>
public sealed record StandingQuestion(string RecordFile, string Words, string WorkspaceRoot, ImmutableArray<string> Watched, string CacheRoot, TimeProvider Clock)
{
    /// <summary>The identity of this boot of the machine.</summary>
    internal string Boot { get; init; } = SyncRecord.ThisBoot;
}

/// <summary>What is said while nothing is to do.</summary>
/// <param name="Actions">Actions within reach of the goals; all are up to date.</param>
/// <param name="ExportStamps">Stamp files of what was exported; see <see cref="Exporter"/>.</param>
/// <param name="Lines">Further words for the user.</param>
public sealed record StandingAnswer(int Actions, ImmutableArray<string> ExportStamps, ImmutableArray<string> Lines);
