// Sums of products by an equation over named dimensions. Unaware of graphs.

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>Einsum: for each place of the output the sum over the other names, in the order in which they appear, as doubles.</summary>
/// <remarks>Source: ONNX's operator Einsum.</remarks>
static class Einsum
{
    public static IEnumerable<(string, Kernel)> All => [("Einsum", Of)];

    static Tensor[] Of(Call call)
    {
        var equation = call.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        var sides = equation.Split("->");
        var terms = sides[0].Split(',');
        if (terms.Length != call.InputCount)
            throw call.Bad($"`{equation}` has {terms.Length} operands, the node {call.InputCount}");
        // Dimensions of an ellipsis get names that no equation has, counted from the last.
        var most = Enumerable.Range(0, terms.Length).Max(i => Hidden(terms[i], call[i].Rank));
        string[] named = [.. terms.Select((term, i) => term.Replace("...", Dots(Hidden(term, call[i].Rank)), StringComparison.Ordinal))];
        var output = sides.Length > 1
            ? sides[1].Replace("...", Dots(most), StringComparison.Ordinal)
            : Dots(most) + string.Concat(string.Concat(named).Where(char.IsAsciiLetter).GroupBy(name => name).Where(group => group.Count() == 1).Select(group => group.Key).Order());
        var sizes = new Dictionary<char, int>();
        for (var i = 0; i < named.Length; i++)
            for (var axis = 0; axis < named[i].Length; axis++)
                sizes[named[i][axis]] = Math.Max(sizes.GetValueOrDefault(named[i][axis], 1), call[i].Shape[axis]);
        char[] names = [.. output, .. sizes.Keys.Where(name => !output.Contains(name))];
        var strides = named.Select((term, i) => Strides(term, call[i], names)).ToArray();
        var inner = Tensor.Product([.. names[output.Length..].Select(name => sizes[name])]);
        int[] shape = [.. output.Select(name => sizes[name])];
        var (result, operands) = (call.Make(call[0].Type, shape), call.All.Select(Numbers.Read).ToArray());
        var (values, index, places) = (new double[result.Count], new int[names.Length], new int[named.Length]);
        for (var at = 0; at < values.Length; at++)
            for (var k = 0; k < inner; k++)
            {
                var product = 1.0;
                for (var i = 0; i < operands.Length; i++)
                    product *= operands[i][places[i]];
                values[at] += product;
                for (var axis = names.Length - 1; axis >= 0; axis--)
                {
                    var isNext = ++index[axis] < sizes[names[axis]];
                    for (var i = 0; i < places.Length; i++)
                        places[i] += isNext ? strides[i][axis] : -strides[i][axis] * (sizes[names[axis]] - 1);
                    if (isNext)
                        break;
                    index[axis] = 0;
                }
            }
        Numbers.Write(result, values);
        return [result];
    }

    static int Hidden(string term, int rank) => term.Contains("...", StringComparison.Ordinal) ? rank - term.Length + 3 : 0;

    static string Dots(int count) => string.Concat(Enumerable.Range(0, count).Select(i => (char)('0' + count - 1 - i)));

    /// <summary>A name that a term repeats walks its diagonal; a dimension of one element stands still.</summary>
    static int[] Strides(string term, Tensor operand, char[] names)
    {
        var (own, strides) = (Movement.Strides(operand.Shape), new int[names.Length]);
        for (var axis = 0; axis < term.Length; axis++)
            if (operand.Shape[axis] > 1)
                strides[Array.IndexOf(names, term[axis])] += own[axis];
        return strides;
    }
}
