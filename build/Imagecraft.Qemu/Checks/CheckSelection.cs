// Which checks run and in which order. Pure; unaware of machines.

using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Imagecraft.Qemu.Checks;

/// <summary>Chooses and orders checks.</summary>
public static class CheckSelection
{
    /// <summary>The checks whose full name (<c>busybox/applets</c>), owner or name matches one of the globs, with all that they need, in the order in which they can run.</summary>
    /// <param name="checks">All checks; their needs lead in no circle.</param>
    /// <param name="globs"><c>*</c> stands for any characters; empty: all checks.</param>
    /// <param name="tags">Of these, a check has one at least; empty or null: it may have any or none.</param>
    /// <param name="withoutTags">Of these, a check has none, unless another needs it.</param>
    public static ImmutableArray<Check> Of(IReadOnlyCollection<Check> checks, IReadOnlyCollection<string> globs, IReadOnlyCollection<string>? tags = null, IReadOnlyCollection<string>? withoutTags = null)
    {
        Dictionary<string, Check> byName = checks.GroupBy(check => check.FullName).ToDictionary(same => same.Key, same => same.First());
        var chosen = ImmutableArray.CreateBuilder<Check>();
        var seen = new HashSet<string>();
        foreach (Check check in checks)
            if ((globs.Count == 0 || globs.Any(glob => Matches(glob, check))) && (tags is not { Count: > 0 } || check.Tags.Any(tags.Contains)) && !check.Tags.Any(tag => withoutTags?.Contains(tag) == true))
                Add(check);
        return chosen.ToImmutable();

        void Add(Check check)
        {
            if (!seen.Add(check.FullName))
                return;
            foreach (string need in check.Needs)
                if (byName.TryGetValue(need, out Check? needed))
                    Add(needed);
            chosen.Add(check);
        }
    }

    private static bool Matches(string glob, Check check) =>
        ((string[])[check.FullName, check.Owner, check.Name]).Any(name => FileSystemName.MatchesSimpleExpression(glob, name, ignoreCase: false));
}
