// Checks that what checks need exists, and that no check needs itself. Unaware of YAML and of how checks run.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Forms.Kinds;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Checks;

/// <summary>Resolves <c>needs:</c> of all checks.</summary>
sealed class CheckNeeds
{
    static readonly ImmutableArray<(string Prefix, string Kind, string Noun)> Things =
        [("package:", "package", "package"), (OwnedChecks.AcceleratorThing, KindNames.Accelerator, "accelerator"), ("model:", KindNames.Model, "model")];

    static readonly ImmutableArray<string> Owners = [KindNames.Recipe, KindNames.Board, KindNames.Image, KindNames.Feature, KindNames.Accelerator, KindNames.Model];

    readonly WorkspaceNames names;
    readonly Reading reading;
    // Full name of every check to what it needs.
    readonly Dictionary<string, ImmutableArray<Sited<string>>> checks = [];

    // Those that could be read.
    readonly HashSet<string> owners = [];

    CheckNeeds(WorkspaceNames names, Reading reading) => (this.names, this.reading) = (names, reading);

    /// <summary>Reports unknown names and circles.</summary>
    public static void Check(Workspace workspace, WorkspaceNames names, Reading reading)
    {
        var all = OwnedChecks.Of(workspace);
        if (!all.Any(owner => owner.Checks.Any(check => !check.Needs.IsEmpty)))
            return;
        var needs = new CheckNeeds(names, reading);
        needs.owners.UnionWith(all.Select(owner => owner.Owner.Name));
        foreach (var (owner, owned) in all)
            foreach (var check in owned)
                needs.checks.TryAdd($"{owner.Name}/{check.Name}", check.Needs);
        foreach (var accelerator in workspace.Accelerators.Values)
            foreach (var module in accelerator.Modules)
                needs.checks.TryAdd($"{accelerator.Name}/module-{module}", []);
        foreach (var boot in BootCheckNames.All)
            needs.checks.TryAdd($"boot/{boot}", []);
        foreach (var (owner, owned) in all)
        {
            reading.Owner = owner;
            foreach (var check in owned)
                needs.CheckOne(owner.Name, check);
        }
    }

    void CheckOne(string owner, CheckSpec check)
    {
        foreach (var need in check.Needs)
        {
            if (need.Value.StartsWith('/'))
                continue;
            if (Things.FirstOrDefault(thing => need.Value.StartsWith(thing.Prefix, StringComparison.Ordinal)) is { Prefix: not null } thing)
                CheckThing(need, need.Value[thing.Prefix.Length..], thing.Kind, thing.Noun, check);
            else if (IsUnread(need.Value))
                continue;
            else if (!checks.ContainsKey(FullName(owner, need.Value)))
                reading.Error(Codes.UnknownName, $"Unknown check `{need.Value}`, which check `{check.Name}` of `{owner}` needs", need.Span,
                    Nearest.Hint(need.Value, need.Value.Contains('/') ? checks.Keys : checks.Keys.Where(name => name.StartsWith($"{owner}/", StringComparison.Ordinal)).Select(name => name[(owner.Length + 1)..]), "check"));
            // Told at a need that leads backwards in the alphabet, of which every circle has one: not at each of its needs.
            else if (string.CompareOrdinal(FullName(owner, need.Value), $"{owner}/{check.Name}") <= 0 && Leads(FullName(owner, need.Value), $"{owner}/{check.Name}", []))
                reading.Error(Codes.Cycle, $"Check `{check.Name}` of `{owner}` needs `{need.Value}`, which needs it in turn", need.Span, "Remove one of these needs");
        }
    }

    // A document that could not be read has told its problem already.
    bool IsUnread(string need) => need.IndexOf('/') is > 0 and var slash
        && !owners.Contains(need[..slash])
        && Owners.Any(kind => names.Of(kind).Contains(need[..slash]));

    void CheckThing(Sited<string> need, string name, string kind, string noun, CheckSpec check)
    {
        var known = kind == "package" ? names.Packages : names.Of(kind);
        if (!known.Contains(name) && (kind != "package" || (names.HalfRead.Count == 0 && !names.ConventionalPackages.Contains(name))) && names.Suspect(name) is null)
            reading.Error(Codes.UnknownName, $"Unknown {noun} `{name}`, which check `{check.Name}` needs", need.Span, Nearest.Hint(name, known, noun));
    }

    // Whether the needs of the check `from` lead to the check `to`.
    bool Leads(string from, string to, HashSet<string> seen)
    {
        if (from == to)
            return true;
        if (!seen.Add(from) || !checks.TryGetValue(from, out var further))
            return false;
        var owner = from[..from.IndexOf('/')];
        return further.Any(need => !need.Value.StartsWith('/') && Leads(FullName(owner, need.Value), to, seen));
    }

    static string FullName(string owner, string need) => need.Contains('/') ? need : $"{owner}/{need}";
}
