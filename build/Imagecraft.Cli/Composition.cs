// The composition root: how the projects are put together for one call. Unaware of verbs.

using System.Collections.Immutable;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli;

/// <summary>Makes what verbs work with.</summary>
public static class Composition
{
    /// <summary>Reads the workspace; warnings are printed.</summary>
    /// <exception cref="DiagnosticsException">It has errors.</exception>
    public static WorkspaceReading Load(Session session)
    {
        var reading = WorkspaceLoader.Load(session.WorkspaceRoot);
        if (reading.Workspace is null)
            throw new DiagnosticsException(reading.Diagnostics);
        Report(session, reading.Diagnostics);
        return reading;
    }

    /// <summary>Prints diagnostics with their source lines; nothing when there are none.</summary>
    /// <param name="session">The call.</param>
    /// <param name="diagnostics">What is told.</param>
    /// <param name="texts">Texts that are no files of the workspace, by name.</param>
    public static void Report(Session session, ImmutableArray<Diagnostic> diagnostics, ImmutableDictionary<string, string>? texts = null)
    {
        if (!diagnostics.IsEmpty)
            session.Console.Diagnostics.WriteLine(DiagnosticText.RenderAll(diagnostics, path => texts?.GetValueOrDefault(path) ?? WorkspaceLoader.Source(session.WorkspaceRoot, path)));
    }
}
