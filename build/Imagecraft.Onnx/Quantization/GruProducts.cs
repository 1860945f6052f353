// Writes a GRU of few steps as matrix products, which can be quantized. Unaware of integers.

using System.Collections.Immutable;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using ElementType = Imagecraft.Onnx.Protos.TensorProto.Types.DataType;

namespace Imagecraft.Onnx.Quantization;

/// <summary>
/// ONNX Runtime has no kernel of integers for GRU. One with constant weights, usual activations and at most <see cref="MostSteps"/> steps, as in networks that carry their state from frame to frame, becomes one product for all
/// inputs, and for each step one for the state, with sums, sigmoids and hyperbolic tangents between. Longer ones stay: unrolled they would be larger than what is saved.
/// </summary>
/// <remarks>Source of the formulas: ONNX, GRU, version 14; the gates lie in the order update, reset, hidden.</remarks>
/// <param name="keep">Names and kinds of nodes that stay.</param>
sealed class GruProducts(ImmutableSortedSet<string> keep) : IModelPass
{
    /// <summary>Steps up to which a layer is unrolled.</summary>
    public const int MostSteps = 16;

    /// <inheritdoc/>
    public string Name => "gru-products";

    /// <inheritdoc/>
    public ModelProto Apply(ModelProto model, string file)
    {
        var index = new GraphIndex(model.Graph, file);
        foreach (var node in index.Nodes.Where(node => node.Is("GRU") && !keep.Contains("GRU") && !keep.Contains(QuantizationPlanner.NameOf(node)) && Refusal(index, node) is null))
            new Unrolled(index, node).Write();
        index.Finish();
        return model;
    }

    /// <summary>Why a GRU stays; null when it does not.</summary>
    public static string? Refusal(GraphIndex index, NodeProto node)
    {
        if (!index.TryStaticShape(node.Input[0], out var shape) || shape.Length != 3)
            return $"the shape of its input `{node.Input[0]}` is not known";
        if (shape[0] > MostSteps)
            return $"it has {shape[0]} steps, and is unrolled up to {MostSteps}";
        if (node.InputAt(4).Length > 0 || node.GetInteger("layout", 0) != 0 || node.Has("clip") || node.Has("activation_alpha") || node.Has("activation_beta"))
            return "it has lengths of sequences, another layout, limits or parameters of activations";
        if (node.Attribute.FirstOrDefault(attribute => attribute.Name == "activations") is { } activations && activations.Strings.Where((name, i) => !name.ToStringUtf8().Equals(i % 2 == 0 ? "Sigmoid" : "Tanh", StringComparison.OrdinalIgnoreCase)).Any())
            return "its activations are not Sigmoid and Tanh";
        return Enumerable.Range(1, 3).Where(at => node.InputAt(at).Length > 0).All(at => index.Constant(node.Input[at]) is { DataType: (int)ElementType.Float }) ? null : "its weights are no float constants";
    }

    /// <summary>One layer while it is written.</summary>
    sealed class Unrolled(GraphIndex index, NodeProto node)
    {
        readonly string name = QuantizationPlanner.NameOf(node);
        readonly string input = node.Input[0];
        readonly float[] weights = TensorData.ReadFloats(index.Constant(node.Input[1])!);
        readonly float[] recurrence = TensorData.ReadFloats(index.Constant(node.Input[2])!);
        readonly float[]? biases = node.InputAt(3).Length > 0 ? TensorData.ReadFloats(index.Constant(node.Input[3])!) : null;
        readonly int directions = (int)index.Constant(node.Input[1])!.Dims[0];
        readonly int hidden = (int)index.Constant(node.Input[2])!.Dims[2];
        readonly int depth = (int)index.Constant(node.Input[1])!.Dims[2];
        readonly int steps = (int)index.ShapeOf(node.Input[0])![0];
        readonly int batch = (int)index.ShapeOf(node.Input[0])![1];
        readonly bool isLinearFirst = node.GetInteger("linear_before_reset", 0) != 0;

        public void Write()
        {
            var direction = node.GetText("direction", "forward");
            var (states, initial) = (new List<string[]>(), node.InputAt(5));
            index.Remove(node);
            for (var i = 0; i < directions; i++)
                states.Add(Direction(i, direction == "reverse" || i == 1, initial));
            if (node.Output[0].Length > 0)
                Join(1, [.. states.Select(steps => Apply("Unsqueeze", [Join(0, [.. steps.Select(state => Apply("Unsqueeze", [state, Numbers(0)]))]), Numbers(1)]))], node.Output[0]);
            if (node.Output.Count > 1 && node.Output[1].Length > 0)
                Join(0, [.. states.Select((steps, i) => Apply("Unsqueeze", [steps[direction == "reverse" || i == 1 ? 0 : ^1], Numbers(0)]))], node.Output[1]);
        }

        /// <summary>The state behind each step, in the order of the sequence.</summary>
        string[] Direction(int direction, bool isReversed, string initial)
        {
            var flat = Apply("Reshape", [input, Numbers(steps * batch, depth)]);
            var inputs = Apply("Reshape", [Product(flat, Part(weights, direction, depth, 0, 3), depth, 3, InputBias(direction), "input"), Numbers(steps, batch, 3 * hidden)]);
            var state = initial.Length > 0 ? Apply("Gather", [initial, Number(direction)]) : index.Add(TensorData.Make<float>(index.FreshName(name + ".start"), new float[batch * hidden], batch, hidden));
            var states = new string[steps];
            for (var i = 0; i < steps; i++)
            {
                var at = isReversed ? steps - 1 - i : i;
                states[at] = state = Step(direction, Apply("Gather", [inputs, Number(at)]), state);
            }
            return states;
        }

        string Step(int direction, string given, string state)
        {
            var (gates, candidate) = Split(given, 2 * hidden, hidden);
            string carried, hiddenPart = "";
            if (isLinearFirst)
                (carried, hiddenPart) = Split(Product(state, Part(recurrence, direction, hidden, 0, 3), hidden, 3, HiddenBias(direction), "state"), 2 * hidden, hidden);
            else
                carried = Product(state, Part(recurrence, direction, hidden, 0, 2), hidden, 2, null, "state");
            var (update, reset) = Split(Apply("Sigmoid", [Apply("Add", [gates, carried])]), hidden, hidden);
            if (isLinearFirst)
                hiddenPart = Apply("Mul", [reset, hiddenPart]);
            else
                hiddenPart = Product(Apply("Mul", [reset, state]), Part(recurrence, direction, hidden, 2, 1), hidden, 1, null, "hidden");
            var fresh = Apply("Tanh", [Apply("Add", [candidate, hiddenPart])]);
            return Apply("Add", [fresh, Apply("Mul", [update, Apply("Sub", [state, fresh])])]);
        }

        /// <summary>Rows of some gates of a direction, turned: [depth, gates * hidden].</summary>
        float[] Part(float[] from, int direction, int columns, int first, int gates)
        {
            var turned = new float[columns * gates * hidden];
            for (var row = 0; row < gates * hidden; row++)
                for (var column = 0; column < columns; column++)
                    turned[(column * gates * hidden) + row] = from[(((((direction * 3) + first) * hidden) + row) * columns) + column];
            return turned;
        }

        /// <summary>What does not depend on the state: all but the recurrent bias of the candidate, where the reset gate comes behind it.</summary>
        float[]? InputBias(int direction) => biases is null ? null :
            [.. Enumerable.Range(0, 3 * hidden).Select(i => Bias(direction, i) + (isLinearFirst && i >= 2 * hidden ? 0 : Bias(direction, (3 * hidden) + i)))];

        float[]? HiddenBias(int direction) => biases is null ? null : [.. Enumerable.Range(0, 3 * hidden).Select(i => i < 2 * hidden ? 0 : Bias(direction, (3 * hidden) + i))];

        float Bias(int direction, int at) => biases![(direction * 6 * hidden) + at];

        string Product(string left, float[] values, int rows, int gates, float[]? bias, string what)
        {
            var columns = gates * hidden;
            List<string> inputs = [left, index.Add(TensorData.Make<float>(index.FreshName($"{name}.{what}.weights"), values, rows, columns))];
            if (bias is not null)
                inputs.Add(index.Add(TensorData.Make<float>(index.FreshName($"{name}.{what}.bias"), bias, columns)));
            return Apply("Gemm", [.. inputs], named: $"{name}.{what}");
        }

        (string First, string Second) Split(string value, int first, int second)
        {
            var split = new NodeProto { OpType = "Split", Input = { value, Numbers(first, second) }, Output = { index.FreshName($"{name}.part"), index.FreshName($"{name}.part") } }.With("axis", -1L);
            index.Add(split);
            return (split.Output[0], split.Output[1]);
        }

        string Join(long axis, string[] parts, string? output = null)
        {
            var joined = new NodeProto { OpType = "Concat", Input = { parts }, Output = { output ?? index.FreshName($"{name}.all") } }.With("axis", axis);
            return index.Add(joined).Output[0];
        }

        string Apply(string kind, string[] inputs, string? named = null) =>
            index.Add(new NodeProto { OpType = kind, Name = named is null ? "" : index.FreshName(named), Input = { inputs }, Output = { index.FreshName($"{name}.{kind.ToLowerInvariant()}") } }).Output[0];

        string Number(long value) => index.Add(TensorData.Make<long>(index.FreshName($"{name}.number"), [value]));

        string Numbers(params ReadOnlySpan<long> values) => index.Add(TensorData.Make<long>(index.FreshName($"{name}.numbers"), values, values.Length));
    }
}
