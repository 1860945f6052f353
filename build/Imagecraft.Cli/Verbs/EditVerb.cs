// `edit`: the sources of a recipe as a folder to work in, which builds take, and back to patches. Unaware of how recipes are built.

using System.Collections.Immutable;
using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Editing;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Verbs;

/// <summary>Begins, ends and lists work on the sources of recipes.</summary>
public static class EditVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("edit", "Work on the sources of a recipe in `work/`, from which it is then built", Build);

    private static void Build(Command command, Session session)
    {
        var recipe = new Argument<string?>("recipe") { Description = "A recipe (default: say which are worked on)", Arity = ArgumentArity.ZeroOrOne };
        var folder = new Option<string?>("--folder") { Description = "Take the sources from a folder of one's own, as it lies" };
        var finish = new Option<bool>("--finish") { Description = "Write the commits back as patches of the recipe, and end the work" };
        var discard = new Option<bool>("--discard") { Description = "End the work; the recipe stays as it is" };
        var force = new Option<bool>("--force") { Description = "With --discard: also what no patch has is lost" };
        command.Arguments.Add(recipe);
        foreach (var option in new Option[] { folder, finish, discard, force })
            command.Options.Add(option);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            var edits = new Edits(session);
            if (new[] { parsed.GetValue(folder) is not null, parsed.GetValue(finish), parsed.GetValue(discard) }.Count(given => given) > 1)
                throw ProblemException.User("`--folder`, `--finish` and `--discard` exclude each other", "Give one of them");
            if (parsed.GetValue(force) && !parsed.GetValue(discard))
                throw ProblemException.User("`--force` belongs to `--discard`", "Leave it away");
            if (parsed.GetValue(recipe) is not { } name)
                return List(session, edits);
            var request = options.Read(parsed);
            if (parsed.GetValue(finish))
                return await FinishAsync(session, request, edits, Worked(edits, name)).ConfigureAwait(false);
            if (parsed.GetValue(discard))
                return await DiscardAsync(session, request, edits, Worked(edits, name), parsed.GetValue(force)).ConfigureAwait(false);
            if (edits.Find(name) is { } present)
                throw ProblemException.User($"`{name}` is worked on in `{present.Folder}` already", $"`./build.sh edit {name} --finish` or `--discard` ends that");
            return parsed.GetValue(folder) is { } own ? TakeFolder(session, edits, name, own) : await BeginAsync(session, request, edits, name).ConfigureAwait(false);
        });
    }

    private static Edit Worked(Edits edits, string name) =>
        edits.Find(name) ?? throw ProblemException.User($"`{name}` is not worked on", edits.All() is { IsEmpty: false } all ? $"Worked on are [{string.Join(", ", all.Select(edit => edit.Recipe))}]" : $"`./build.sh edit {name}` begins");

    private static int List(Session session, Edits edits)
    {
        foreach (var edit in edits.All())
            session.Console.Out.WriteLine($"{edit.Recipe}  {edit.Version}  {edit.Folder}");
        if (edits.All().IsEmpty)
            session.Console.Out.WriteLine("No recipe is worked on");
        return ExitCodes.Done;
    }

    private static async Task<int> BeginAsync(Session session, BuildRequest request, Edits edits, string name)
    {
        var folder = Path.Combine(session.WorkspaceRoot, Edits.FolderOf(name));
        if (Path.Exists(folder))
            throw ProblemException.User($"`{Edits.FolderOf(name)}` is there already", $"Move it away, or take it as it is: `./build.sh edit {name} --folder {Edits.FolderOf(name)}`");
        Recipe? recipe = null;
        using var tools = await SourceTools.OpenAsync(session, request, name, reading => recipe = RefuseWithout(reading), whole: true).ConfigureAwait(false);
        if (tools.ExitCode != ExitCodes.Done)
            return tools.ExitCode;
        var half = folder + ".new";
        FolderRemoval.Remove(half);
        await TreeCopy.ToAsync(tools.Engine.Store, tools.Output(0), half, session.Interrupts.Gentle).ConfigureAwait(false);
        await TreeCopy.ToAsync(tools.Engine.Store, tools.Output(1), Path.Combine(half, ".git"), session.Interrupts.Gentle).ConfigureAwait(false);
        Directory.Move(half, folder);
        edits.Add(new(name, Edits.FolderOf(name), recipe!.Version, IsOwn: false));
        session.Console.Out.WriteLine($"The sources of {name} {recipe.Version} are in `{Edits.FolderOf(name)}`{(recipe.Patches.IsEmpty ? "" : ", with a commit for each patch")}; builds take them from there");
        session.Console.Out.WriteLine($"Commit what is to be kept; `./build.sh edit {name} --finish` makes patches of it, `--discard` ends without");
        return ExitCodes.Done;

        Recipe RefuseWithout(Workspace workspace)
        {
            var found = workspace.Recipes[name];
            if (found.Build is BuildSpec.Prebuilt)
                throw ProblemException.User($"`{name}` is made of ready packages and has no sources", null);
            return WorkspaceFolderOf(found) is { } lies ? throw ProblemException.User($"The sources of `{name}` lie in the workspace, in `{lies}`", $"Work on them there; `./build.sh edit {name} --folder {lies}` lets builds continue in the folder of the last one")
                : found.Sources.IsEmpty ? throw ProblemException.User($"`{name}` has no sources", null) : found;
        }
    }

    private static int TakeFolder(Session session, Edits edits, string name, string folder)
    {
        var reading = Composition.Load(session);
        if (!reading.Workspace.Recipes.TryGetValue(name, out var recipe))
            throw ProblemException.Unknown("recipe", name, reading.NamesOf(Imagecraft.Metadata.KindNames.Recipe));
        var path = Path.GetFullPath(folder);
        if (!Directory.Exists(path))
            throw ProblemException.User($"`{folder}` is no folder", "Name the folder with the sources");
        if (recipe.Build is BuildSpec.Prebuilt or BuildSpec.DotnetAot)
            throw ProblemException.User($"`{name}` is not built from a source tree", null);
        var relative = Path.GetRelativePath(session.WorkspaceRoot, path);
        edits.Add(new(name, relative.StartsWith("..", StringComparison.Ordinal) ? path : relative, recipe.Version, IsOwn: true));
        session.Console.Out.WriteLine($"{name} is built from `{folder}` as it lies, without the recipe's sources and patches; `./build.sh edit {name} --discard` ends that");
        return ExitCodes.Done;
    }

    private static async Task<int> DiscardAsync(Session session, BuildRequest request, Edits edits, Edit edit, bool isForced)
    {
        if (!edit.IsOwn)
        {
            if (!isForced)
            {
                using var tools = await SourceTools.OpenAsync(session, request, edit.Recipe, _ => { }, whole: false).ConfigureAwait(false);
                if (tools.ExitCode != ExitCodes.Done)
                    return tools.ExitCode;
                if (await tools.RepositoryOf(edits.PathOf(edit)).HasMoreThanPatchesAsync(session.Interrupts.Gentle).ConfigureAwait(false))
                    throw ProblemException.User($"`{edit.Folder}` has changes or files that no patch of `{edit.Recipe}` has", "Keep them by `--finish`, or give `--force` and lose them");
            }

            FolderRemoval.Remove(edits.PathOf(edit));
        }

        edits.Remove(edit.Recipe);
        session.Console.Out.WriteLine(edit.IsOwn ? $"{edit.Recipe} is built from the recipe's sources again; `{edit.Folder}` stays" : $"Removed `{edit.Folder}`; {edit.Recipe} is built from the recipe's sources again");
        return ExitCodes.Done;
    }

    private static async Task<int> FinishAsync(Session session, BuildRequest request, Edits edits, Edit edit)
    {
        if (edit.IsOwn)
            throw ProblemException.User($"`{edit.Folder}` is a folder of your own, which no patches of the recipe were made of", "`--discard` ends the work, and leaves the folder");
        Recipe? recipe = null;
        using var tools = await SourceTools.OpenAsync(session, request, edit.Recipe, workspace => recipe = workspace.Recipes[edit.Recipe], whole: false).ConfigureAwait(false);
        if (tools.ExitCode != ExitCodes.Done)
            return tools.ExitCode;
        var repository = tools.RepositoryOf(edits.PathOf(edit));
        var cancellation = session.Interrupts.Gentle;
        var loose = await repository.UncommittedAsync(cancellation).ConfigureAwait(false);
        if (!loose.IsEmpty)
            throw ProblemException.User($"`{edit.Folder}` has changes that are in no commit: [{Some(loose)}]", "Commit them with git, each commit becomes a patch; or take them back");
        var home = PatchHome.Of(session.WorkspaceRoot, recipe!);
        var patches = await PatchFiles.OfAsync(repository, home.Present, cancellation).ConfigureAwait(false);
        var ignored = await repository.IgnoredAsync(cancellation).ConfigureAwait(false);
        foreach (var line in home.Write(patches, () => Composition.Load(session).Reach()))
            session.Console.Out.WriteLine(line);
        edits.Remove(edit.Recipe);
        if (ignored.IsEmpty)
            FolderRemoval.Remove(edits.PathOf(edit));
        else
            session.Console.Out.WriteLine($"`{edit.Folder}` stays, because it has files that git ignores: [{Some(ignored)}]; remove it when nothing of it is needed");
        session.Console.Out.WriteLine($"{edit.Recipe} is built from the recipe's sources again");
        return ExitCodes.Done;
    }

    private static string Some(ImmutableArray<string> names)
    {
        const int most = 5;
        return string.Join(", ", names.Take(most)) + (names.Length > most ? $", and {names.Length - most} more" : "");
    }

    private static string? WorkspaceFolderOf(Recipe recipe) => recipe.Sources is [{ Url.Value: var url }] && url.StartsWith("file:", StringComparison.Ordinal) && !url.StartsWith("file:/", StringComparison.Ordinal) && recipe.Sources[0].Sha256 is null
        ? (url is "file:." or "file:./" ? recipe.Folder : $"{recipe.Folder}/{url["file:".Length..]}") : null;
}
