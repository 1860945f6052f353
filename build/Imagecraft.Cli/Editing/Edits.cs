// Which recipes somebody works on, and where. Unaware of what is done with their sources.

using System.Collections.Immutable;
using System.Text.Json;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Files;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Cli.Editing;

/// <summary>A recipe that somebody works on.</summary>
/// <param name="Recipe">Its name.</param>
/// <param name="Folder">Where the sources are: absolute, or relative to the workspace.</param>
/// <param name="Version">The version that the recipe had when the folder was made.</param>
/// <param name="IsOwn">The folder is the user's, and was there before.</param>
public sealed record Edit(string Recipe, string Folder, string Version, bool IsOwn);

/// <summary>The records of a workspace, one file a recipe, so that each can be seen and removed.</summary>
public sealed class Edits(string workspaceRoot)
{
    /// <summary>Holds the folders that are worked in, and the records.</summary>
    public const string WorkFolder = "work";

    private const string Ending = ".edit.json";

    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower };

    private string Root => Path.Combine(workspaceRoot, WorkFolder);

    /// <summary>All, by name.</summary>
    /// <exception cref="ProblemException">A record cannot be read, or its folder is gone.</exception>
    public ImmutableArray<Edit> All() => Directory.Exists(Root)
        ? [.. Directory.EnumerateFiles(Root, "*" + Ending).Order(StringComparer.Ordinal).Select(Read)]
        : [];

    /// <summary>The one of a recipe, or null.</summary>
    public Edit? Find(string recipe) => File.Exists(RecordOf(recipe)) ? Read(RecordOf(recipe)) : null;

    /// <summary>Records one.</summary>
    public void Add(Edit edit)
    {
        Directory.CreateDirectory(Root);
        AtomicFile.Write(RecordOf(edit.Recipe), JsonSerializer.Serialize(edit, Form) + "\n");
    }

    /// <summary>Forgets one, with what was kept for its builds.</summary>
    public void Remove(string recipe)
    {
        File.Delete(RecordOf(recipe));
        FolderRemoval.Remove(KeptFolderOf(recipe));
    }

    /// <summary>The folder that is made for a recipe, relative to the workspace.</summary>
    public static string FolderOf(string recipe) => $"{WorkFolder}/{recipe}";

    /// <summary>An absolute path of the folder that an edit has.</summary>
    public string PathOf(Edit edit) => Path.GetFullPath(edit.Folder, workspaceRoot);

    /// <summary>As planning takes them.</summary>
    /// <exception cref="ProblemException">See <see cref="All"/>.</exception>
    public ImmutableSortedDictionary<string, EditedRecipe> Planned() =>
        All().ToImmutableSortedDictionary(edit => edit.Recipe, edit => new EditedRecipe(PathOf(edit), KeptFolderOf(edit.Recipe)), StringComparer.Ordinal);

    /// <summary>Changes with what is worked on and where.</summary>
    public string Words => string.Join(' ', All().Select(edit => $"{edit.Recipe}={PathOf(edit)}"));

    private string KeptFolderOf(string recipe) => Path.Combine(workspaceRoot, ".imagecraft", "kept", recipe);

    private string RecordOf(string recipe) => Path.Combine(Root, recipe + Ending);

    private Edit Read(string file)
    {
        Edit? edit;
        try
        {
            edit = JsonSerializer.Deserialize<Edit>(File.ReadAllText(file), Form);
        }
        catch (JsonException problem)
        {
            throw ProblemException.User($"`{file}` is no record of a recipe that is worked on: {problem.Message}", "Remove it, and call `./build.sh edit` again");
        }

        if (edit is not { Recipe.Length: > 0, Folder.Length: > 0, Version: not null } || Path.GetFileName(file) != edit.Recipe + Ending)
            throw ProblemException.User($"`{file}` is no record of a recipe that is worked on", "Remove it, and call `./build.sh edit` again");
        return Directory.Exists(PathOf(edit)) ? edit : throw ProblemException.User($"The sources of `{edit.Recipe}` are worked on in `{edit.Folder}`, which is gone", $"Bring it back, or remove `{Path.GetRelativePath(workspaceRoot, file)}` to build from the recipe's own sources");
    }
}
