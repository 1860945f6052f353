// The composition root: how the projects are put together for one call. Unaware of verbs.

using System.Collections.Immutable;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Editing;
using Imagecraft.Cli.Output;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning;

namespace Imagecraft.Cli;

/// <summary>Makes what verbs work with.</summary>
public static class Composition
{
    /// <summary>Reads the workspace, whatever is wrong with it.</summary>
    /// <param name="session">The call.</param>
    /// <param name="offline">No network, not even for layers.</param>
    public static WorkspaceReading Load(Session session, bool offline = false)
    {
        var layers = WorkspaceLayers.Prepare(session, offline);
        return WorkspaceLoader.Load(session.WorkspaceRoot, layers.File, layers.Folders);
    }

    /// <summary>What documents need. Warnings are told, and problems that others have in a line.</summary>
    /// <exception cref="DiagnosticsException">What is needed has errors.</exception>
    public static Reach Require(Session session, WorkspaceReading reading, params IEnumerable<DocumentId> documents)
    {
        var reach = reading.Reach(documents);
        if (reach.HasErrors)
            throw new DiagnosticsException(reach.Problems);
        Report(session, reach.Problems);
        TellOthers(session, reach, ", which nothing here needs");
        return reach;
    }

    /// <summary>Refuses a name that is described, but wrongly; does nothing for any other.</summary>
    /// <exception cref="DiagnosticsException">What describes it has errors.</exception>
    public static void RefuseBroken(WorkspaceReading reading, DocumentId document)
    {
        if (reading.IsDescribed(document) && reading.Reach(reading.Described(document)) is { HasErrors: true } reach)
            throw new DiagnosticsException(reach.Problems);
    }

    /// <summary>Says in a line that documents beyond reach have problems.</summary>
    /// <param name="session">The call.</param>
    /// <param name="reach">What is needed.</param>
    /// <param name="consequence">What that means, in words that follow the list.</param>
    public static void TellOthers(Session session, Reach reach, string consequence = "")
    {
        const int shown = 5;
        if (reach.Others == 0)
            return;
        var more = reach.OtherOwners.Length > shown ? $", and {reach.OtherOwners.Length - shown} more" : "";
        session.Console.WriteWarning($"{(reach.Others == 1 ? "1 problem" : $"{reach.Others} problems")} in [{string.Join(", ", reach.OtherOwners.Take(shown))}{more}]{consequence}", "`./build.sh validate` shows all");
    }

    /// <summary>Prints diagnostics with their source lines; nothing when there are none.</summary>
    /// <param name="session">The call.</param>
    /// <param name="diagnostics">What is told.</param>
    /// <param name="texts">Texts that are no files of the workspace, by name.</param>
    public static void Report(Session session, ImmutableArray<Diagnostic> diagnostics, ImmutableDictionary<string, string>? texts = null)
    {
        if (!diagnostics.IsEmpty)
            session.Console.Diagnostics.WriteLine(VisibleText.Of(DiagnosticText.RenderAll(diagnostics, path => texts?.GetValueOrDefault(path) ?? WorkspaceLoader.Source(session.WorkspaceRoot, path))));
    }

    /// <summary>The machine's part of plans.</summary>
    public static PlanOptions PlanOptions(Session session)
    {
        return new PlanOptions(session.WorkspaceRoot, Machines.HostArchitecture, HostSdk.Find(session))
        {
            Edited = new Edits(session).Planned(),
            Look = (path, hash) => LocalFiles.Look(Path.Combine(session.WorkspaceRoot, path), hash),
        };
    }
}
