// A recipe's sources as actions: fetch, unpack, lay over each other, patch. Unaware of build systems.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Requests.Sources;

namespace Imagecraft.Planning.Recipes;

/// <summary>Plans source trees. They depend on no target, so all boards share them.</summary>
public sealed class SourcePlanner(PlanContext context, ToolRoots toolRoots)
{
    /// <summary>Code of the error that a file is missing which only the user can supply.</summary>
    public const string SuppliedFileMissing = "IC0321";

    /// <summary>The tree that the build sees at <c>/src</c>.</summary>
    public SourceTree Plan(Recipe recipe) => EditOf(recipe) is { } edited
        ? new SourceTree(new InputSource.Local(edited.Folder, [EditedRecipe.Repository]))
        : PlanRecorded(recipe);

    /// <summary>Who works on the recipe's sources; null: they are as the recipe says. What is built for the build host in another version is never edited.</summary>
    public EditedRecipe? EditOf(Recipe recipe) => IsUsual(recipe) ? context.Options.Edited.GetValueOrDefault(recipe.Name) : null;

    // As the recipe says, whoever works on it: all sources, then all patches.
    private OutputRef PlanRecorded(Recipe recipe) => recipe.Patches.IsEmpty ? Unpacked(recipe) : Patch(recipe, Unpacked(recipe), NameOf(recipe));

    /// <summary>The tree as the recipe says, the git repository of it, which a clone would have as <c>.git</c>, and the tool root that has git.</summary>
    public ImmutableArray<OutputRef> PlanRepository(Recipe recipe)
    {
        var mounts = PatchMounts(recipe);
        var git = toolRoots.Plan(Downloads.GitToolRoot, recipe.Name.Span);
        var repository = context.Add(new ActionNode
        {
            Id = new($"{recipe.Name}:repository"),
            Work = new ActionWork.Process { Arguments = ["/bin/bash", RepositoryScript, "/src", "/out/repository", $"{recipe.Name} {recipe.Version}", .. mounts.Select(m => m.Mount)] },
            Inputs =
            [
                git.At("/", "git"),
                toolRoots.Plan(HostToolRoot, recipe.Name.Span).At("/", "tools"),
                new(RepositoryScript, new InputSource.Inline(EmbeddedText.Read("make-repository"), Executable: true), "the script that makes the repository"),
                Unpacked(recipe).At("/src", $"the unpacked sources of {recipe.Name}"),
                .. mounts.Select(m => context.Local(m.Patch.Value, m.Mount, $"patch {Path.GetFileName(m.Patch.Value)}")),
            ],
            Outputs = [new("repository", "/out/repository", OutputKind.Tree)],
            Description = $"Make a repository of {recipe.Name}",
        });
        return [PlanRecorded(recipe), repository, git];
    }

    private const string RepositoryScript = "/imagecraft/make-repository";

    private string NameOf(Recipe recipe) => IsUsual(recipe) ? recipe.Name.Value : $"{recipe.Name}@host";

    private static (string Mount, Sited<string> Patch)[] PatchMounts(Recipe recipe) =>
        [.. recipe.Patches.Select((patch, i) => (string.Create(CultureInfo.InvariantCulture, $"/patches/{i:D3}-{Path.GetFileName(patch.Value)}"), patch))];

    private OutputRef Unpacked(Recipe recipe)
    {
        var parts = recipe.Sources.Select((source, index) => Part(recipe.Name, recipe.Folder, source, index)).ToImmutableArray();
        return context.Call(
            new($"{NameOf(recipe)}:source"),
            new AssembleSourceRequest([.. parts.Select(p => p.Part)]),
            $"how the sources of {recipe.Name} are laid down",
            $"Unpack the sources of {recipe.Name} {recipe.Version}",
            [.. parts.Select((p, i) => AssembleSourceRequest.PartInputs.At(i).Of(p.Content, p.Reason))]);
    }

    // For the build host a recipe may be of another version.
    private bool IsUsual(Recipe recipe) => context.Workspace.Recipes.GetValueOrDefault(recipe.Name) is not { } usual || (usual.Sources == recipe.Sources && usual.Patches == recipe.Patches);

    /// <summary>Where a source may be had: upstream first, then mirrors; names of <c>file:</c> are seen from the recipe's folder.</summary>
    public static ImmutableArray<string> Places(SourceSpec source, string folder) =>
        [.. source.Mirrors.Prepend(source.Url).Select(place => place.Value.StartsWith("file:", StringComparison.Ordinal) && !place.Value.StartsWith("file:/", StringComparison.Ordinal) ? $"file:{folder}/{place.Value[5..]}" : place.Value)];

    /// <summary>The one file of a source: fetched, or as it lies in the workspace.</summary>
    public InputSource File(SourceSpec source, string folder, string owner) => File(source, folder, owner, mayBeFolder: false);

    private InputSource File(SourceSpec source, string folder, string owner, bool mayBeFolder)
    {
        if (LocalSources.PathOf(source, folder) is { } path)
        {
            LocalSources.Check(context, source, path, owner, mayBeFolder);
            return new InputSource.Local(Path.Combine(context.Options.WorkspaceRoot, path), []);
        }

        var name = source.FileName;
        if (source.Commit is not null)
            context.Error("IC0324", $"`{owner}` is one file, but its source `{name}` is a git repository", source.Url.Span, "Name the file's own address");
        else if (source.Sha256 is { } sha256)
            return Downloads.Add(context, sha256.Value, name, Places(source, Path.Combine(context.Options.WorkspaceRoot, folder))).Source;
        else
            context.Error("IC0320", $"The source `{name}` of `{owner}` has no `sha256`", source.Url.Span, "Write `sha256:` with 64 zeros once; the failing fetch tells the right one");
        return new InputSource.OutputOf(new($"fetch:{name}"), "file");
    }

    /// <summary>A source as a tree of its own: a folder as it lies, an archive unpacked.</summary>
    /// <param name="source">One source.</param>
    /// <param name="folder">Folder of the file that names it.</param>
    /// <param name="owner">Who needs it.</param>
    /// <param name="id">Name of the action.</param>
    public OutputRef Tree(SourceSpec source, string folder, string owner, ActionId id)
    {
        var (content, reason, part) = Part(owner, folder, source, 0, mayBeFolder: true);
        return context.Call(id, new AssembleSourceRequest([part]), $"how the files of {owner} are laid down", $"Unpack the files of {owner}", [AssembleSourceRequest.PartInputs.At(0).Of(content, reason)]);
    }

    private (InputSource Content, string Reason, SourcePart Part) Part(string owner, string folder, SourceSpec source, int index, bool mayBeFolder = false)
    {
        var name = source.FileName;
        var reason = string.Create(CultureInfo.InvariantCulture, $"source {index + 1} of {owner}: {name}");
        if (source.Commit is { } commit)
        {
            var tar = Downloads.AddCommit(context, toolRoots, commit, source.Sha256?.Value, $"{owner}-{commit.Value}.tar", [.. source.Mirrors.Prepend(source.Url).Select(place => $"{place.Value}#{commit.Value}")]);
            return (tar.Source, reason, new(name, source.Into, Unpack: true, Strip: 0));
        }

        return (File(source, folder, owner, mayBeFolder), reason, new(name, source.Into, source.Unpack, source.Unpack ? source.Strip : 0));
    }

    private OutputRef Patch(Recipe recipe, OutputRef unpacked, string name)
    {
        var mounts = PatchMounts(recipe);
        var toolRoot = toolRoots.Plan(HostToolRoot, recipe.Name.Span);
        var patched = context.Add(new ActionNode
        {
            Id = new($"{name}:patch"),
            Work = new ActionWork.Process { Arguments = ["/bin/bash", "/imagecraft/patch-sources", "/src", "/out", .. mounts.Select(m => m.Mount)] },
            Inputs =
            [
                toolRoot.At("/", "tools"),
                new("/imagecraft/patch-sources", new InputSource.Inline(EmbeddedText.Read("patch-sources"), Executable: true), "the script that applies patches"),
                unpacked.At("/src", $"the unpacked sources of {recipe.Name}"),
                .. mounts.Select(m => context.Local(m.Patch.Value, m.Mount, $"patch {Path.GetFileName(m.Patch.Value)}")),
            ],
            Outputs = [new("changed", "/out/changed", OutputKind.Tree), new("removed", "/out/removed", OutputKind.File)],
            Description = $"Patch {recipe.Name}",
        }, "changed");
        return context.Call(new($"{name}:patched"), new OverlayRequest(), "nothing but the trees decides", $"Lay the patches over {recipe.Name}",
        [
            unpacked.At(OverlayRequest.BelowInput, "the unpacked sources"),
            patched.At(OverlayRequest.AboveInput, "files the patches changed"),
            new OutputRef(patched.Action, "removed").At(OverlayRequest.RemovedInput, "files the patches removed"),
        ]);
    }

    /// <summary>Name of the tool root for work that depends on no target.</summary>
    public const string HostToolRoot = "image";
}
