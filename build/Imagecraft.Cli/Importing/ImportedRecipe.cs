// A foreign recipe with the names of the workspace: what exists is named, what does not is told. Pure.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Importing;

/// <summary>A name that counts under a condition.</summary>
public sealed record ConditionalName(string Name, ForeignCondition When);

/// <summary>What is written.</summary>
public sealed record ImportedRecipe(ForeignRecipe Foreign)
{
    /// <summary>Recipes that it depends on.</summary>
    public ImmutableArray<ConditionalName> Depends { get; init; } = [];

    /// <summary>What runs while building.</summary>
    public ImmutableArray<ConditionalName> Tools { get; init; } = [];

    /// <summary>Packages that it needs on the board.</summary>
    public ImmutableArray<string> Requires { get; init; } = [];

    /// <summary>Packages that it needs on the board under conditions.</summary>
    public ImmutableArray<ConditionalName> Sometimes { get; init; } = [];

    /// <summary>What was not translated, in order.</summary>
    public ImmutableArray<Untranslated> Rest { get; init; } = [];

    /// <summary>Whether nothing was left out.</summary>
    public bool IsComplete => Rest.IsEmpty;

    /// <summary>Resolves the names.</summary>
    public static ImportedRecipe Of(ForeignRecipe foreign, Workspace workspace)
    {
        var names = new ForeignNames(workspace);
        var rest = foreign.Rest.ToBuilder();
        foreign = WithoutMissing(foreign, names, rest);
        var (depends, tools, requires) = (new List<ConditionalName>(), new List<ConditionalName>(), new List<ConditionalName>());
        // The language itself, which both systems' infrastructures add.
        if (foreign.System == "python")
            foreign = foreign with { Needs = [.. foreign.Needs, new("python3", NeedKind.Library, ForeignCondition.Always, foreign.Place), new("python3", NeedKind.Runtime, ForeignCondition.Always, foreign.Place)] };
        foreach (var need in foreign.Needs.Where(need => !need.When.IsNever && need.Name != foreign.Name))
            Resolve(need, foreign, names, depends, tools, requires, rest);
        if (foreign.License is null)
            rest.Add(new(foreign.Place, "LICENSE", new("no license is said that can be read", "Write the license in place of `NOASSERTION`")));
        if (foreign.System is "cargo" or "go" && !foreign.Settings.ContainsKey("crates") && !foreign.Settings.ContainsKey("modules"))
            rest.Add(new(foreign.Place, foreign.System, new($"what it depends on is pinned by the {(foreign.System == "cargo" ? "`Cargo.lock`" : "`go.sum`")} of its sources", $"Copy that file beside the recipe, and write `{(foreign.System == "cargo" ? "crates: Cargo.lock" : "modules: go.sum")}`; not where the sources have it all in `vendor/`")));
        var resolved = new ImportedRecipe(foreign with { Before = Sayable(foreign.Before, rest), Steps = Sayable(foreign.Steps, rest), After = Sayable(foreign.After, rest) })
        {
            Depends = Joined(depends),
            Tools = Joined(tools),
            Requires = [.. Joined(requires).Where(one => one.When.IsAlways).Select(one => one.Name)],
            Sometimes = [.. Joined(requires).Where(one => !one.When.IsAlways)],
        };
        return resolved with { Rest = [.. rest.Distinct()] };
    }

    private static void Resolve(ForeignNeed need, ForeignRecipe foreign, ForeignNames names, List<ConditionalName> depends, List<ConditionalName> tools, List<ConditionalName> requires, ImmutableArray<Untranslated>.Builder rest)
    {
        void Tell(Reason reason) => rest.Add(new(need.Place, need.Name, reason));
        switch (need.Kind)
        {
            case NeedKind.Library when ForeignNames.IsCompilers(need.Name) || (foreign.System == "kernel-module" && need.Name == "linux"):
            case NeedKind.Tool when names.IsInToolRoot(need.Name, foreign.System):
                break;
            case NeedKind.Library when names.Library(need.Name) is { } recipe:
                depends.Add(new(recipe, need.When));
                break;
            case NeedKind.Library:
                Tell(new("no recipe has it", $"Import or write a recipe for it, or one with `build: {{ system: prebuilt }}` and packages of the feed, and add it to `depends:`{Conditionally(need.When)}"));
                break;
            case NeedKind.Tool when names.Tool(need.Name) is { } recipe:
                tools.Add(new($"recipe:{recipe}", need.When));
                break;
            case NeedKind.Tool:
                Tell(new("no tool root that compiles has it", $"Write `toolroot: {foreign.Name}-tools` with the feed's package for it (`{ForeignNames.PackageOf(need.Name)}`?), and name that in `tools:`; leave it out where the build does without"));
                break;
            case NeedKind.Runtime when names.Package(need.Name) is { } package:
                requires.Add(new(package, need.When));
                break;
            case NeedKind.Runtime:
                Tell(new("no package has it", $"Import or write a recipe for it, and add its package to `requires:`{Conditionally(need.When)}"));
                break;
        }
    }

    // An option that nobody can switch on is none: it is off for good, and told with what it would take.
    private static ForeignRecipe WithoutMissing(ForeignRecipe foreign, ForeignNames names, ImmutableArray<Untranslated>.Builder rest)
    {
        foreach (var option in foreign.Options)
        {
            var on = ForeignCondition.Option(option.Name);
            var missing = foreign.Needs.Where(need => need.When.Equals(on) && need.Kind switch
            {
                NeedKind.Library => !ForeignNames.IsCompilers(need.Name) && need.Name != foreign.Name && names.Library(need.Name) is null,
                NeedKind.Tool => !names.IsInToolRoot(need.Name, foreign.System) && names.Tool(need.Name) is null,
                _ => false,
            }).ToList();
            if (missing.Count == 0)
                continue;
            var words = foreign.Arguments.Values.SelectMany(list => list).Where(word => word.When.Equals(on)).Select(word => word.Text).ToList();
            rest.Add(new(option.Place, $"option {option.Name}", new($"no recipe or tool root has [{string.Join(", ", missing.Select(need => need.Name).Distinct())}], so that it is off for good",
                $"Write or import these, and then{(words.Count > 0 ? $" give [{string.Join(' ', words)}]" : "")} with `depends:` or `tools:` of them")));
            foreign = Without(foreign, option.Name);
        }

        return foreign;
    }

    private static ForeignRecipe Without(ForeignRecipe foreign, string option)
    {
        ImmutableArray<ForeignShell> Shells(ImmutableArray<ForeignShell> shells) => [.. shells.Select(shell => shell with { When = shell.When.WithoutOption(option) }).Where(shell => !shell.When.IsNever)];
        return foreign with
        {
            Options = foreign.Options.RemoveAll(one => one.Name == option),
            Needs = [.. foreign.Needs.Select(need => need with { When = need.When.WithoutOption(option) }).Where(need => !need.When.IsNever)],
            Arguments = foreign.Arguments.ToImmutableSortedDictionary(list => list.Key, list => list.Value.Select(word => word with { When = word.When.WithoutOption(option) }).Where(word => !word.When.IsNever).ToImmutableArray(), StringComparer.Ordinal),
            Before = Shells(foreign.Before),
            Steps = Shells(foreign.Steps),
            After = Shells(foreign.After),
        };
    }

    // One `when:` can stand around a step; what depends on more is told.
    private static ImmutableArray<ForeignShell> Sayable(ImmutableArray<ForeignShell> shells, ImmutableArray<Untranslated>.Builder rest)
    {
        var when = shells.Select(shell => shell.When).FirstOrDefault(one => !one.IsAlways && one.IsSimple);
        var kept = ImmutableArray.CreateBuilder<ForeignShell>();
        foreach (var shell in shells)
        {
            if (shell.When.IsAlways || (when is not null && (shell.When.Equals(when) || shell.When.Equals(when.Negated()))))
                kept.Add(shell);
            else
                rest.Add(new(shell.Place, shell.Text.Split('\n')[^1], new($"it is done where {shell.When}, and a step has one condition at most", "Decide it by hand")));
        }

        return kept.ToImmutable();
    }

    private static string Conditionally(ForeignCondition when) => when.IsAlways ? "" : $", where {when}";

    // What is needed in any case needs no condition besides.
    private static ImmutableArray<ConditionalName> Joined(List<ConditionalName> all) =>
        [.. all.Distinct().Where(one => one.When.IsAlways || !all.Exists(other => other.Name == one.Name && other.When.IsAlways)).OrderBy(one => one.Name, StringComparer.Ordinal)];
}
