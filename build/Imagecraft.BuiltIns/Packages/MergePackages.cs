// Merges unpacked packages into one tree with a merged /usr and the links that maintainer scripts would have made.

using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Reapi;
using Imagecraft.Engine.Store;
using Imagecraft.Requests.Packages;

namespace Imagecraft.BuiltIns.Packages;

/// <summary>The function of <see cref="MergePackagesRequest"/>.</summary>
public sealed class MergePackages() : BuiltInFunction<MergePackagesRequest>(typeof(ContentStore))
{
    private static readonly (string Path, string Target)[] MergedUsr = [("/bin", "usr/bin"), ("/lib", "usr/lib"), ("/lib64", "usr/lib64"), ("/sbin", "usr/sbin")];

    /// <summary>The one user that actions run as; programs that ask for its name (.NET among them) fail or hang without.</summary>
    private static readonly (string Path, string Text)[] Accounts = [("/etc/group", "root:x:0:\n"), ("/etc/passwd", "root:x:0:0:root:/build:/bin/sh\n")];

    /// <inheritdoc/>
    protected override Task RunAsync(MergePackagesRequest request, BuiltInContext context, CancellationToken cancellationToken)
    {
        var store = context.Store;
        var empty = store.PutDirectory(new Engine.Reapi.Directory());
        var parts = new List<(string, OutputValue)>();
        foreach (var (path, target) in MergedUsr)
        {
            parts.Add(("/" + target, new(empty, OutputKind.Tree)));
            parts.Add(("/", new(Link(store, path, target), OutputKind.Tree)));
        }

        if (request.IsToolRoot)
            parts.AddRange(Accounts.Select(a => (a.Path, new OutputValue(store.Put(Encoding.UTF8.GetBytes(a.Text)), OutputKind.File))));
        parts.AddRange(context.InputsOf(MergePackagesRequest.PackageInputs).Select(i => ("/", i.Input.Value)));
        var tree = TreeMerge.Merge(store, parts);
        var except = new PathGlobs(request.Except);
        tree = TreeFilter.Drop(store, tree, e => except.Matches(Absolute(e.Path)));
        if (!request.Only.IsEmpty)
        {
            var only = new PathGlobs(request.Only);
            tree = TreeFilter.Select(store, tree, e => only.Matches(Absolute(e.Path)));
        }

        var links = request.Links.Select(l => ("/", new OutputValue(Link(store, l.Key, l.Value), OutputKind.Tree)));
        context.Output(MergePackagesRequest.TreeOutput, TreeMerge.Merge(store, links.Prepend(("/", new OutputValue(tree, OutputKind.Tree)))));
        return Task.CompletedTask;
    }

    private static string Absolute(string path) => path.StartsWith('/') ? path : "/" + path;

    /// <summary>A tree with one symbolic link at <paramref name="path"/>.</summary>
    private static Engine.Content.Digest Link(IContentStore store, string path, string target)
    {
        var components = path.Trim('/').Split('/');
        var folder = new Engine.Reapi.Directory { Symlinks = { new SymlinkNode { Name = components[^1], Target = target } } };
        for (var i = components.Length - 2; i >= 0; i--)
            folder = new Engine.Reapi.Directory { Directories = { new DirectoryNode { Name = components[i], Digest = store.PutDirectory(folder).ToReapi() } } };
        return store.PutDirectory(folder);
    }
}
