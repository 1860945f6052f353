// Counting of instructions that a network takes on a board's kind of processor, as an action. Unaware of why somebody wants to know.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Onnx.Passes;
using Imagecraft.Planning.Imaging;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Models;

/// <summary>
/// The runtime of the board runs the network in a virtual machine whose clock advances by a nanosecond with each instruction, so that its own measurement of time is the count: the same on every build host, whatever else runs there.
/// The kernel is one of the feed, so nothing but the runtime need be built.
/// </summary>
/// <remarks>Source: QEMU's <c>-icount</c>, docs/devel/tcg-icount.rst.</remarks>
public sealed class InstructionCounter(PlanContext context, ToolRoots toolRoots, RecipePlanner recipes, BoardTarget target)
{
    /// <summary>The package, and its recipe, with the program that runs networks.</summary>
    internal const string Runtime = "imagecraft-infer";

    private const string Script = "count-instructions";
    private const long Memory = 3L << 30;

    // Processors that QEMU 10 emulates under the compiler's names; of the levels of x86-64 one processor each, since QEMU's generic ones lack features that the level has.
    private static readonly ImmutableSortedDictionary<string, string> Processors = new Dictionary<string, string>
    {
        ["x86-64-v2"] = "Nehalem",
        ["x86-64-v3"] = "Haswell",
        ["x86-64-v4"] = "Haswell",
    }.Concat(new[] { "cortex-a35", "cortex-a53", "cortex-a55", "cortex-a57", "cortex-a72", "cortex-a76", "cortex-a710", "neoverse-n1", "neoverse-n2", "neoverse-v1" }.Select(name => KeyValuePair.Create(name, name)))
        .ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>The file with the number; null where the architecture has no way to count.</summary>
    /// <param name="id">The action.</param>
    /// <param name="model">The network's name.</param>
    /// <param name="network">Its file as it is deployed.</param>
    /// <param name="atLoad">How it is loaded.</param>
    /// <param name="wanted">Where it was asked for.</param>
    public OutputRef? Plan(ActionId id, string model, OutputRef network, LoadOptimization atLoad, SourceSpan wanted)
    {
        if (target.Target.Architecture.Counting is not { } counting)
            return null;
        if (context.Has(id))
            return new(id, "file");
        // As in a container: neither kernel nor services come along.
        var image = target.Image with { Init = new("none", wanted), Packages = [new(Runtime, wanted)] };
        var packages = PackageClosure.Of(context, target.Board, image);
        return context.Add(new ActionNode
        {
            Id = id,
            Work = new ActionWork.Process
            {
                Arguments = ["/bin/bash", $"/imagecraft/{Script}", $"qemu-system-{target.Target.Architecture.Cpu}", counting.Machine, ProcessorOf(counting), counting.Console, atLoad.ToString().ToLowerInvariant()],
            },
            Inputs =
            [
                toolRoots.Plan(counting.ToolRoot, counting.ToolRoot.Span).At("/", "QEMU, a kernel and a shell"),
                new($"/imagecraft/{Script}", new InputSource.Inline(EmbeddedText.Read(Script), Executable: true), "the script that counts"),
                network.At("/network.onnx", "the network whose instructions are counted"),
                .. packages.Select(p => recipes.Plan(p.Recipe.Name, wanted)?.Packages[p.Package.Name]).OfType<OutputRef>().Select(tree => tree.At("/board", "the board's runtime and its libraries")),
            ],
            Outputs = [new("file", "/out/instructions", OutputKind.File)],
            Resources = new(MemoryBytes: Memory),
            Description = $"Count the instructions of {model}",
        });
    }

    private string ProcessorOf(CountingSpec counting) =>
        target.Target.CpuFlags.Select(flag => Processors.GetValueOrDefault(flag[(flag.IndexOf('=', StringComparison.Ordinal) + 1)..])).OfType<string>().FirstOrDefault() ?? counting.Processor;
}
