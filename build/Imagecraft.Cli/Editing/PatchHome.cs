// Where the patches of a recipe belong: beside it when it is the workspace's own, into an append when another layer brings it. Unaware of git.

using System.Collections.Immutable;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Files;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Cli.Editing;

/// <summary>The document that names patches, and what is named there by now.</summary>
/// <param name="Root">Absolute path of the workspace.</param>
/// <param name="Recipe">The recipe.</param>
/// <param name="Document">The document, relative to the workspace; it may not exist yet.</param>
/// <param name="Others">Patches that other documents bring, in their order: nothing here changes them.</param>
public sealed record PatchHome(string Root, Recipe Recipe, string Document, ImmutableArray<string> Others)
{
    private string Folder => Path.Combine(Root, Path.GetDirectoryName(Document)!);

    /// <summary>Names of the files that lie there.</summary>
    public IReadOnlySet<string> Present => Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder).Select(file => Path.GetFileName(file)).ToHashSet(StringComparer.Ordinal) : [];

    /// <summary>The home of a recipe's patches.</summary>
    public static PatchHome Of(string root, Recipe recipe)
    {
        // New patches come after all that are there, so they belong where the last is named, or to what counts most.
        var last = recipe.Patches.IsEmpty ? recipe.Name.Span.File : recipe.Patches[^1].Span.File;
        var document = LayerFolders.LinkOf(last) is null ? last : $"recipes/{recipe.Name}/{recipe.Name}.append.yaml";
        return new(root, recipe, document, [.. recipe.Patches.Where(patch => patch.Span.File != document).Select(patch => Path.GetFileName(patch.Value))]);
    }

    /// <summary>Writes patches and the list of them; all is as before when the workspace cannot be read afterwards.</summary>
    /// <param name="patches">All patches that the recipe is to have.</param>
    /// <param name="judge">Reads the workspace.</param>
    /// <returns>What was done, a line each.</returns>
    /// <exception cref="ProblemException">Patches of other documents would have to change, or the list is not simple.</exception>
    /// <exception cref="DiagnosticsException">The workspace cannot be read with the new patches.</exception>
    public IReadOnlyList<string> Write(ImmutableArray<PatchFile> patches, Func<Reach> judge)
    {
        if (!patches.Take(Others.Length).Select(patch => patch.Name).SequenceEqual(Others) || patches.Take(Others.Length).FirstOrDefault(patch => patch.Text is not null) is not null)
            throw ProblemException.User($"Commits of patches that other layers bring were changed, moved or taken out: [{string.Join(", ", Others)}]", "Bring them back as they were, first and in their order, and make a commit of its own of what is different; or copy the recipe into a layer of yours");
        var mine = patches.Skip(Others.Length).ToImmutableArray();
        var names = mine.Select(patch => patch.Name).ToList();
        var before = Recipe.Patches.Where(patch => patch.Span.File == Document).Select(patch => Path.GetFileName(patch.Value)).ToList();
        if (names.SequenceEqual(before) && mine.All(patch => patch.Text is null))
            return ["The patches are as they were"];

        var file = Path.Combine(Root, Document);
        var isNew = !File.Exists(file);
        var text = !isNew ? File.ReadAllText(file) : $"append: {Recipe.Name}\n";
        var paths = names.Select(name => Recipe.Patches.FirstOrDefault(patch => patch.Span.File == Document && Path.GetFileName(patch.Value) == name) is { } known ? Path.GetRelativePath(Path.GetDirectoryName(Document)!, known.Value) : name).ToList();
        var edited = YamlEdit.SetTexts(text, "patches", paths, "license", "summary", "homepage", "version", "sources")
            ?? throw ProblemException.User($"The list `patches` of `{Document}` is more than a list of names", $"Write by hand what it is to say: {YamlEdit.Flow(paths)}; then `--finish` again");
        var undo = new List<Action> { isNew ? () => File.Delete(file) : () => AtomicFile.Write(file, text) };
        var said = new List<string>();
        Directory.CreateDirectory(Folder);
        for (var i = 0; i < mine.Length; i++)
        {
            if (mine[i].Text is not { } changes)
                continue;
            var place = Path.Combine(Folder, paths[i]);
            var old = File.Exists(place) ? File.ReadAllText(place) : null;
            undo.Add(old is null ? () => File.Delete(place) : () => AtomicFile.Write(place, old));
            AtomicFile.Write(place, changes);
            said.Add($"{(old is null ? "Wrote" : "Changed")} `{Path.GetRelativePath(Root, place)}`");
        }

        AtomicFile.Write(file, edited);
        if (judge() is { HasErrors: true } reach)
        {
            undo.ForEach(action => action());
            throw new DiagnosticsException(reach.Problems);
        }

        said.AddRange(before.Except(names).Select(name => $"`{Document}` no longer names `{name}`, whose file stays"));
        if (edited != text)
            said.Add($"{(isNew ? "Wrote" : "Changed")} `{Document}`");
        return said;
    }
}
