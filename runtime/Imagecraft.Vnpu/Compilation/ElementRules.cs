// Operators that work on elements, and those that only move them, as commands. Unaware of memory.

using Imagecraft.Vnpu.Commands;
using Imagecraft.Vnpu.Networks;

namespace Imagecraft.Vnpu.Compilation;

internal static class ElementRules
{
    private const int MostImages = 4096;

    /// <summary>Inputs: a, its scale and zero point, b, its, scale and zero point of the output.</summary>
    public static IEnumerable<Step> Add(NetworkNode node)
    {
        var (a, b, y) = Binary(node);
        var (from, other, to) = (Reading.Affine(node, 1), Reading.Affine(node, 4), Reading.Affine(node, 6));
        var (first, second) = (from.Scale / to.Scale, other.Scale / to.Scale);
        var command = new Command
        {
            Operation = Operation.Add, Count = (ulong)y.Count, InputZero = from.Zero, SecondZero = other.Zero, OutputZero = to.Zero,
            InputFactor = first, SecondFactor = second, Summand = to.Zero - ((first * from.Zero) + (second * other.Zero)),
        };
        return [new(Reading.Whole(command, a, b, y), Spread(a, y), y) { Second = Spread(b, y) }];
    }

    /// <summary>As <see cref="Add"/>. One side may have one element for each run of the other's, such as one for each channel.</summary>
    public static IEnumerable<Step> Scale(NetworkNode node)
    {
        var (a, b, y) = Binary(node);
        var (from, other, to) = (Reading.Affine(node, 1), Reading.Affine(node, 4), Reading.Affine(node, 6));
        // A product does not mind which factor comes first.
        var (whole, part, wholeZero, partZero) = a.Count < b.Count ? (b, a, other.Zero, from.Zero) : (a, b, from.Zero, other.Zero);
        if (whole.Count != y.Count || Repetition.Of(part.Shape, y.Shape) is not { } repetition)
            throw new NotTakenException($"`{part.Name}` is repeated in another way than one element for each run");
        var command = Reading.Whole(
            new()
            {
                Operation = Operation.Scale, Rows = (uint)Reading.Fits(repetition.Elements, int.MaxValue, "the number of factors"), Depth = (uint)Reading.Fits(repetition.Run, int.MaxValue, "the length of a run"),
                InputZero = wholeZero, SecondZero = partZero, OutputZero = to.Zero, InputFactor = from.Scale * other.Scale / to.Scale,
            },
            whole, part, y);
        var image = repetition.Elements * repetition.Run;
        return Enumerable.Range(0, Reading.Fits(repetition.Images, MostImages, "the number of images")).Select(i => new Step(command, whole, y) { Second = part, InputOffset = i * image, OutputOffset = i * image });
    }

    /// <summary>Inputs: x, and for <c>Clip</c> the limits.</summary>
    public static IEnumerable<Step> Clamp(NetworkNode node)
    {
        var x = Reading.Bytes(node, 0);
        var y = Reading.Output(node, x);
        var command = Reading.Whole(new() { Operation = Operation.Clamp, Count = (ulong)y.Count }, x, null, y);
        command = node.Kind == "Relu"
            ? command with { Least = 0 }
            : command with { Least = Limit(node, 1, command.Least), Largest = Limit(node, 2, command.Largest) };
        return command.Least <= command.Largest ? [new(command, x, y)] : throw new NotTakenException("its limits exclude each other");
    }

    /// <summary>Operators that leave the elements where they are.</summary>
    public static IEnumerable<Step> Copy(NetworkNode node)
    {
        var x = Reading.Bytes(node, 0);
        var y = Reading.Output(node, x);
        return x.Count == y.Count ? [new(new() { Operation = Operation.Copy, Count = (ulong)x.Count }, x, y)] : throw new NotTakenException("its output is of another size");
    }

    /// <summary>Inputs: scale and zero point of the output, then of each part the elements, scale and zero point.</summary>
    public static IEnumerable<Step> Join(NetworkNode node)
    {
        var (y, to) = (Reading.Output(node), Reading.Affine(node, 0));
        for (var i = 2; i < node.Inputs.Length; i += 3)
            if (Reading.Affine(node, i + 1) != to || Reading.Bytes(node, i).Type != y.Type)
                throw new NotTakenException($"`{node.Inputs[i]!.Name}` has another scale or zero point than the whole");
        return Parts(node, y, [.. Enumerable.Range(0, (node.Inputs.Length - 2) / 3).Select(i => Reading.Bytes(node, 2 + (3 * i)))]);
    }

    /// <summary>Inputs: the parts.</summary>
    public static IEnumerable<Step> Concat(NetworkNode node) => Parts(node, Reading.Output(node), [.. node.Inputs.Select((_, i) => Reading.Bytes(node, i))]);

    private static List<Step> Parts(NetworkNode node, NetworkValue y, NetworkValue[] parts)
    {
        var axis = node.Integer("axis", 0);
        axis = axis < 0 ? axis + y.Shape.Length : axis;
        if (y.Shape.Take((int)axis).Any(size => size != 1))
            throw new NotTakenException("its parts do not lie one behind the other");
        var (steps, at) = (new List<Step>(), 0L);
        foreach (var part in parts)
        {
            steps.Add(new(new() { Operation = Operation.Copy, Count = (ulong)part.Count }, part, y) { OutputOffset = at });
            at += part.Count;
        }

        return at == y.Count ? steps : throw new NotTakenException("its parts do not make the whole");
    }

    private static (NetworkValue A, NetworkValue B, NetworkValue Y) Binary(NetworkNode node)
    {
        var (a, b) = (Reading.Bytes(node, 0), Reading.Bytes(node, 3));
        return a.Type == b.Type ? (a, b, Reading.Output(node, a)) : throw new NotTakenException("its inputs have different types");
    }

    // A constant is repeated when it is compiled; what is computed has to have the size already.
    private static NetworkValue Spread(NetworkValue value, NetworkValue like)
    {
        if (value.Count == like.Count)
            return value;
        if (value.Constant is not { } constant || Repetition.Of(value.Shape, like.Shape) is not { } repetition)
            throw new NotTakenException($"`{value.Name}` is repeated");
        var spread = new byte[like.Count];
        for (var i = 0; i < spread.Length; i++)
            spread[i] = constant.Span[(int)(i / repetition.Run % repetition.Elements)];
        return value with { Shape = like.Shape, Constant = spread };
    }

    private static short Limit(NetworkNode node, int at, short otherwise) =>
        node.Inputs.ElementAtOrDefault(at) is null ? otherwise
        : Reading.Constant(node, at) is { Count: 1 } limit ? limit.Type == ElementType.Int8 ? unchecked((sbyte)limit.Constant!.Value.Span[0]) : limit.Constant!.Value.Span[0]
        : throw new NotTakenException("its limits are not one number each");
}
