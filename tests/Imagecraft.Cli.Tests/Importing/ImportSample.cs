// Foreign recipes of tests: files in memory, and what comes out of them, read by the reader of all recipes.

using System.Collections.Immutable;
using Imagecraft.Cli.Authoring;
using Imagecraft.Cli.Importing;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Tests.Importing;

internal static class ImportSample
{
    public const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly Lazy<ImmutableArray<SourceText>> Core = new(() =>
    [
        .. new[] { "boards", "images", "models", "recipes" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Golden.Root, folder), "*.yaml", SearchOption.AllDirectories)).Select(file => new SourceText(Path.GetRelativePath(Golden.Root, file), File.ReadAllText(file))),
    ]);

    private static readonly Lazy<Workspace> Known = new(() => WorkspaceReader.Read([new LayerText("", Core.Value)], _ => true).Workspace);

    public static ForeignFiles Files(params (string Path, string Text)[] files) =>
        new(path => files.Where(file => file.Path == path).Select(file => file.Text).FirstOrDefault(), folder => files.Select(file => file.Path).Where(path => ForeignFiles.FolderOf(path) == folder));

    public static ImportedRecipe Resolved(ForeignRecipe foreign) => ImportedRecipe.Of(foreign, Known.Value);

    public static string Yaml(ForeignRecipe foreign) => Resolved(foreign) is var recipe ? ImportedYaml.Write(recipe, [new DraftPackage(foreign.Name, ["/**"], recipe.Requires)], "schema.json") : "";

    /// <summary>The recipe as a workspace has it that has all of ours besides; fails when anything of it is wrong.</summary>
    public static Recipe Load(ForeignRecipe foreign)
    {
        var path = $"recipes/{foreign.Name}/{foreign.Name}.yaml";
        var yaml = Yaml(foreign);
        var reading = WorkspaceReader.Read([new LayerText("", Core.Value.Add(new(path, yaml)))], file => !file.StartsWith($"recipes/{foreign.Name}/", StringComparison.Ordinal) || foreign.Patches.Concat(foreign.Files).Any(own => file == $"recipes/{foreign.Name}/{ForeignFiles.NameOf(own)}"));
        var problems = reading.Diagnostics.Where(problem => problem.Span?.File == path).ToList();
        Assert.True(problems.Count == 0, $"{string.Join('\n', problems.Select(problem => $"{problem.Span?.Line}: {problem.Message}"))}\n{yaml}");
        return reading.Workspace.Recipes[foreign.Name];
    }

    /// <summary>What was not translated, a line each.</summary>
    public static IEnumerable<string> Rest(ForeignRecipe foreign) => Resolved(foreign).Rest.Select(ImportedYaml.Line);
}
