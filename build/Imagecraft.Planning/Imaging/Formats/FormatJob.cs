// What every image format needs to plan its actions. Unaware of which format it is.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Planning.Imaging.Booting;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Imaging.Formats;

/// <summary>An image about to be written in some format.</summary>
/// <param name="Context">Everything gathered so far.</param>
/// <param name="ToolRoots">Plans tool roots.</param>
/// <param name="Target">Board and image.</param>
/// <param name="RootFs">The step that merged the root file system; its outputs are those of <see cref="MakeRootFsRequest"/>.</param>
internal sealed record FormatJob(PlanContext Context, ToolRoots ToolRoots, BoardTarget Target, OutputRef RootFs)
{
    /// <summary>The partition that the kernel is told of by its identifier; null when the command line does not ask for that.</summary>
    public RootPartition? Root { get; } = Target.CommandLine.Contains(MakeCommandLineRequest.Placeholder, StringComparison.Ordinal)
        ? RootPartition.Of(Target.Board, Target.Image).FirstOrDefault(partition => partition is { IsMeant: true, Format: not null })
        : null;

    /// <summary>The step that puts that identifier into the command line; null when there is none.</summary>
    public OutputRef? CommandLine() => Root is not { } root ? null : Context.Call(
        Id("command-line"), new MakeCommandLineRequest(Target.CommandLine, DiskFormat.TableOf(Target.Board), root.Label, root.Number), "the board's command line", "Write the command line",
        [RootFs.Beside(MakeRootFsRequest.UuidOutput).At(MakeCommandLineRequest.UuidInput, "the root's identifier follows from it")]);

    /// <summary>The id of a step of this image.</summary>
    public ActionId Id(string step) => new($"{Target.Image.Name}@{Target.Board.Name}:{step}");

    /// <summary>The tool root with the programs that make file systems.</summary>
    public OutputRef Tools(string name) => ToolRoots.Plan(name, Target.Image.Name.Span);

    /// <summary>A script of this assembly that writes <c>/out/ARTIFACT</c> in a tool root.</summary>
    /// <param name="step">Last part of the id.</param>
    /// <param name="artifact">Name of the file that comes out.</param>
    /// <param name="toolRoot">Where its programs are.</param>
    /// <param name="script">Name of the embedded script.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="inputs">What it reads besides.</param>
    public OutputRef Script(string step, string artifact, string toolRoot, string script, ImmutableArray<string> arguments, IEnumerable<InputEdge> inputs) => Context.Add(new ActionNode
    {
        Id = Id(step),
        Work = new ActionWork.Process { Arguments = ["/bin/bash", $"/imagecraft/{script}", .. arguments] },
        Inputs = [Tools(toolRoot).At("/", "tools"), new($"/imagecraft/{script}", new InputSource.Inline(EmbeddedText.Read(script), Executable: true), $"the script that makes {artifact}"), .. inputs],
        Outputs = [new("file", $"/out/{artifact}", OutputKind.File)],
        Description = $"Make {artifact}",
    });

    /// <summary>The merged root file system with its size and identity, as scripts expect them.</summary>
    public ImmutableArray<InputEdge> RootFsInputs =>
    [
        RootFs.At("/rootfs.tar", "the root file system"),
        RootFs.Beside(MakeRootFsRequest.SizeOutput).At("/rootfs.size", "its size"),
        RootFs.Beside(MakeRootFsRequest.UuidOutput).At("/rootfs.uuid", "its identity"),
    ];
}
