// Static INT8 quantization in QDQ form. Unaware of files and of accuracy.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization.Calibration;

namespace Imagecraft.Onnx.Quantization;

/// <summary>One float network with its calibration: quantizes it with ever other exclusions without calibrating again.</summary>
public sealed class StaticQuantizer
{
    /// <summary>The first operator set whose QuantizeLinear and DequantizeLinear know an axis.</summary>
    const int LeastOpset = 13;

    readonly ModelProto prepared;
    readonly QuantizationOptions options;
    readonly Calibrator calibrator;
    readonly ActivationProbe probe;
    readonly ChannelMeans means;
    readonly AdaptiveRounding rounding;
    readonly IEnumerable<FloatTensor> sequences;
    readonly string file;
    bool isBalanced;

    /// <summary>Checks the network and the exclusions; nothing is run yet.</summary>
    /// <param name="model">A float network of fixed shapes; it is not changed.</param>
    /// <param name="sequences">Calibration data: stacks of frames, [frames, then the input's shape]; enumerated several times.</param>
    /// <param name="carry">Input name to the output that is fed back into it.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="file">Names the model in messages.</param>
    public StaticQuantizer(ModelProto model, IEnumerable<FloatTensor> sequences, ImmutableSortedDictionary<string, string> carry, QuantizationOptions options, string file)
    {
        var opset = model.OpsetImport.FirstOrDefault(opset => opset.Domain is "" or "ai.onnx")?.Version ?? 0;
        if (opset < LeastOpset)
            throw new OnnxException($"`{file}` has operator set {opset}, but quantization needs {LeastOpset} or later; let the pass `upgrade-opset` run, or export the network with a later one");
        QuantizationPlanner.CheckExclusions(model.Graph, options.Exclude.Except(options.Dynamic), file);
        QuantizationPlanner.CheckExclusions(model.Graph, options.Dynamic, file, "dynamic");
        if (options.ActivationType.IsWide() && options.Target == QuantizationTarget.OnnxRuntime)
            throw new OnnxException($"Activations of `{file}` would have 16 bits, for which ONNX Runtime has no kernels; leave `activations` out, or deploy the network to an accelerator that takes them");
        var isOwn = options.Target == QuantizationTarget.OnnxRuntime;
        prepared = new PlainProducts(options.Exclude, joins: isOwn && options.Operators?.Contains("Gemm") != false).Apply(model.Clone(), file);
        if (isOwn)
            prepared = new KernelForms(options.Exclude).Apply(new SplitHardActivations(options.Exclude).Apply(prepared, file), file);
        (this.options, this.sequences, this.file) = (options, sequences, file);
        probe = new(prepared, carry, file);
        means = new(probe, sequences);
        rounding = new(probe, sequences, options);
        calibrator = new(prepared, sequences, carry, options.Calibration, file);
    }

    /// <summary>The float network in the form in which it is quantized, with balanced channels once <see cref="Quantize"/> was called; its nodes are those that can be excluded.</summary>
    public ModelProto Reference => prepared;

    /// <summary>Quantizes all but the exclusions of the options and these. The same arguments give the same network.</summary>
    /// <param name="exclude">Names and kinds of nodes that stay float, besides those of the options.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public QuantizedModel Quantize(ImmutableSortedSet<string> exclude, CancellationToken cancellationToken)
    {
        QuantizationPlanner.CheckExclusions(prepared.Graph, exclude, file);
        Balance(cancellationToken);
        var model = prepared.Clone();
        var index = new GraphIndex(model.Graph, file);
        var wanted = options with { Exclude = options.Exclude.Union(exclude) };
        var (plan, found) = Choose(index, wanted, cancellationToken);
        var floats = FloatNode.OfStatic(index, plan.Nodes, wanted);
        var writer = new QdqWriter(index, plan, found, Means(plan, cancellationToken), Rounded(index, plan, cancellationToken), options);
        var layers = writer.Write();
        if (options.Target == QuantizationTarget.OnnxRuntime)
            foreach (var node in index.Nodes.Where(node => !wanted.Exclude.Contains(node.OpType) && !wanted.Exclude.Contains(QuantizationPlanner.NameOf(node))))
                RowTables.Replace(index, node);
        index.Finish();
        new RemoveDeadNodes().Apply(model, file);
        if (options.ActivationType.IsWide() && model.OpsetImport.All(opset => opset.Domain != QdqTensors.RuntimeDomain))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = QdqTensors.RuntimeDomain, Version = 1 });
        return new(model, prepared, layers, writer.Origins) { FloatNodes = floats };
    }

    // One scale for all weights would suffer from what helps the activations.
    void Balance(CancellationToken cancellationToken)
    {
        if (!isBalanced && options.PerChannel)
        {
            BalanceChannels.Apply(prepared, probe, sequences, options.Exclude, file, cancellationToken);
            SmoothProducts.Apply(prepared, probe, sequences, options.Exclude, file, cancellationToken);
        }
        isBalanced = true;
    }

    /// <summary>Plans again until every sum with a constant is either a zero point or computed.</summary>
    (QuantizationPlan Plan, GroupParameters Found) Choose(GraphIndex index, QuantizationOptions wanted, CancellationToken cancellationToken)
    {
        var computed = new HashSet<string>();
        while (true)
        {
            var plan = QuantizationPlanner.Plan(index, wanted, computed);
            if (plan.Nodes.IsEmpty)
                throw FloatNode.Nothing(file, "quantized", FloatNode.OfStatic(index, [], wanted), FloatNode.Weighted);
            var found = plan.Groups.Parameters(plan.Values, Ranges(index, plan, cancellationToken), wanted.ActivationType, wanted.SymmetricActivations, plan.Tolerant, Softmaxes(plan).ToHashSet());
            if (found.Inexpressible.Count == 0)
                return (plan, found);
            computed.UnionWith(found.Inexpressible);
        }
    }

    /// <summary>The ranges of the values that decide.</summary>
    Dictionary<string, ValueRange> Ranges(GraphIndex index, QuantizationPlan plan, CancellationToken cancellationToken)
    {
        var given = plan.Nodes.Where(planned => planned is { Clamp: null, Rule.OutputRange: not null } && !IsMeasured(planned)).ToDictionary(planned => planned.Output, planned => planned.Rule.OutputRange!.Value);
        var measured = calibrator.Ranges(plan.Sources.Where(value => !given.ContainsKey(value) && index.Constant(value) is null), cancellationToken);
        return plan.Sources.ToDictionary(value => value, value => index.Constant(value) is { } constant ? Range(constant) : given.TryGetValue(value, out var known) ? known : Within(measured[value], EffectiveRange.Of(index, value)));
    }

    IReadOnlyDictionary<string, float[]> Means(QuantizationPlan plan, CancellationToken cancellationToken) =>
        options.BiasCorrection ? means.Of(plan.Nodes.Where(planned => planned.Rule.Layout is not null).Select(planned => planned.Activations[0]), cancellationToken) : ImmutableDictionary<string, float[]>.Empty;

    IReadOnlyDictionary<string, QuantizedWeights> Rounded(GraphIndex index, QuantizationPlan plan, CancellationToken cancellationToken) =>
        options.AdaptiveRounding ? rounding.Of(index, plan.Nodes, cancellationToken) : ImmutableDictionary<string, QuantizedWeights>.Empty;

    static IEnumerable<string> Softmaxes(QuantizationPlan plan) => plan.Nodes.Where(planned => planned.Rule.ScalesByWhole).Select(planned => planned.Output);

    // With a sign, what is above the measured range would not be cut off by ONNX Runtime, but come out as negative.
    bool IsMeasured(PlannedNode planned) => planned.Rule.ScalesByWhole && options.ActivationType == QuantizedType.UInt8;

    // An end without an effect moves; of a range that lies beyond one only its end is left.
    static ValueRange Within(ValueRange range, ValueRange effective) =>
        new(Math.Clamp(range.Least, effective.Least, effective.Largest), Math.Clamp(range.Largest, effective.Least, effective.Largest));

    static ValueRange Range(TensorProto constant)
    {
        var values = TensorData.ReadFloats(constant);
        return values.Length == 0 ? new(0, 0) : new(values.Min(), values.Max());
    }
}
