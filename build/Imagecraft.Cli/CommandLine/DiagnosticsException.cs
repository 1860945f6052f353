// Errors in the workspace's texts that end a verb. Unaware of how they are printed.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.CommandLine;

/// <summary>The workspace has errors: exit code 3, all of them shown with their places.</summary>
public sealed class DiagnosticsException(ImmutableArray<Diagnostic> diagnostics) : Exception($"{diagnostics.Length} problems")
{
    /// <summary>Errors and warnings.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; } = diagnostics;

    /// <summary>Texts that are no files of the workspace, by the name that places give them: words of the command line.</summary>
    public ImmutableDictionary<string, string> Texts { get; init; } = ImmutableDictionary<string, string>.Empty;
}
