// Commits of a work folder as patches of its recipe. Unaware of git.

using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Cli.Editing;

/// <summary>A patch of a recipe.</summary>
/// <param name="Name">Its file's name.</param>
/// <param name="Text">What the file is to hold; null: it stays as it is.</param>
public sealed record PatchFile(string Name, string? Text);

/// <summary>What becomes of the patches of a recipe.</summary>
public static class PatchFiles
{
    /// <summary>One patch for each commit, in their order. A commit that still changes what its patch did leaves the file as it is, with all that its author wrote there.</summary>
    /// <param name="repository">The commits.</param>
    /// <param name="present">Names of files that are there, which no new patch may take.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<ImmutableArray<PatchFile>> OfAsync(WorkRepository repository, IReadOnlySet<string> present, CancellationToken cancellationToken)
    {
        var made = (await repository.CommitsAsync(WorkRepository.Patched, cancellationToken)).ToDictionary(commit => commit.Patch!, StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var patches = ImmutableArray.CreateBuilder<PatchFile>();
        foreach (var commit in await repository.CommitsAsync("HEAD", cancellationToken))
        {
            // Of two commits that name one patch (one was split), the first has it.
            var isOfPatch = commit.Patch is { } patch && made.ContainsKey(patch) && taken.Add(patch);
            if (isOfPatch && (made[commit.Patch!].Id == commit.Id || await repository.ChangesAsync(made[commit.Patch!], cancellationToken) == await repository.ChangesAsync(commit, cancellationToken)))
                patches.Add(new(commit.Patch!, null));
            else
                patches.Add(new(isOfPatch ? commit.Patch! : NewName(commit.FileName, patches.Count + 1, present, taken), await repository.PatchAsync(commit, cancellationToken)));
        }

        return patches.ToImmutable();
    }

    private static string NewName(string subject, int number, IReadOnlySet<string> present, HashSet<string> taken)
    {
        const int longest = 60;
        var words = (subject.Length > longest ? subject[..longest] : subject).TrimEnd('-', '.');
        for (var more = 1; ; more++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{number:D4}-{words}{(more == 1 ? "" : $"-{more}")}.patch");
            if (!present.Contains(name) && taken.Add(name))
                return name;
        }
    }
}
