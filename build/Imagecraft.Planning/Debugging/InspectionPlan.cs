// An image as its machine sees it, with what was taken out of its programs, and tools that look at it: a debugger and a reader of samples. Unaware of who uses them, and of machines.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Imaging;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning.Systems;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Debugging;

/// <summary>Plans sandboxes with the image of a plan. Their actions are for a person: they leave nothing that is kept.</summary>
public sealed class InspectionPlan
{
    /// <summary>Has the debugger.</summary>
    public const string DebuggerToolRoot = "debugger";

    /// <summary>Has what reads samples.</summary>
    public const string ProfilerToolRoot = "profiler";

    /// <summary>Where the root file system of the image lies in the sandbox.</summary>
    public const string Root = "/image";

    /// <summary>What the debugger reads first; whoever starts it writes the file into the sandbox's <c>/build</c>.</summary>
    public const string Script = "session.gdb";

    /// <summary>Samples, as <c>perf record</c> wrote them, to be laid into <c>/build</c>.</summary>
    public const string Samples = "perf.data";

    /// <summary>The kernel's functions, as <c>/proc/kallsyms</c> of the machine had them, to be laid into <c>/build</c>.</summary>
    public const string KernelSymbols = "kallsyms";

    private const string Said = "said";

    /// <summary>Where the samples come out as text.</summary>
    public const string Stacks = "stacks";

    private readonly PlanContext _context;
    private readonly ToolRoots _toolRoots;
    private readonly RecipePlanner _recipes;
    private readonly SourcePlanner _sources;
    private readonly BoardTarget _target;
    private readonly ImmutableArray<Recipe> _owners;

    internal InspectionPlan(PlanContext context, ToolRoots toolRoots, RecipePlanner recipes, SourcePlanner sources, BoardTarget target)
    {
        (_context, _toolRoots, _recipes, _sources, _target) = (context, toolRoots, recipes, sources, target);
        _owners = [.. PackageClosure.Of(context, target.Board, target.Image).Select(chosen => chosen.Recipe).DistinctBy(recipe => recipe.Name.Value)];
    }

    /// <summary>Plans the debugger.</summary>
    /// <param name="withSources">Recipes whose sources are shown.</param>
    /// <returns>An output of its action.</returns>
    internal OutputRef Debugger(ImmutableArray<string> withSources) => Add("debugger", ["/usr/bin/gdb-multiarch", "-q", "-nx", "-x", $"/build/{Script}"],
    [
        _toolRoots.Plan(DebuggerToolRoot, _target.Board.Name.Span).At("/", "the debugger"),
        .. _owners.Where(recipe => withSources.Contains(recipe.Name.Value) && !recipe.Sources.IsEmpty).Select(recipe => _sources.Plan(recipe).At(Toolchain.SourcesInSymbols(recipe), $"the sources of {recipe.Name}")),
    ]);

    /// <summary>Plans what makes text of samples.</summary>
    /// <returns>An output of its action.</returns>
    internal OutputRef Profiler() => Add(
        "profiler",
        ["/bin/bash", "-c", $"perf script -i /build/{Samples} --symfs {Root} --kallsyms /build/{KernelSymbols} -F comm,pid,tid,period,event,ip,sym,dso --no-inline > /build/{Stacks} 2> /build/{Said} || {{ cat /build/{Said}; exit 1; }}"],
        [_toolRoots.Plan(ProfilerToolRoot, _target.Board.Name.Span).At("/", "what reads samples")]);

    private ActionId Id(string step) => new($"{_target.Image.Name}@{_target.Board.Name}:{step}");

    private OutputRef Add(string step, ImmutableArray<string> arguments, IEnumerable<InputEdge> inputs) => _context.Add(new ActionNode
    {
        Id = Id(step),
        Work = new ActionWork.Process { Arguments = arguments, WorkingDirectory = "/build", Environment = ImmutableSortedDictionary<string, string>.Empty.Add("LC_ALL", "C") },
        Inputs =
        [
            .. inputs,
            Tree().At(Root, $"the root file system of {_target.Image.Name}"),
            .. _owners.Select(recipe => (recipe, Debug: _recipes.Plan(recipe.Name, recipe.Name.Span)?.Packages.GetValueOrDefault(ConventionalPackages.DebugOf(recipe)))).Where(one => one.Debug is not null)
                .Select(one => one.Debug!.At(Root, $"what was taken out of the programs of {one.recipe.Name}")),
        ],
        Outputs = [new("nothing", "/out/nothing", OutputKind.Tree)],
        Description = $"Look into {_target.Image.Name}",
    });

    private OutputRef Tree()
    {
        var rootFs = new OutputRef(ImagePlanner.RootFsOf(_target.Image.Name, _target.Board.Name), MakeRootFsRequest.TarOutput.Name);
        return _context.Add(new ActionNode
        {
            Id = Id("root-tree"),
            Work = new ActionWork.Process { Arguments = ["/bin/bash", "-ec", "mkdir /out/root; tar -xf /in/rootfs.tar -C /out/root --no-same-owner --exclude='dev/*'; chmod -R u+rX /out/root"] },
            Inputs = [_toolRoots.Plan(DebuggerToolRoot, _target.Board.Name.Span).At("/", "tools"), rootFs.At("/in/rootfs.tar", $"the root file system of {_target.Image.Name}")],
            Outputs = [new("tree", "/out/root", OutputKind.Tree)],
            Description = $"Unpack the root file system of {_target.Image.Name}",
        });
    }
}
