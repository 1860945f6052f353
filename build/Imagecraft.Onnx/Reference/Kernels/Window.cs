// Where the windows of convolutions and pools lie. Unaware of what is computed in them.

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Sizes, strides, dilations and pads of a sliding window, by spatial dimension.</summary>
/// <remarks>Source: ONNX's operators Conv and MaxPool.</remarks>
sealed record Window(int[] Kernel, int[] Strides, int[] Dilations, int[] Before, int[] After, int[] Input, int[] Output)
{
    /// <summary>Elements of the window.</summary>
    public int Size => Tensor.Product(Kernel);

    public static Window Of(Call call, int[] input, int[] kernel)
    {
        var rank = kernel.Length;
        var (strides, dilations) = (Attribute(call, "strides", rank, 1), Attribute(call, "dilations", rank, 1));
        var pads = Attribute(call, "pads", 2 * rank, 0);
        var (before, after, output) = (pads[..rank], pads[rank..], new int[rank]);
        var (auto, roundsUp) = (call.Text("auto_pad", "NOTSET"), call.Flag("ceil_mode"));
        for (var i = 0; i < rank; i++)
        {
            var span = ((kernel[i] - 1L) * dilations[i]) + 1;
            if (auto is "SAME_UPPER" or "SAME_LOWER")
            {
                output[i] = checked((int)((input[i] + strides[i] - 1L) / strides[i]));
                var total = checked((int)Math.Max(0, ((output[i] - 1L) * strides[i]) + span - input[i]));
                before[i] = auto == "SAME_UPPER" ? total / 2 : total - (total / 2);
                after[i] = total - before[i];
                continue;
            }
            if (auto == "VALID")
                before[i] = after[i] = 0;
            var room = (long)input[i] + before[i] + after[i] - span;
            if (room < 0)
                throw call.Bad($"its window of {span} does not fit {input[i]} elements");
            output[i] = checked((int)((room / strides[i]) + 1));
            // A window that would start behind the input's pads is not added.
            if (roundsUp && room % strides[i] != 0 && (long)output[i] * strides[i] < (long)input[i] + before[i])
                output[i]++;
        }
        var places = kernel.Concat(output).Aggregate(1.0, (product, size) => product * size);
        return places <= Budget.MostPlaces
            ? new(kernel, strides, dilations, before, after, input, output)
            : throw call.Bad($"its windows, [{string.Join(", ", output)}] of [{string.Join(", ", kernel)}], are more than anybody computes; correct `kernel_shape`, `pads` and `strides`");
    }

    public static int[] Attribute(Call call, string name, int count, int otherwise)
    {
        var values = call.Integers(name) is { } given ? Shaping.Sizes(given.AsSpan()) : Enumerable.Repeat(otherwise, count).ToArray();
        return values.Length == count ? values : throw call.Bad($"`{name}` has {values.Length} values, {count} are needed");
    }

    /// <summary>The same window over two dimensions: a missing one has a single element.</summary>
    public Window Flat() => Kernel.Length switch
    {
        1 => new([1, Kernel[0]], [1, Strides[0]], [1, Dilations[0]], [0, Before[0]], [0, After[0]], [1, Input[0]], [1, Output[0]]),
        _ => this,
    };

    /// <summary>Visits all windows: its number, and for each element within the input its place there and in the kernel.</summary>
    public void ForEach(Action<int, List<(int Input, int Kernel)>> visit)
    {
        var (inside, windows) = (new List<(int, int)>(), Tensor.Product(Output));
        for (var window = 0; window < windows; window++)
        {
            At(window, inside);
            visit(window, inside);
        }
    }

    /// <summary>Finds the elements of a window that lie within the input.</summary>
    /// <param name="window">Its number.</param>
    /// <param name="inside">Takes the place of each in the input and in the kernel, instead of what it holds.</param>
    public void At(int window, List<(int Input, int Kernel)> inside)
    {
        var (rank, inputStrides) = (Kernel.Length, Movement.Strides(Input));
        var (at, element) = (new int[rank], new int[rank]);
        for (var axis = rank - 1; axis >= 0; window /= Output[axis--])
            at[axis] = window % Output[axis];
        inside.Clear();
        for (var k = 0; k < Size; k++)
        {
            var (place, isInside) = (0, true);
            for (var i = 0; i < rank && isInside; i++)
            {
                var x = (at[i] * Strides[i]) + (element[i] * Dilations[i]) - Before[i];
                isInside = x >= 0 && x < Input[i];
                place += x * inputStrides[i];
            }
            if (isInside)
                inside.Add((place, k));
            for (var axis = rank - 1; axis >= 0 && ++element[axis] == Kernel[axis]; axis--)
                element[axis] = 0;
        }
    }
}
