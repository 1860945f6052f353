// Splits what a recipe installs into packages by globs.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Requests.Packages;

namespace Imagecraft.BuiltIns.Packages;

/// <summary>The function of <see cref="SplitPackagesRequest"/>.</summary>
public sealed class SplitPackages() : BuiltInFunction<SplitPackagesRequest>(typeof(ContentStore))
{
    /// <inheritdoc/>
    protected override async Task RunAsync(SplitPackagesRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var install = TreeMerge.Merge(context.Store, context.InputsOf(SplitPackagesRequest.DebugInputs).Select(i => ("/", i.Input.Value)).Prepend(("/", context.Input(SplitPackagesRequest.InstallInput).Value)));
        var rules = request.Packages.Select(p => (Package: p.Name, Files: new PathGlobs([.. p.Files, .. p.Optional]), Except: new PathGlobs(p.Except), Attributes: new PathGlobs(p.Attributes))).ToImmutableArray();
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
        IdleGlobs.Check(request.Packages, [.. TreeWalk.Entries(context.Store, install).Select(e => Absolute(e.Path))], owner);
        foreach (var rule in rules)
        {
            var mine = owner.Where(o => o.Value == rule.Package).Select(o => o.Key).ToHashSet(StringComparer.Ordinal);
            if (mine.Count == 0 && !request.Packages.First(p => p.Name == rule.Package).MayBeEmpty)
                throw new ActionFailedException($"The package `{rule.Package}` would be empty: none of its `files` matches anything that was installed");
            context.Output(SplitPackagesRequest.PackageOutput(rule.Package), TreeFilter.Select(context.Store, install, e => IsLeaf(context.Store, e) && mine.Contains(Absolute(e.Path))));
        }
    }

    /// <summary>Whether a module is compressed is the kernel's configuration's choice, of which recipes of modules know nothing.</summary>
    internal static bool Matches(PathGlobs globs, string path) =>
        globs.Matches(path) || (ModuleEndings.FirstOrDefault(e => path.EndsWith(e, StringComparison.Ordinal)) is { } ending && globs.Matches(path[..^ending.Length] + ".ko"));

    private static readonly ImmutableArray<string> ModuleEndings = [".ko.gz", ".ko.xz", ".ko.zst"];

    /// <summary>Files, links, and folders with nothing in them.</summary>
    private static bool IsLeaf(IContentStore store, TreeEntry entry) => entry.Kind != TreeEntryKind.Folder || TreeWalk.IsEmptyFolder(store, entry);

    private static string Absolute(string path) => path.StartsWith('/') ? path : "/" + path;
}
