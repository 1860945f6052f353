// From a foreign recipe to one of the workspace: names resolved, written with its files, built, and written once more with what was installed. Unaware of both foreign systems.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Cli.Authoring;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Files;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Importing;

/// <summary>What is asked for.</summary>
/// <param name="Name">Name of the recipe; null: that of the foreign one.</param>
/// <param name="Mirrors">Further addresses of its first archive.</param>
/// <param name="Builds">Try it.</param>
internal sealed record ImportOrder(string? Name, ImmutableArray<string> Mirrors, bool Builds);

/// <summary>Writes imported recipes.</summary>
internal sealed class RecipeImport(Session session, BuildRequest request)
{
    private readonly List<string> _notes = [];

    /// <summary>Writes one, and says what is missing.</summary>
    /// <param name="folder">Where the foreign recipe lies.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="order">What is asked for.</param>
    /// <exception cref="ProblemException">Nothing can be written.</exception>
    public async Task<int> WriteAsync(HostFolder folder, Func<ForeignFiles, string, ForeignRecipe> read, ImportOrder order)
    {
        var foreign = Ordered(read(folder.Files, folder.Main), order);
        if (order.Builds)
            (await Workshop.OpenAsync(session, request).ConfigureAwait(false)).Dispose();
        var workspace = Composition.Load(session).Workspace;
        var recipe = ImportedRecipe.Of(foreign, workspace);
        var home = Path.Combine(session.WorkspaceRoot, "recipes", foreign.Name);
        if (workspace.Recipes.TryGetValue(foreign.Name, out var present))
            throw ProblemException.User($"There is a recipe `{foreign.Name}` already, in `{present.Name.Span.File}`", $"Give another name by `--name`; a newer version of it is an append: `append: {foreign.Name}`, `version:`, `sources:`");
        if (Path.Exists(home))
            throw ProblemException.User($"`{Path.GetRelativePath(session.WorkspaceRoot, home)}` is there already", "Give another name by `--name`, or move it away");
        Directory.CreateDirectory(home);
        foreach (var file in foreign.Patches.Concat(foreign.Files).Concat(foreign.Settings.Values.Where(folder.Files.Has)))
            File.Copy(folder.PathOf(file), Path.Combine(home, ForeignFiles.NameOf(file)), overwrite: true);
        var document = Path.Combine(home, $"{foreign.Name}.yaml");
        ImmutableArray<DraftPackage> packages = [new(foreign.Name, ["/**"], recipe.Requires)];
        Write(document, recipe, packages);
        Tell(recipe, document);
        if (!order.Builds)
        {
            session.Console.Out.WriteLine($"Its packages are a guess until it was built: `./build.sh build {foreign.Name}`");
            return ExitCodes.Done;
        }

        var isBuilt = await BuildAsync(recipe, document).ConfigureAwait(false);
        foreach (var note in _notes)
            session.Console.Out.WriteLine($"  - {note}");
        session.Console.Out.WriteLine(isBuilt ? $"It builds{(recipe.IsComplete ? "" : "; what was not translated is missing in it")}" : $"It does not build yet; mend it, and call `./build.sh build {foreign.Name}`");
        return isBuilt ? ExitCodes.Done : ExitCodes.User;
    }

    private static ForeignRecipe Ordered(ForeignRecipe foreign, ImportOrder order)
    {
        var name = order.Name ?? foreign.Name;
        if (!DocumentId.IsName(name))
            throw ProblemException.User($"`{name}` is no name", "Give one by `--name`: lowercase letters, digits and `+._-`, with a letter or digit first");
        if (!order.Mirrors.IsEmpty && !foreign.Sources.Any(source => source.Pin is not null))
            throw ProblemException.User("No source of it has a hash, so that nothing could be known by it elsewhere", "Leave `--mirror` away, and write the source by hand");
        var first = foreign.Sources.FirstOrDefault(source => source.Pin is not null);
        return foreign with { Name = name, Sources = order.Mirrors.IsEmpty ? foreign.Sources : [.. foreign.Sources.Select(source => source == first ? source with { Mirrors = order.Mirrors } : source)] };
    }

    private void Write(string document, ImportedRecipe recipe, ImmutableArray<DraftPackage> packages) =>
        AtomicFile.Write(document, ImportedYaml.Write(recipe, packages, $"../../{WorkspaceLayers.Prepare(session).Schemas}/recipe.schema.json"));

    private async Task<bool> BuildAsync(ImportedRecipe recipe, string document)
    {
        var trial = new RecipeTrial(session, request);
        if (await trial.InstalledAsync(recipe.Foreign.Name).ConfigureAwait(false) is not { } installed)
            return false;
        var missing = new List<string>();
        var packages = InstalledTree.Packages(recipe.Foreign.Name, installed, RecipeTrial.OwnerOf(Composition.Load(session).Workspace, recipe.Depends.Select(one => one.Name)), missing);
        foreach (var library in missing.Distinct())
            _notes.Add($"Its programs need `{library}`, and no package of its `depends` has it");
        if (packages.IsEmpty)
        {
            _notes.Add("Nothing was installed but what `-dev` and `-doc` get");
            return true;
        }

        // What the foreign recipe wants on the board is for the programs.
        var last = packages[^1];
        Write(document, recipe, packages.SetItem(packages.Length - 1, last with { Requires = [.. last.Requires.Concat(recipe.Requires).Distinct().Order(StringComparer.Ordinal)] }));
        return await trial.InstalledAsync(recipe.Foreign.Name).ConfigureAwait(false) is not null;
    }

    private void Tell(ImportedRecipe recipe, string document)
    {
        var (console, foreign) = (session.Console.Out, recipe.Foreign);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"`{Path.GetRelativePath(session.WorkspaceRoot, document)}`: {foreign.Name} {foreign.Version}, {foreign.License ?? "NOASSERTION"}, built by {foreign.System}"));
        foreach (var rest in recipe.Rest)
            console.WriteLine($"  - {ImportedYaml.Line(rest)}");
        if (!foreign.Given.IsEmpty)
            console.WriteLine($"  Taken as given: {string.Join("; ", foreign.Given)}");
        foreach (var line in ImportedYaml.Lines(foreign.Needless))
            console.WriteLine($"  Left out {line}");
        console.WriteLine(recipe.IsComplete ? "All of it was translated" : recipe.Rest.Length == 1 ? "One thing was not translated, which stands in the recipe too" : $"{recipe.Rest.Length} things were not translated; they stand in the recipe too");
    }
}
