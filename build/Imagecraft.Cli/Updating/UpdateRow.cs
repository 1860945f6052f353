// One recipe of the table. Unaware of how the table looks.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Updating;

/// <summary>What came of a bump.</summary>
public abstract record BumpOutcome
{
    private BumpOutcome()
    {
    }

    /// <summary>The recipe has the new version.</summary>
    /// <param name="To">The version.</param>
    /// <param name="Built">It was built; else its patches were tried.</param>
    /// <param name="Remarks">What is left for people.</param>
    public sealed record Bumped(string To, bool Built, ImmutableArray<string> Remarks) : BumpOutcome;

    /// <summary>It did not work.</summary>
    /// <param name="To">The version that was tried.</param>
    /// <param name="Why">What did not work.</param>
    /// <param name="ExitCode">Whose fault it is, as an exit code.</param>
    /// <param name="IsKept">The recipe has the new version nevertheless; else it is as it was before.</param>
    public sealed record Failed(string To, string Why, int ExitCode, bool IsKept) : BumpOutcome
    {
        /// <summary>The whole log on the host; null: there is none.</summary>
        public string? Log { get; init; }
    }
}

/// <summary>A recipe.</summary>
/// <param name="Recipe">Its name.</param>
/// <param name="Version">Its version before.</param>
/// <param name="Finding">What was found.</param>
public sealed record UpdateRow(string Recipe, string Version, Finding Finding)
{
    /// <summary>What came of its bump; null: none was asked for.</summary>
    public BumpOutcome? Outcome { get; init; }
}
