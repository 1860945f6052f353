// Builds a recipe that was just written, and looks at what it installs. Unaware of who wrote it.

using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;
using Imagecraft.Images.Programs;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Authoring;

/// <summary>Tries recipes.</summary>
internal sealed class RecipeTrial(Session session, BuildRequest request)
{
    /// <summary>Finds the package that has a library, by the globs of packages.</summary>
    /// <param name="workspace">All recipes.</param>
    /// <param name="depends">Recipes whose packages, and whose dependencies' packages, may have it.</param>
    public static Func<string, string?> OwnerOf(Workspace workspace, IEnumerable<string> depends)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { "libc" };
        var open = new Queue<string>(depends);
        while (open.TryDequeue(out var name))
            if (reached.Add(name) && workspace.Recipes.TryGetValue(name, out var recipe))
                foreach (var further in recipe.Depends)
                    open.Enqueue(further);
        var globs = reached.Where(workspace.Recipes.ContainsKey).SelectMany(name => workspace.Recipes[name].Packages).Where(package => !package.IsConventional)
            .SelectMany(package => package.Files.Select(glob => (Glob: new PathGlob(glob.Value), package.Name.Value))).ToList();
        return library => globs.FirstOrDefault(owned => owned.Glob.Matches($"usr/lib/any/{library}") || owned.Glob.Matches($"usr/lib/{library}")).Value;
    }

    /// <summary>What the build of a recipe installs; null: it failed, which was shown.</summary>
    /// <param name="recipe">A recipe of the workspace.</param>
    public async Task<List<BuiltFile>?> InstalledAsync(string recipe)
    {
        var asked = new AskedNames([$"recipe:{recipe}"]);
        using var workshop = await Workshop.OpenAsync(session, request, asked.Extras).ConfigureAwait(false);
        var install = workshop.Graph.Nodes.Values.Single(node => node.Id.Value.StartsWith($"{recipe}@", StringComparison.Ordinal) && node.Outputs.Any(output => output.Name == "install")).Id;
        using var store = new ContentStore(session.CacheRoot);
        using var lease = store.BeginLease();
        var result = await workshop.BuildAsync(plan => asked.Goals(plan).Append(install), null).ConfigureAwait(false);
        return result.Succeeded ? [.. Files(store, result.Output(install, "install").Digest)] : null;
    }

    private static IEnumerable<BuiltFile> Files(ContentStore store, Digest tree)
    {
        foreach (var entry in TreeWalk.Entries(store, tree).Where(entry => entry.Kind != TreeEntryKind.Folder))
        {
            var program = entry.Kind == TreeEntryKind.File && (entry.Executable || entry.Path.Contains(".so", StringComparison.Ordinal)) ? ElfProgram.Read(store.Read(entry.Digest)) : null;
            yield return new("/" + entry.Path, program?.Needed ?? []);
        }
    }
}
