// Modes, owners and extended attributes by glob; the last rule that matches decides each attribute.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
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
                Xattrs = ExtendedAttributes.Added(entry, plan),
            };
        }

        return entry;
    }

    /// <summary>The tree with the attributes that the rules give it.</summary>
    /// <exception cref="ActionFailedException">A rule matches nothing, or nothing but links; all of them at once.</exception>
    public RootFsTree Finish(RootFsTree tree)
    {
        string[] idle =
        [
            .. from rule in rules
               let matched = tree.Entries.Where(owned => rule.Glob.Matches(owned.Entry.Path.Value)).Select(owned => owned.Entry).ToArray()
               where matched.All(entry => entry.Kind == EntryKind.Symlink)
               select matched is [var link, ..] ? $"  `{rule.Plan.Path}`: `{link.Path}` is a symbolic link to `{link.LinkTarget}`, and only what it leads to has a mode and an owner" : $"  `{rule.Plan.Path}`: the image has nothing of that path",
        ];
        return idle.Length == 0 ? tree.With(Apply) : throw new ActionFailedException($"Rules of the image's `attributes` match nothing; correct their paths, or add the packages that they are about\n{string.Join('\n', idle)}");
    }
}
