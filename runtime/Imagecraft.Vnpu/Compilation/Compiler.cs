// From nodes that the accelerator takes to a program. Unaware of drivers.

using System.Collections.Immutable;
using Imagecraft.Vnpu.Commands;
using Imagecraft.Vnpu.Networks;

namespace Imagecraft.Vnpu.Compilation;

/// <summary>Compiles one part of a network.</summary>
public static class Compiler
{
    /// <summary>The most bytes of a buffer, and the most commands and buffers of a job, that the driver takes.</summary>
    public const long MostBytes = 64 << 20;

    private const int MostCommands = 4096, MostBuffers = 256;

    /// <summary>Whether the driver takes a program of this size.</summary>
    public static bool IsTaken(NpuProgram program) =>
        program.ArenaBytes is >= 0 and <= MostBytes && program.Commands.Length <= MostCommands && program.Constants.Length < MostBuffers && program.Constants.All(constants => constants.Length <= MostBytes);

    /// <summary>Compiles nodes.</summary>
    /// <param name="nodes">In an order in which they can run; the accelerator takes each of them.</param>
    /// <param name="inputs">What comes from outside; what no command reads is no input of the program.</param>
    /// <param name="outputs">What is wanted outside.</param>
    /// <returns>The program, or the reason why there is none.</returns>
    public static (NpuProgram? Program, string? Reason) Compile(ImmutableArray<NetworkNode> nodes, ImmutableArray<NetworkValue> inputs, ImmutableArray<NetworkValue> outputs)
    {
        var (steps, makers) = (new List<Step>(), ImmutableArray.CreateBuilder<string>());
        foreach (var node in nodes)
        {
            var lowered = Lowering.Of(node);
            if (lowered.Reason is { } reason)
                return (null, $"{node.Display}: {reason}");
            steps.AddRange(lowered.Steps);
            makers.AddRange(lowered.Steps.Select(_ => node.Display));
        }

        // Shapes that a node is given, for example, are known already.
        var read = steps.SelectMany(step => new[] { step.Input.Name, step.Second?.Name }).ToHashSet(StringComparer.Ordinal);
        inputs = [.. inputs.Where(input => read.Contains(input.Name))];
        if (steps.Count > MostCommands)
            return (null, $"it has {steps.Count} commands, a job has up to {MostCommands}");
        var (offsets, size) = Arena.Of(Lifetimes(steps, inputs, outputs));
        var constants = new ConstantPool(MostBytes);
        ImmutableArray<Command> commands = [.. steps.Select(step => step.Command with
        {
            Input = At(step.Input, step.InputOffset),
            Second = step.Second is { } second ? At(second, step.SecondOffset) : default,
            Parameters = step.Parameters.IsEmpty ? default : constants.Add(step.Parameters),
            Output = At(step.Output, step.OutputOffset),
        })];
        if (size > MostBytes || constants.IsTooLarge || constants.Buffers.Length >= MostBuffers)
            return (null, $"it has {size} bytes of values and {constants.Bytes} of constants, a buffer has up to {MostBytes}");
        return (new(commands, constants.Buffers, size, [.. inputs.Select(Port)], [.. outputs.Select(Port)]) { Makers = makers.ToImmutable() }, null);

        Operand At(NetworkValue value, long offset) =>
            value.Constant is { } constant ? constants.Add(constant) is var place ? place with { Offset = place.Offset + (ulong)offset } : default : new(0, (ulong)(offsets[value.Name] + offset));

        ProgramPort Port(NetworkValue value) => new(value.Name, value.Shape, offsets[value.Name], value.Count);
    }

    private static List<Lifetime> Lifetimes(List<Step> steps, ImmutableArray<NetworkValue> inputs, ImmutableArray<NetworkValue> outputs)
    {
        var values = new Dictionary<string, Lifetime>(StringComparer.Ordinal);
        foreach (var input in inputs)
            Use(input, -1);
        for (var i = 0; i < steps.Count; i++)
        {
            Use(steps[i].Input, i);
            Use(steps[i].Second, i);
            Use(steps[i].Output, i);
        }

        foreach (var output in outputs)
            Use(output, steps.Count);
        return [.. values.Values];

        void Use(NetworkValue? value, int step)
        {
            if (value is { Constant: null })
                values[value.Name] = values.TryGetValue(value.Name, out var known) ? known with { Last = step } : new(value.Name, value.Count, step, step);
        }
    }
}
