// Which recipes somebody works on, and where. Unaware of what is done with their sources.

using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
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

/// <summary>
/// The records of a workspace, one file a recipe, so that each can be seen and removed. Those of folders outside of the workspace lie in the user's cache:
/// a workspace that came from elsewhere could otherwise have builds read whatever folder of the host it names.
/// </summary>
public sealed class Edits(Session session)
{
    private readonly string workspaceRoot = session.WorkspaceRoot;

    /// <summary>Holds the folders that are worked in, and the records.</summary>
    public const string WorkFolder = "work";

    private const string Ending = ".edit.json";

    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower };

    private string Root => Path.Combine(workspaceRoot, WorkFolder);

    private string OutsideRoot => Path.Combine(session.CacheRoot, "edits", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Real(workspaceRoot))).AsSpan(0, 8)));

    /// <summary>All, by name.</summary>
    /// <exception cref="ProblemException">A record cannot be read, or its folder is gone.</exception>
    public ImmutableArray<Edit> All() => [.. new[] { Root, OutsideRoot }.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*" + Ending)).Select(Read).DistinctBy(edit => edit.Recipe).OrderBy(edit => edit.Recipe, StringComparer.Ordinal)];

    /// <summary>The one of a recipe, or null.</summary>
    public Edit? Find(string recipe) => new[] { Root, OutsideRoot }.Select(folder => Path.Combine(folder, recipe + Ending)).FirstOrDefault(File.Exists) is { } record ? Read(record) : null;

    /// <summary>Records one.</summary>
    public void Add(Edit edit)
    {
        var home = IsWithin(PathOf(edit)) ? Root : OutsideRoot;
        Directory.CreateDirectory(home);
        AtomicFile.Write(Path.Combine(home, edit.Recipe + Ending), JsonSerializer.Serialize(edit, Form) + "\n");
    }

    /// <summary>Forgets one, with what was kept for its builds.</summary>
    public void Remove(string recipe)
    {
        foreach (var record in new[] { Root, OutsideRoot }.Select(folder => Path.Combine(folder, recipe + Ending)).Where(File.Exists))
            File.Delete(record);
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

    private bool IsWithin(string folder) => Real(folder).StartsWith(Real(workspaceRoot) + "/", StringComparison.Ordinal);

    // Links on the way are followed, as whoever mounts it does.
    private static string Real(string path)
    {
        var real = "/";
        foreach (var part in Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            if (new FileInfo(real).LinkTarget is not null)
                real = Directory.ResolveLinkTarget(real, returnFinalTarget: true) is { } target ? Real(target.FullName) : real;
        }

        return real;
    }

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
        if (Path.GetDirectoryName(file) == Root && Directory.Exists(PathOf(edit)) && !IsWithin(PathOf(edit)))
            throw ProblemException.User($"`{Path.GetRelativePath(workspaceRoot, file)}` names the folder `{edit.Folder}`, which lies outside of the workspace", $"Remove it; if it is you who wants that folder built, call `./build.sh edit {edit.Recipe} --folder {edit.Folder}`");
        return Directory.Exists(PathOf(edit)) ? edit : throw ProblemException.User($"The sources of `{edit.Recipe}` are worked on in `{edit.Folder}`, which is gone", $"Bring it back, or remove `{Path.GetRelativePath(workspaceRoot, file)}` to build from the recipe's own sources");
    }
}
