// Recurrent operators: LSTM, GRU and RNN. Unaware of graphs.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Reference.Arithmetic;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Reference.Kernels;

/// <summary>A product with the weights of a direction: rows of a matrix of <c>depth</c> columns times the turned weights, added to a result.</summary>
delegate void GateProduct(int direction, ReadOnlySpan<float> rows, int count, float[] result);

/// <summary>Cells of float32 whose activations are rounded once from doubles.</summary>
/// <remarks>Source: ONNX's operators LSTM, GRU and RNN.</remarks>
static class Recurrent
{
    public static IEnumerable<(string, Kernel)> All =>
    [
        ("LSTM", call => Run(call, 4, Weights(call, 1), Weights(call, 2), call.Optional(7))),
        ("GRU", call => Run(call, 3, Weights(call, 1), Weights(call, 2), null)),
        ("RNN", call => Run(call, 1, Weights(call, 1), Weights(call, 2), null)),
    ];

    /// <summary>Runs all directions and steps.</summary>
    /// <param name="call">Inputs as of LSTM: X, W, R, B, sequence lengths, start of h and c.</param>
    /// <param name="gates">Gates of a cell: 4, 3 or 1.</param>
    /// <param name="input">Products of the inputs.</param>
    /// <param name="recurrence">Products of the hidden state.</param>
    /// <param name="peepholes">Of an LSTM, or null.</param>
    public static Tensor[] Run(Call call, int gates, GateProduct input, GateProduct recurrence, Tensor? peepholes)
    {
        var x = call[0];
        if (call.Flag("layout"))
            throw call.Bad("`layout: 1` has no reference arithmetic");
        if (x.Type != ElementType.Float)
            throw call.Bad($"it has no arithmetic for {Tensor.Name(x.Type)}");
        var (steps, batch, depth, hidden) = (x.Shape[0], x.Shape[1], x.Shape[2], (int)call.Integer("hidden_size", 0));
        var directions = call.Text("direction", "forward") == "bidirectional" ? 2 : 1;
        var (y, last, lastCell) = (call.Zeros(ElementType.Float, steps, directions, batch, hidden), call.Zeros(ElementType.Float, directions, batch, hidden), call.Zeros(ElementType.Float, directions, batch, hidden));
        var lengths = call.Optional(4)?.Integers();
        for (var direction = 0; direction < directions; direction++)
        {
            var cell = new Cell(call, gates, direction, batch, hidden, peepholes);
            var reverse = direction == 1 || call.Text("direction", "forward") == "reverse";
            var projected = new float[steps * batch * gates * hidden];
            input(direction, x.Span<float>(), steps * batch, projected);
            for (var step = 0; step < steps; step++)
            {
                var before = new float[batch * gates * hidden];
                recurrence(direction, cell.Hidden, batch, before);
                for (var item = 0; item < batch; item++)
                {
                    var length = (int)(lengths?[item] ?? steps);
                    if (step >= length)
                        continue;
                    var at = reverse ? length - 1 - step : step;
                    cell.Step(item, projected.AsSpan(((at * batch) + item) * gates * hidden, gates * hidden), before.AsSpan(item * gates * hidden, gates * hidden), (part, result) => recurrence(direction, part, batch, result));
                    cell.Hidden.AsSpan(item * hidden, hidden).CopyTo(y.Span<float>()[(((((at * directions) + direction) * batch) + item) * hidden)..]);
                }
            }
            cell.Hidden.CopyTo(last.Span<float>()[(direction * batch * hidden)..]);
            cell.Cells.CopyTo(lastCell.Span<float>()[(direction * batch * hidden)..]);
        }
        return gates == 4 ? [y, last, lastCell] : [y, last];
    }

    static GateProduct Weights(Call call, int index)
    {
        var weights = call[index];
        var (rows, depth) = (weights.Shape[1], weights.Shape[2]);
        var packed = call.Keep(index, () => Enumerable.Range(0, weights.Shape[0]).Select(direction => PackedRows.Of(weights.Span<float>()[(direction * rows * depth)..], rows, depth, depth, 1)).ToArray());
        return (direction, states, count, result) => Multiply(packed[direction], states, count, depth, rows, result);
    }

    static unsafe void Multiply(PackedRows weights, ReadOnlySpan<float> states, int count, int depth, int rows, float[] result)
    {
        var turned = new float[rows * count];
        fixed (float* from = states, to = turned)
            FloatProduct.Multiply(weights, FloatProduct.Panels(from, depth, 1, depth), count, to, count);
        for (var row = 0; row < rows; row++)
            for (var item = 0; item < count; item++)
                result[(item * rows) + row] = turned[(row * count) + item];
    }

    /// <summary>State and biases of one direction.</summary>
    sealed class Cell
    {
        readonly Call call;
        readonly int gates, hidden, direction;
        readonly float[] bias, clipped;
        readonly float[]? peepholes;
        readonly Func<double, double>[] activations;
        readonly bool isCoupled, resetsAfter;

        public Cell(Call call, int gates, int direction, int batch, int hidden, Tensor? peepholes)
        {
            (this.call, this.gates, this.direction, this.hidden) = (call, gates, direction, hidden);
            bias = call.Optional(3)?.Span<float>().Slice(direction * 2 * gates * hidden, 2 * gates * hidden).ToArray() ?? new float[2 * gates * hidden];
            Hidden = Start(5, batch);
            Cells = Start(6, batch);
            this.peepholes = peepholes?.Span<float>().Slice(direction * 3 * hidden, 3 * hidden).ToArray();
            clipped = call.Node.Has("clip") ? [call.Number("clip", 0)] : [];
            (isCoupled, resetsAfter) = (call.Flag("input_forget"), call.Flag("linear_before_reset"));
            activations = Activations();
        }

        public float[] Hidden { get; }

        public float[] Cells { get; }

        float[] Start(int input, int batch) =>
            call.Optional(input) is { } given && (input == 5 || gates == 4) ? given.Span<float>().Slice(direction * batch * hidden, batch * hidden).ToArray() : new float[batch * hidden];

        Func<double, double>[] Activations()
        {
            var usual = gates switch { 4 => new[] { "Sigmoid", "Tanh", "Tanh" }, 3 => ["Sigmoid", "Tanh"], _ => ["Tanh"] };
            var names = call.Node.Attribute.FirstOrDefault(attribute => attribute.Name == "activations")?.Strings.Select(text => text.ToStringUtf8()).ToArray() ?? [];
            var (alphas, betas) = (new Queue<float>(call.Node.GetNumbers("activation_alpha") ?? []), new Queue<float>(call.Node.GetNumbers("activation_beta") ?? []));
            var all = names.Select(name => Activation(name, alphas, betas)).ToArray();
            return all.Length >= (direction + 1) * usual.Length ? all[(direction * usual.Length)..] : all.Length == usual.Length ? all : [.. usual.Select(name => Activation(name, [], []))];
        }

        Func<double, double> Activation(string name, Queue<float> alphas, Queue<float> betas)
        {
            double Alpha(double otherwise) => alphas.TryDequeue(out var value) ? value : otherwise;
            double Beta(double otherwise) => betas.TryDequeue(out var value) ? value : otherwise;
            switch (name.ToUpperInvariant())
            {
                case "SIGMOID": return Elementary.Logistic;
                case "TANH": return Elementary.Tanh;
                case "RELU": return x => Math.Max(x, 0);
                case "SOFTSIGN": return x => x / (1 + Math.Abs(x));
                case "SOFTPLUS": return Functions.Softplus;
                case "LEAKYRELU":
                    var slope = Alpha(0.01);
                    return x => x < 0 ? slope * x : x;
                case "THRESHOLDEDRELU":
                    var threshold = Alpha(1);
                    return x => x > threshold ? x : 0;
                case "ELU":
                    var scale = Alpha(1);
                    return x => x < 0 ? scale * Elementary.ExpMinusOne(x) : x;
                case "AFFINE":
                    var (factor, summand) = (Alpha(1), Beta(0));
                    return x => (factor * x) + summand;
                case "SCALEDTANH":
                    var (outer, inner) = (Alpha(1), Beta(1));
                    return x => outer * Elementary.Tanh(inner * x);
                case "HARDSIGMOID":
                    var (alpha, beta) = (Alpha(0.2), Beta(0.5));
                    return x => Math.Clamp((alpha * x) + beta, 0, 1);
                default: throw call.Bad($"the activation `{name}` is unknown");
            }
        }

        float Sum(int gate, int unit, ReadOnlySpan<float> input, ReadOnlySpan<float> recurrent) =>
            input[(gate * hidden) + unit] + recurrent[(gate * hidden) + unit] + bias[(gate * hidden) + unit] + bias[((gates + gate) * hidden) + unit];

        float Act(int which, float x) => (float)activations[which](clipped.Length == 0 ? x : Math.Clamp(x, -clipped[0], clipped[0]));

        public void Step(int item, ReadOnlySpan<float> input, ReadOnlySpan<float> recurrent, Action<float[], float[]> again)
        {
            var h = Hidden.AsSpan(item * hidden, hidden);
            var c = Cells.AsSpan(item * hidden, hidden);
            if (gates == 1)
                for (var unit = 0; unit < hidden; unit++)
                    h[unit] = Act(0, Sum(0, unit, input, recurrent));
            else if (gates == 4)
                LongShort(h, c, input, recurrent);
            else
                Gated(item, h, input, recurrent, again);
        }

        // Gates in the order input, output, forget, cell; peepholes input, output, forget.
        void LongShort(Span<float> h, Span<float> c, ReadOnlySpan<float> input, ReadOnlySpan<float> recurrent)
        {
            for (var unit = 0; unit < hidden; unit++)
            {
                float Peep(int gate, float cell) => peepholes is null ? 0 : peepholes[(gate * hidden) + unit] * cell;
                var enter = Act(0, Sum(0, unit, input, recurrent) + Peep(0, c[unit]));
                var forget = isCoupled ? 1 - enter : Act(0, Sum(2, unit, input, recurrent) + Peep(2, c[unit]));
                var candidate = Act(1, Sum(3, unit, input, recurrent));
                c[unit] = (forget * c[unit]) + (enter * candidate);
                var output = Act(0, Sum(1, unit, input, recurrent) + Peep(1, c[unit]));
                h[unit] = output * (float)activations[2](c[unit]);
            }
        }

        // Gates in the order update, reset, hidden.
        void Gated(int item, Span<float> h, ReadOnlySpan<float> input, ReadOnlySpan<float> recurrent, Action<float[], float[]> again)
        {
            var (update, reset) = (new float[hidden], new float[hidden]);
            for (var unit = 0; unit < hidden; unit++)
                (update[unit], reset[unit]) = (Act(0, Sum(0, unit, input, recurrent)), Act(0, Sum(1, unit, input, recurrent)));
            var late = new float[hidden];
            if (!resetsAfter)
            {
                // The hidden gate sees the state after the reset.
                var (states, result) = ((float[])Hidden.Clone(), new float[Hidden.Length / hidden * gates * hidden]);
                for (var unit = 0; unit < hidden; unit++)
                    states[(item * hidden) + unit] *= reset[unit];
                again(states, result);
                result.AsSpan((item * gates * hidden) + (2 * hidden), hidden).CopyTo(late);
            }
            for (var unit = 0; unit < hidden; unit++)
            {
                var (own, state) = (bias[(2 * hidden) + unit], bias[((gates + 2) * hidden) + unit]);
                var candidate = resetsAfter
                    ? Act(1, input[(2 * hidden) + unit] + (reset[unit] * (recurrent[(2 * hidden) + unit] + state)) + own)
                    : Act(1, input[(2 * hidden) + unit] + late[unit] + state + own);
                h[unit] = ((1 - update[unit]) * candidate) + (update[unit] * h[unit]);
            }
        }
    }
}
