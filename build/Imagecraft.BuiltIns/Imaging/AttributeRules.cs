// Modes and owners by glob; the last rule that matches decides each attribute.

using System.Collections.Immutable;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;
using Imagecraft.Images.RootFs;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Imaging;

internal sealed class AttributeRules(ImmutableArray<AttributePlan> attributes, Accounts accounts)
{
    private readonly ImmutableArray<(PathGlob Glob, AttributePlan Plan)> rules = [.. attributes.Select(a => (new PathGlob(a.Path), a))];

    /// <summary>Whether any rule is about the path.</summary>
    public bool Concern(string path) => rules.Any(r => r.Glob.Matches(path));

    /// <summary>The entry with the attributes that the rules give it; links keep theirs.</summary>
    public RootFsEntry Apply(RootFsEntry entry)
    {
        if (entry.Kind == EntryKind.Symlink)
            return entry;
        foreach (var (glob, plan) in rules)
        {
            if (!glob.Matches(entry.Path.Value))
                continue;
            entry = entry with
            {
                Mode = plan.Bits ?? entry.Mode,
                Uid = plan.Owner is null ? entry.Uid : accounts.User(plan.Owner, plan.Path),
                Gid = plan.Group is null ? entry.Gid : accounts.Group(plan.Group, plan.Path),
            };
        }

        return entry;
    }
}
