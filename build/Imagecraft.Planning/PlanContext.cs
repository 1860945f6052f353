// What is gathered while a plan is made: actions and problems. Unaware of what they are for.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Feeds.Locking;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning.Systems;
using Imagecraft.Requests;

namespace Imagecraft.Planning;

/// <summary>What planning reads beside the workspace: values of the machine that enter keys.</summary>
/// <param name="WorkspaceRoot">Absolute path; local inputs lie below it.</param>
/// <param name="HostArchitecture">Debian's name of the build host's architecture.</param>
/// <param name="Sdk">What compiles .NET programs for the board.</param>
public sealed record PlanOptions(string WorkspaceRoot, string HostArchitecture, DotnetSdk? Sdk)
{
    /// <summary>Tool roots to plan besides the image's.</summary>
    public ImmutableArray<string> ToolRoots { get; init; } = [];

    /// <summary>Checks run on a real board, which has what QEMU's machine of it is <c>without</c>.</summary>
    public bool OnBoard { get; init; }

    /// <summary>Recipes whose sources somebody works on, by name.</summary>
    public ImmutableSortedDictionary<string, EditedRecipe> Edited { get; init; } = ImmutableSortedDictionary<string, EditedRecipe>.Empty;

    /// <summary>Looks at supplied files, and at those beside a recipe that have a hash.</summary>
    public LocalFile.Look Look { get; init; } = (_, _) => new LocalFile.Missing();
}

/// <summary>The plan in the making.</summary>
public sealed class PlanContext(Workspace workspace, LockFile lockFile, PlanOptions options)
{
    private readonly Dictionary<ActionId, ActionNode> nodes = [];
    private readonly List<Diagnostic> diagnostics = [];

    /// <summary>The merged metadata.</summary>
    public Workspace Workspace { get; } = workspace;

    /// <summary>The pinned packages.</summary>
    public LockFile Lock { get; } = lockFile;

    /// <summary>The machine's part.</summary>
    public PlanOptions Options { get; } = options;

    /// <summary>All actions so far.</summary>
    public IReadOnlyCollection<ActionNode> Nodes => nodes.Values;

    /// <summary>All problems so far.</summary>
    public ImmutableArray<Diagnostic> Diagnostics => [.. diagnostics];

    /// <summary>Adds an action unless it is there already, and returns a reference to its output.</summary>
    public OutputRef Add(ActionNode node, string? output = null)
    {
        nodes.TryAdd(node.Id, node);
        return new(node.Id, output ?? node.Outputs[0].Name);
    }

    /// <summary>Adds the call of a built-in function, and returns a reference to its first output.</summary>
    /// <param name="id">Name of the action.</param>
    /// <param name="request">Names the function, and is everything that it is told.</param>
    /// <param name="reason">Whose words the request has, for <c>why</c>.</param>
    /// <param name="description">For progress displays.</param>
    /// <param name="inputs">What it reads besides, at the request's slots.</param>
    /// <param name="memory">Expected peak in bytes when no recorded figure exists.</param>
    public OutputRef Call<T>(ActionId id, T request, string reason, string description, ImmutableArray<InputEdge> inputs, long? memory = null) where T : IRequest => Add(new ActionNode
    {
        Id = id,
        Work = new ActionWork.BuiltIn(T.FunctionName, ImmutableSortedDictionary<string, string>.Empty),
        Inputs = inputs.Insert(0, RequestJson.Input.Of(new InputSource.Inline(RequestJson.Write(request)), reason)),
        Outputs = request.Outputs(),
        Resources = memory is { } bytes ? new(MemoryBytes: bytes) : new(),
        Description = description,
    });

    /// <summary>Whether the action was planned already.</summary>
    public bool Has(ActionId id) => nodes.ContainsKey(id);

    /// <summary>An action that was planned already.</summary>
    public ActionNode Node(ActionId id) => nodes[id];

    /// <summary>Notes a problem.</summary>
    public void Error(string code, string message, SourceSpan? span, string? hint) => diagnostics.Add(new(code, Severity.Error, message, span, hint));

    /// <summary>Notes a problem that was found elsewhere.</summary>
    public void Note(Diagnostic problem) => diagnostics.Add(problem);

    /// <summary>A file or folder of the workspace as an input.</summary>
    public InputEdge Local(string workspacePath, string mountPath, string reason, params string[] exclude) =>
        new(mountPath, new InputSource.Local(Path.Combine(Options.WorkspaceRoot, workspacePath), [.. exclude]), reason);
}
