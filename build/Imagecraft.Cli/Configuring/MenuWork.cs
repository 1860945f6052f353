// One recipe's configuration opened for a person: planned, with what fragments ask for. Unaware of menus' looks.

using System.Collections.Immutable;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Execution;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning;
using Imagecraft.Planning.Systems;

namespace Imagecraft.Cli.Configuring;

/// <summary>A plan with the menu of one recipe.</summary>
public sealed class MenuWork : IDisposable
{
    private readonly string _name;

    private MenuWork(Workshop workshop, string name) => (Workshop, _name) = (workshop, name);

    /// <summary>The plan.</summary>
    public Workshop Workshop { get; }

    /// <summary>The symbols that fragments ask for.</summary>
    public OutputRef Asked => Outputs[0];

    /// <summary>Where a fragment of one's own is listed.</summary>
    public string PlacesOfFragments => Workshop.Workspace.Recipes[_name].Build switch
    {
        BuildSpec.Kernel => $"`kernel-fragments` of the image `{Workshop.Plan.Image.Name}` or the board `{Workshop.Plan.Board.Name}`",
        { PerBoard: true } => $"`build-fragments: {{ {_name}: [ ... ] }}` of the board `{Workshop.Plan.Board.Name}`",
        _ => "`fragments` of the recipe, or of an append to it",
    };

    /// <summary>The action that shows the menu.</summary>
    public ActionId Menu => Outputs[1].Action;

    /// <summary>The fewest lines of the configuration.</summary>
    public OutputRef Least => Outputs[2];

    /// <summary>The fragments in the order in which they count, by their absolute paths.</summary>
    public ImmutableArray<string> Fragments(string workspaceRoot) => [.. Workshop.Graph.Nodes[Asked.Action].Inputs.Select(input => input.Source).OfType<InputSource.Local>().Select(local => Path.GetFullPath(local.HostPath, workspaceRoot))];

    private ImmutableArray<OutputRef> Outputs => Workshop.Plan.Extras[0].Outputs;

    /// <summary>Plans the recipe <paramref name="name"/>.</summary>
    /// <exception cref="ProblemException">There is none of this name, or it has no configuration of this kind.</exception>
    public static async Task<MenuWork> OpenAsync(Session session, BuildRequest request, string name) => new(await Workshop.OpenAsync(session, request, reading =>
    {
        var names = reading.NamesOf(KindNames.Recipe);
        if (!names.Contains(name))
            throw ProblemException.Unknown("recipe", name, names);
        Composition.RefuseBroken(reading, new DocumentId(KindNames.Recipe, name));
        return KconfigMenu.Has(reading.Workspace.Recipes[name].Build)
            ? [new Extra.MenuOf(name)]
            : throw ProblemException.User($"`{name}` has no configuration of this kind", $"Recipes of the build systems `kernel` and `kconfig` have: [{string.Join(", ", reading.Workspace.Recipes.Values.Where(r => KconfigMenu.Has(r.Build)).Select(r => r.Name.Value))}]");
    }).ConfigureAwait(false), name);

    /// <summary>Builds an output that is a file, and reads it; null after a failure, which was told.</summary>
    public async Task<(string? Text, int ExitCode)> ReadAsync(OutputRef output)
    {
        var result = await Workshop.BuildAsync(_ => [output.Action], null).ConfigureAwait(false);
        if (!result.Succeeded)
            return (null, result.ExitCode);
        using var engine = Workshop.OpenEngine();
        return (await File.ReadAllTextAsync(engine.Store.FilePath(result.Output(output.Action, output.Output).Digest, executable: false)).ConfigureAwait(false), ExitCodes.Done);
    }

    /// <inheritdoc/>
    public void Dispose() => Workshop.Dispose();
}
