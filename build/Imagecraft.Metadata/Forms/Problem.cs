// A problem, and whose it is. Unaware of how it was found.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms;

/// <summary>A diagnostic with the documents that cannot be relied on because of it.</summary>
/// <param name="Diagnostic">What is wrong.</param>
/// <param name="Owners">Whoever needs one of them has the problem; when there is none, everybody has it.</param>
sealed record Problem(Diagnostic Diagnostic, ImmutableArray<DocumentId> Owners)
{
    /// <summary>Whether it stops who needs its owners; a warning does not.</summary>
    public bool IsError => Diagnostic.Severity == Severity.Error;
}
