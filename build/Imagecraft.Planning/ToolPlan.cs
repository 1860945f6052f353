// A plan of tool roots alone, for what must be done before there is anything else to plan. Pure.

using System.Collections.Immutable;
using Imagecraft.Engine.Graph;
using Imagecraft.Feeds.Locking;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning;

/// <summary>Tool roots.</summary>
/// <param name="Graph">All actions; null when there are errors.</param>
/// <param name="Sandbox">The tool root with bubblewrap, which the engine needs first.</param>
/// <param name="Roots">The trees, in the order in which they were asked for.</param>
/// <param name="Diagnostics">All problems.</param>
public sealed record ToolPlan(ActionGraph? Graph, OutputRef Sandbox, ImmutableArray<OutputRef> Roots, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Plans the tool roots of these names.</summary>
    /// <param name="workspace">Layers that have them.</param>
    /// <param name="lockFile">Their packages.</param>
    /// <param name="options">The machine's part.</param>
    /// <param name="names">Names of tool roots.</param>
    public static ToolPlan Of(Workspace workspace, LockFile lockFile, PlanOptions options, params ImmutableArray<string> names)
    {
        var context = new PlanContext(workspace, lockFile, options);
        var toolRoots = new ToolRoots(context);
        var sandbox = toolRoots.Plan("sandbox", null);
        ImmutableArray<OutputRef> roots = [.. names.Select(name => toolRoots.Plan(name, null))];
        var diagnostics = context.Diagnostics;
        return new(diagnostics.Any(d => d.Severity == Severity.Error) ? null : ActionGraph.Create(context.Nodes), sandbox, roots, diagnostics);
    }
}
