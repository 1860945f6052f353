// Tool roots and sets of feed packages as actions: fetch each package, unpack it, merge the trees. Unaware of mirrors.

using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Feeds.Locking;
using Imagecraft.Metadata.Model;
using Imagecraft.Requests.Packages;

namespace Imagecraft.Planning.Recipes;

/// <summary>Plans trees that are made of feed packages.</summary>
public sealed class ToolRoots(PlanContext context)
{
    /// <summary>The merged tree of the tool root <paramref name="name"/>, to be mounted at <c>/</c>.</summary>
    public OutputRef Plan(string name, SourceSpan? usedAt)
    {
        var id = new ActionId($"toolroot:{name}");
        if (context.Has(id))
            return new(id, MergePackagesRequest.TreeOutput.Name);
        if (!context.Workspace.ToolRoots.TryGetValue(name, out var root))
        {
            context.Error("IC0310", $"No tool root is named `{name}`", usedAt, $"Known are [{string.Join(", ", context.Workspace.ToolRoots.Keys)}]");
            return new(id, MergePackagesRequest.TreeOutput.Name);
        }

        var packages = Packages(LockSets.OfToolRoot(name), root.Architecture?.Value ?? context.Options.HostArchitecture, root.Name.Span);
        return Merge(id, $"Merge tool root {name}", new() { IsToolRoot = true, Links = root.Links, Only = [.. root.Only.Select(o => o.Value)], Except = [.. root.Except.Select(e => e.Value)] }, packages);
    }

    /// <summary>A digest of the packages of the tool root <paramref name="name"/>.</summary>
    public string Identity(string name)
    {
        var architecture = context.Workspace.ToolRoots.GetValueOrDefault(name)?.Architecture?.Value ?? context.Options.HostArchitecture;
        var packages = context.Lock.FindSet(LockSets.OfToolRoot(name), architecture)?.Packages ?? [];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', packages.Select(p => p.Sha256)))));
    }

    /// <summary>The merged tree of the pinned set <paramref name="set"/> for a Debian architecture under the action id <paramref name="id"/>.</summary>
    public OutputRef PlanSet(ActionId id, string set, string architecture, string description, SourceSpan span) =>
        context.Has(id) ? new(id, MergePackagesRequest.TreeOutput.Name) : Merge(id, description, new(), Packages(set, architecture, span));

    /// <summary>What trees cannot hold of the files of a set that is planned: one file a package.</summary>
    public IEnumerable<InputEdge> LostOf(string set, string architecture) =>
        (context.Lock.FindSet(set, architecture)?.Packages ?? []).Select(p => Unpacked(p).Beside(UnpackDebRequest.LostOutput).At(SplitPackagesRequest.LostInputs.At(Name(p)), $"owners and capabilities in {p.Name} {p.Version}"));

    private ImmutableArray<LockedPackage> Packages(string set, string architecture, SourceSpan span)
    {
        if (context.Lock.FindSet(set, architecture) is { } locked)
            return locked.Packages;
        context.Error("IC0311", $"The lock has no packages of `{set}` for `{architecture}`", span, "Run `./build.sh lock`");
        return [];
    }

    private OutputRef Merge(ActionId id, string description, MergePackagesRequest request, ImmutableArray<LockedPackage> packages) => context.Call(id, request, "what is made of the packages", description,
        [.. packages.Select(p => Unpacked(p).At(MergePackagesRequest.PackageInputs.At(Name(p)), $"package {p.Name} {p.Version} of the set"))]);

    private OutputRef Unpacked(LockedPackage package)
    {
        // A feed of one's own may have a package of a name and version that Debian has too.
        var isOwn = context.Workspace.Feeds.GetValueOrDefault(package.Feed)?.Apt is not null;
        var id = new ActionId(isOwn ? $"deb:{package.Feed}/{Name(package)}" : $"deb:{Name(package)}");
        if (context.Has(id))
            return new(id, UnpackDebRequest.TreeOutput.Name);
        var file = Downloads.Add(context, package.Sha256, package.FileName, [isOwn ? $"feed:{package.Feed}/{package.PoolPath}" : $"debian:{package.PoolPath}"], package.Size);
        return context.Call(id, new UnpackDebRequest(), "nothing but the file decides", $"Unpack {package.FileName}", [file.At(UnpackDebRequest.PackageInput, $"the package file of {package.Name}")]);
    }

    private static string Name(LockedPackage package) => $"{package.Name}_{package.Version}_{package.Architecture}";
}
