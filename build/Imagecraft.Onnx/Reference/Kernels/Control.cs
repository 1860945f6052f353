// Operators that run graphs within them. Unaware of what these compute.

using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Branches and loops.</summary>
/// <remarks>Source: ONNX's operators If, Loop and Scan.</remarks>
static class Control
{
    public static IEnumerable<(string, Kernel)> All =>
    [
        ("If", call => call.RunInner(call[0].Span<byte>()[0] != 0 ? "then_branch" : "else_branch", [])),
        ("Loop", Loop),
        ("Scan", Scan),
    ];

    static Tensor[] Loop(Call call)
    {
        var most = call.Optional(0)?.Integers()[0] ?? long.MaxValue;
        var goesOn = call.Optional(1)?.Span<byte>()[0] is null or not 0;
        Tensor[] carried = [.. Enumerable.Range(2, call.InputCount - 2).Select(i => call[i].Reshaped(call[i].Shape))];
        var stacks = new List<Tensor>[call.OutputCount - carried.Length];
        for (var i = 0; i < stacks.Length; i++)
            stacks[i] = [];
        for (var step = 0L; goesOn && step < most; step++)
        {
            var (number, condition) = (call.Make(ElementType.Int64, [], [step]), call.Make(ElementType.Bool));
            condition.Span<byte>()[0] = 1;
            var results = call.RunInner("body", [number, condition, .. carried]);
            goesOn = results[0].Span<byte>()[0] != 0;
            foreach (var before in carried)
                call.Free(before);
            carried = results[1..(carried.Length + 1)];
            for (var i = 0; i < stacks.Length; i++)
                Stack(call, stacks[i], results[carried.Length + 1 + i]);
        }
        return [.. carried, .. stacks.Select(stack => Stacked(call, stack, 0))];
    }

    static Tensor[] Scan(Call call)
    {
        var scanned = (int)call.Integer("num_scan_inputs", 1);
        var states = call.InputCount - scanned;
        var (axes, directions) = (call.Integers("scan_input_axes"), call.Integers("scan_input_directions"));
        var (outputAxes, outputDirections) = (call.Integers("scan_output_axes"), call.Integers("scan_output_directions"));
        if (call.Opset < 9)
            throw call.Bad("before operator set 9 it has no reference arithmetic");
        Tensor[] carried = [.. Enumerable.Range(0, states).Select(i => call[i].Reshaped(call[i].Shape))];
        var stacks = Enumerable.Range(0, call.OutputCount - states).Select(_ => new List<Tensor>()).ToArray();
        int Axis(int i) => call.Axis(axes?[i] ?? 0, call[states + i].Rank);
        var steps = call[states].Shape[Axis(0)];
        for (var step = 0; step < steps; step++)
        {
            var given = carried.ToList();
            for (var i = 0; i < scanned; i++)
            {
                var (source, axis) = (call[states + i], Axis(i));
                var slice = Gathering.Along(call, source, axis, [directions?[i] is 1 ? steps - 1 - step : step]);
                given.Add(new(slice.Type, [.. source.Shape[..axis], .. source.Shape[(axis + 1)..]], slice.Memory));
            }
            var results = call.RunInner("body", given);
            carried = results[..states];
            for (var i = 0; i < stacks.Length; i++)
                Stack(call, stacks[i], results[states + i]);
        }
        for (var i = 0; i < stacks.Length; i++)
            if (outputDirections?[i] is 1)
                stacks[i].Reverse();
        return [.. carried, .. stacks.Select((stack, i) => Stacked(call, stack, (int)(outputAxes?[i] ?? 0)))];
    }

    static void Stack(Call call, List<Tensor> parts, Tensor part)
    {
        parts.Add(part);
        if ((double)parts.Count * part.Count * Tensor.SizeOf(part.Type) > Budget.MostBytes)
            throw call.Bad($"after {parts.Count} steps what they give has more than {Budget.MostBytes >> 20} MiB; limit the steps");
    }

    static Tensor Stacked(Call call, List<Tensor> parts, int axis)
    {
        if (parts.Count == 0)
            throw call.Bad("a loop without a step has outputs of no known shape");
        var place = axis < 0 ? axis + parts[0].Rank + 1 : axis;
        int[] shape = [.. parts[0].Shape[..place], parts.Count, .. parts[0].Shape[place..]];
        var (result, strides) = (call.Make(parts[0].Type, shape), Movement.Strides(shape));
        int[] others = [.. strides[..place], .. strides[(place + 1)..]];
        for (var i = 0; i < parts.Count; i++)
            Movement.Copy(parts[i], 0, Movement.Strides(parts[i].Shape), parts[i].Shape, result, i * strides[place], others);
        return result;
    }
}
