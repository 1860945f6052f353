// Bubblewrap and git of the tool roots, with the sources of a recipe where they are wanted. Unaware of what they are for.

using System.Collections.Immutable;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Editing;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Building;

/// <summary>What <see cref="Extra.SourcesOf"/> gave, as folders and digests; it is there until this is disposed of.</summary>
public sealed class SourceTools : IDisposable
{
    private const int Git = 2;

    private readonly Workshop _workshop;
    private readonly BuildResult _result;
    private readonly string _sandbox;
    private readonly string _git;

    private SourceTools(Workshop workshop, BuildEngine engine, BuildResult result, string sandbox, string git) =>
        (_workshop, Engine, _result, _sandbox, _git) = (workshop, engine, result, sandbox, git);

    /// <summary>The engine, whose store has what was built.</summary>
    public BuildEngine Engine { get; }

    /// <summary>Of the build: nothing else is to be asked for when it is not 0.</summary>
    public int ExitCode => _result.ExitCode;

    /// <summary>Starts git with the network.</summary>
    public GitCommand Command => GitSandbox.Of(new FetchTools(_sandbox, _git));

    /// <summary>Builds what is needed.</summary>
    /// <param name="session">The call.</param>
    /// <param name="request">Board and options.</param>
    /// <param name="name">A recipe.</param>
    /// <param name="look">Looks at the workspace before anything is built.</param>
    /// <param name="whole">The sources too.</param>
    /// <exception cref="ProblemException">There is no such recipe.</exception>
    public static async Task<SourceTools> OpenAsync(Session session, BuildRequest request, string name, Action<Workspace> look, bool whole)
    {
        var workshop = await Workshop.OpenAsync(session, request, reading =>
        {
            if (!reading.NamesOf(KindNames.Recipe).Contains(name))
                throw ProblemException.Unknown("recipe", name, reading.NamesOf(KindNames.Recipe));
            return [new Extra.SourcesOf(name)];
        }).ConfigureAwait(false);
        try
        {
            look(workshop.Workspace);
            var outputs = workshop.Plan.Extras[0].Outputs;
            var result = await workshop.BuildAsync(plan => plan.Extras[0].Outputs.Where((_, i) => whole || i == Git).Append(plan.Sandbox).Select(output => output.Action), null).ConfigureAwait(false);
            var engine = workshop.OpenEngine();
            return result.Succeeded
                ? new(workshop, engine, result, await FolderAsync(workshop.Plan.Sandbox).ConfigureAwait(false), await FolderAsync(outputs[Git]).ConfigureAwait(false))
                : new(workshop, engine, result, "", "");

            Task<string> FolderAsync(OutputRef output) => engine.Store.MaterializeAsync(result.Output(output.Action, output.Output).Digest, session.Interrupts.Gentle);
        }
        catch
        {
            workshop.Dispose();
            throw;
        }
    }

    /// <summary>An output of <see cref="Extra.SourcesOf"/>, by its place there.</summary>
    public Digest Output(int number) => _result.Output(_workshop.Plan.Extras[0].Outputs[number].Action, _workshop.Plan.Extras[0].Outputs[number].Output).Digest;

    /// <summary>A folder that somebody works in.</summary>
    public WorkRepository RepositoryOf(string folder) => new(_sandbox, _git, folder);

    /// <inheritdoc/>
    public void Dispose()
    {
        Engine.Dispose();
        _workshop.Dispose();
    }
}
