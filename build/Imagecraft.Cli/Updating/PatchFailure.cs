// Which patch did not apply, and where, from what patch(1) says. Pure.

using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Updating;

/// <summary>A part of a patch that did not apply.</summary>
/// <param name="File">The file that it is for.</param>
/// <param name="Hunk">Number of the hunk, from one; null: the whole file, which is not there, or has the change already.</param>
/// <param name="Why">What patch(1) says of it.</param>
public sealed record FailedHunk(string File, int? Hunk, string Why);

/// <summary>A patch that does not apply.</summary>
/// <param name="Patch">Its file's name.</param>
/// <param name="Hunks">What of it does not.</param>
public sealed partial record PatchFailure(string Patch, ImmutableArray<FailedHunk> Hunks)
{
    /// <summary>Reads the log of a recipe's patches; null: it tells of no patch that does not apply.</summary>
    public static PatchFailure? Of(IEnumerable<string> log)
    {
        string? patch = null;
        var file = "";
        var hunks = ImmutableArray.CreateBuilder<FailedHunk>();
        foreach (var line in log)
        {
            if (Begun().Match(line) is { Success: true } begun)
            {
                (patch, file) = (begun.Groups["patch"].Value, "");
                hunks.Clear();
            }
            else if (Checked().Match(line) is { Success: true } named)
                file = named.Groups["file"].Value;
            else if (Failed().Match(line) is { Success: true } failed)
                hunks.Add(new(file, int.Parse(failed.Groups["hunk"].Value, CultureInfo.InvariantCulture), $"failed at line {failed.Groups["line"].Value}"));
            else if (Missing().Match(line) is { Success: true } missing)
                file = missing.Groups["file"].Value;
            else if (line.StartsWith("No file to patch", StringComparison.Ordinal))
                hunks.Add(new(file, null, "is not there any more"));
            else if (line.StartsWith("Reversed (or previously applied) patch detected", StringComparison.Ordinal))
                hunks.Add(new(file, null, "has the change already"));
            else if (Refused().Match(line) is { Success: true } refused && refused.Groups["patch"].Value == patch)
                return new(patch, hunks.ToImmutable());
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Hunks.IsEmpty ? $"patch `{Patch}` does not apply" : $"patch `{Patch}` does not apply: {string.Join(", ", Hunks.DistinctBy(hunk => (hunk.File, hunk.Hunk)).Select(Words))}";

    private static string Words(FailedHunk hunk) => hunk.Hunk is { } number ? string.Create(CultureInfo.InvariantCulture, $"`{hunk.File}` hunk {number} {hunk.Why}") : $"`{hunk.File}` {hunk.Why}";

    // The planner puts a number before each name.
    [GeneratedRegex(@"^Apply [0-9]{3,}-(?<patch>\S+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Begun();

    [GeneratedRegex("^(patching|checking) file '?(?<file>[^']+?)'?( \\(.*\\))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Checked();

    [GeneratedRegex(@"^Hunk #(?<hunk>\d+) FAILED at (?<line>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Failed();

    // Of the names that patch(1) tried it tells the lines of the patch.
    [GeneratedRegex(@"^\|\+\+\+ (?:[^/\s]+/)?(?<file>\S+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Missing();

    [GeneratedRegex("^imagecraft: Patch `[0-9]{3,}-(?<patch>[^`]+)` does not apply", RegexOptions.ExplicitCapture)]
    private static partial Regex Refused();
}
