// Splits what a recipe installs into packages by globs.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.BuiltIns.Packages;

/// <summary>
/// <c>split-packages</c>: <c>/install</c>, what feed packages lost (<c>/lost/NAME</c>), parameters <c>N:PACKAGE:files|except|attributes:M</c>.
/// One output a package; a file goes to the first that matches.
/// </summary>
public sealed class SplitPackages() : BuiltInFunction("split-packages", typeof(ContentStore))
{
    /// <inheritdoc/>
    public override async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken)
    {
        var install = Input(context, "/install").Value.Digest;
        var rules = context.Parameters.Select(p => (Key: p.Key.Split(':'), p.Value)).GroupBy(p => (Number: p.Key[0], Package: p.Key[1])).OrderBy(g => g.Key.Number, StringComparer.Ordinal)
            .Select(g => (g.Key.Package, Files: Globs(g, "files"), Except: Globs(g, "except"), Attributes: Globs(g, "attributes"))).ToImmutableArray();
        var owner = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in TreeWalk.Entries(context.Store, install).Where(e => IsLeaf(context.Store, e)))
        {
            var path = Absolute(entry.Path);
            var rule = rules.FirstOrDefault(r => Matches(r.Files, path) && !Matches(r.Except, path));
            if (rule.Package is null)
                context.Log($"In no package: {path}");
            else
                owner.Add(path, rule.Package);
        }

        var said = rules.ToDictionary(r => r.Package, r => r.Attributes, StringComparer.Ordinal);
        await LostAttributesCheck.RunAsync(context, path => owner.GetValueOrDefault(path), (package, path) => said[package].Matches(path), cancellationToken);
        foreach (var rule in rules)
        {
            var mine = owner.Where(o => o.Value == rule.Package).Select(o => o.Key).ToHashSet(StringComparer.Ordinal);
            if (mine.Count == 0)
                throw new ActionFailedException($"The package `{rule.Package}` would be empty: none of its `files` matches anything that was installed");
            context.Output(rule.Package, new(TreeFilter.Select(context.Store, install, e => IsLeaf(context.Store, e) && mine.Contains(Absolute(e.Path))), OutputKind.Tree));
        }
    }

    // Whether a module is compressed is the kernel's configuration's choice, of which recipes of modules know nothing.
    private static bool Matches(PathGlobs globs, string path) =>
        globs.Matches(path) || (ModuleEndings.FirstOrDefault(e => path.EndsWith(e, StringComparison.Ordinal)) is { } ending && globs.Matches(path[..^ending.Length] + ".ko"));

    private static readonly ImmutableArray<string> ModuleEndings = [".ko.gz", ".ko.xz", ".ko.zst"];

    /// <summary>Files, links, and folders with nothing in them.</summary>
    private static bool IsLeaf(IContentStore store, TreeEntry entry) => entry.Kind != TreeEntryKind.Folder || TreeWalk.IsEmptyFolder(store, entry);

    private static string Absolute(string path) => path.StartsWith('/') ? path : "/" + path;

    private static PathGlobs Globs(IEnumerable<(string[] Key, string Value)> parameters, string kind) => new(parameters.Where(p => p.Key[2] == kind).Select(p => p.Value));
}
