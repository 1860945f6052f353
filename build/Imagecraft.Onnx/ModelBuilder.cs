// The way of a network from its source to what a board gets. Unaware of recipes' files and of the engine.

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Passes.Opsets;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Onnx.Quantization.Errors;
using Imagecraft.Onnx.Quantization.Taken;
using Imagecraft.Onnx.Reference;

namespace Imagecraft.Onnx;

/// <summary>
/// The steps of a model build. All give the same bytes for the same arguments; whatever is wrong with the
/// user's input is an <see cref="OnnxException"/>.
/// </summary>
public static class ModelBuilder
{
    /// <summary>Frames of a sequence, and sequences, on which errors of layers are measured; more only repeat what these tell.</summary>
    const int ErrorFrames = 16;

    /// <summary>Fixes shapes and constants, optimizes, verifies each pass, and writes <paramref name="modelPath"/>.</summary>
    /// <param name="sourcePath">The <c>.onnx</c> file as fetched.</param>
    /// <param name="modelPath">Where the prepared model is written.</param>
    /// <param name="samples">Stacks of frames on which each pass is verified; noise when there are none.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="scratch">An existing folder for temporary files.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static void Prepare(string sourcePath, string modelPath, IReadOnlyList<FloatTensor> samples, ModelOptions options, string scratch, CancellationToken cancellationToken)
    {
        ImmutableArray<IModelPass> passes = options.Optimize == OptimizationLevel.None ? [] : StandardPasses.Make(scratch, options.Optimize, options.WithoutPasses);
        var model = new PassRunner(options).Run(OnnxFile.Read(sourcePath, options.Name), Forming(options, scratch), passes, samples, cancellationToken);
        OnnxFile.Write(LoadHints.State(model, options.Name), modelPath);
    }

    /// <summary>As the other, on samples that fit the network's input.</summary>
    /// <param name="sourcePath">The <c>.onnx</c> file as fetched.</param>
    /// <param name="modelPath">Where the prepared model is written.</param>
    /// <param name="samples">Frames for an input; noise for all inputs when it is null or there are none.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="scratch">An existing folder for temporary files.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static void Prepare(string sourcePath, string modelPath, Func<TensorPort, IReadOnlyList<LabelledSequence>>? samples, ModelOptions options, string scratch, CancellationToken cancellationToken)
    {
        var fixedSource = FixedSource(sourcePath, options, scratch);
        var frames = Frames(fixedSource, samples, options);
        File.Delete(fixedSource);
        Prepare(sourcePath, modelPath, frames, options, scratch, cancellationToken);
    }

    /// <summary>Lets ONNX Runtime fuse operators of a prepared network as the options say, verifies it, and writes <paramref name="modelPath"/>.</summary>
    /// <param name="preparedPath">What <see cref="Prepare(string, string, Func{TensorPort, IReadOnlyList{LabelledSequence}}, ModelOptions, string, CancellationToken)"/> wrote.</param>
    /// <param name="modelPath">Where the model is written.</param>
    /// <param name="samples">Frames for an input; noise for all inputs when it is null or there are none.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="scratch">An existing folder for temporary files.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static void Fuse(string preparedPath, string modelPath, Func<TensorPort, IReadOnlyList<LabelledSequence>>? samples, ModelOptions options, string scratch, CancellationToken cancellationToken) =>
        OnnxFile.Write(LoadHints.State(new PassRunner(options).Run(OnnxFile.Read(preparedPath, options.Name), [], [new OptimizeGraph(options.Optimize, scratch)], Frames(preparedPath, samples, options), cancellationToken), options.Name), modelPath);

    /// <summary>How much of a network a profile takes.</summary>
    /// <param name="modelPath">A network of standard operators.</param>
    /// <param name="profile">What would run it.</param>
    /// <param name="mustFit">Whether a node that it does not take is an error that lists all of them.</param>
    /// <param name="name">Names the model in messages.</param>
    /// <param name="scratch">An existing folder for temporary files.</param>
    public static ProfileReport Measure(string modelPath, Profile profile, bool mustFit, string name, string scratch)
    {
        var model = new InferShapes(scratch).Apply(OnnxFile.Read(modelPath, name), name);
        if (mustFit)
            ProfileCheck.Require(model, profile, name);
        return ProfileReport.Of(model, profile, name);
    }

    /// <summary>Makes a prepared network small, optimizes what came out as the options say, and writes <paramref name="modelPath"/>.</summary>
    /// <param name="preparedPath">A prepared network without fused operators.</param>
    /// <param name="modelPath">Where the model is written.</param>
    /// <param name="calibration">Frames for an input: static quantization needs some, and weights alone are rounded better with some; null: none.</param>
    /// <param name="gate">Decides which layers stay float, on data that no other step looks at; null: none do.</param>
    /// <param name="settings">What is wanted of the numbers.</param>
    /// <param name="options">What is wanted of the model.</param>
    /// <param name="scratch">An existing folder for temporary files.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    /// <remarks>A gate that need not hold (<see cref="QuantizationSettings.MustHold"/>) still decides which layers stay float.</remarks>
    public static QuantizationReport Quantize(string preparedPath, string modelPath, Func<TensorPort, IReadOnlyList<LabelledSequence>>? calibration, AccuracyGate? gate, QuantizationSettings settings, ModelOptions options, string scratch, CancellationToken cancellationToken)
    {
        var prepared = OnnxFile.Read(preparedPath, options.Name);
        ImmutableArray<string> floatLayers = [];
        ImmutableArray<LayerError> errors = [];
        ImmutableArray<FloatNode> floatNodes = [];
        double? agreement = null;
        var asked = 0;
        if (settings.Method == QuantizationMethod.Static)
        {
            var sequences = Sequences(preparedPath, calibration, options);
            var some = sequences.Take(ErrorFrames).Select(sequence => sequence.Slice(0, ErrorFrames).Frames).ToArray();
            // Enumerated several times: each time the frames come anew, and one part of them lies in memory.
            var frames = options.Carry.IsEmpty ? sequences.SelectMany(Evaluator.Parts).Select(part => part.Frames) : sequences.Select(sequence => sequence.Frames);
            var quantizer = new StaticQuantizer(prepared, frames, options.Carry, settings.Options with { Exclude = settings.Options.Exclude.Union(settings.Options.Dynamic) }, options.Name);
            if (gate is null)
            {
                var quantized = quantizer.Quantize([], cancellationToken);
                // Before the names are shortened, by which layers are found.
                (floatNodes, errors) = (quantized.FloatNodes, LayerErrors.Measure(quantized, some, options.Carry, options.Name, cancellationToken));
                Finish(quantized.Model, modelPath);
            }
            else
            {
                var found = MixedPrecision.Search(quantizer, some, Judge, options.Carry, new() { Limit = settings.FloatLayers }, scratch, options.Name, cancellationToken);
                Finish(found.Model.Model, modelPath);
                (floatLayers, floatNodes, errors) = (found.FloatLayers, found.Model.FloatNodes, found.Errors);
            }
        }
        else if (settings.Method == QuantizationMethod.Dynamic)
        {
            var quantized = DynamicQuantizer.Quantize(new GruProducts(settings.Options.Exclude).Apply(prepared.Clone(), options.Name), settings.Options.Exclude, settings.Options.PerChannel, settings.Options.ReduceRange, options.Name);
            floatNodes = FloatNode.OfDynamic(new(quantized.Graph, options.Name), settings.Options.Exclude);
            Finish(quantized, modelPath);
        }
        else if (settings.Method == QuantizationMethod.Taken)
        {
            var paired = TakenNetwork.Normalize(prepared.Clone(), settings.Options, options.Name);
            var finished = Optimized(paired.Clone());
            floatNodes = TakenNetwork.FloatNodes(paired, finished, options.Optimize == OptimizationLevel.Extended, options.Name);
            agreement = TakenNetwork.Compare(prepared, finished, options.Carry, options.Name, cancellationToken);
            Write(finished, modelPath);
        }
        else if (settings.Method == QuantizationMethod.WeightOnly)
        {
            var quantized = BlockWeights.Apply(prepared, Frames(preparedPath, calibration, options), options.Carry, settings.Options, options.Name, cancellationToken);
            floatNodes = FloatNode.OfWeights(new(quantized.Graph, options.Name), settings.Options.Exclude);
            Finish(quantized, modelPath);
        }
        else
            Finish(HalfWeights.Apply(prepared, options.Name), modelPath);

        return new(settings.Method, new FileInfo(preparedPath).Length, new FileInfo(modelPath).Length, floatLayers, errors) { FloatNodes = floatNodes, Agreement = agreement };

        void Finish(ModelProto model, string path) =>
            Write(Optimized(settings is { Method: QuantizationMethod.Static, Options.Dynamic.IsEmpty: false } ? DynamicParts.Quantize(model, settings.Options, options.Name) : model), path);

        // Networks with half weights are optimized before: to do it now would make the weights float again.
        ModelProto Optimized(ModelProto model) =>
            options.Optimize != OptimizationLevel.None && settings.Method != QuantizationMethod.Float16 ? new OptimizeGraph(options.Optimize, scratch) { KeepsFloats = true }.Apply(model, options.Name) : model;

        void Write(ModelProto model, string path)
        {
            model = LoadHints.State(new DropDefaults().Apply(new MergeConstants().Apply(model, options.Name), options.Name), options.Name);
            // What an accelerator does not take is told by the names of its nodes.
            OnnxFile.Write(settings.Options is { Compact: true, Target: not QuantizationTarget.Accelerator } ? new CompactNames().Apply(model, options.Name) : model, path);
        }

        GateVerdict Judge(string path, CancellationToken cancel)
        {
            var finished = Path.Combine(scratch, "finished.onnx");
            Finish(OnnxFile.Read(path, options.Name), finished);
            var result = gate.Judge(finished, cancel);
            File.Delete(finished);
            return new(result.CandidateValue, result.Holds || (!settings.MustHold && asked++ >= settings.FloatLayers), result.Text);
        }
    }

    static IReadOnlyList<FloatTensor> Frames(string modelPath, Func<TensorPort, IReadOnlyList<LabelledSequence>>? data, ModelOptions options) =>
        [.. Sequences(modelPath, data, options).Select(sequence => sequence.Frames)];

    static IReadOnlyList<LabelledSequence> Sequences(string modelPath, Func<TensorPort, IReadOnlyList<LabelledSequence>>? data, ModelOptions options) =>
        data is null ? [] : data(new Recurrence(ReferenceNetwork.Load(modelPath, options.Name), options.Carry, options.Name).Sequence);

    /// <summary>
    /// Computes golden files by the original network, checks that the prepared one reproduces them and that both meet the expectations, and writes
    /// <c>card.json</c> and <c>golden/SAMPLE/inputs|expected/NAME.npy</c> into <paramref name="folder"/>. A quantized network computes its own golden files: how near it is to the original is for the gate to judge.
    /// </summary>
    /// <param name="sourcePath">The <c>.onnx</c> file as fetched.</param>
    /// <param name="modelPath">The very file that is deployed, <c>.onnx</c> or <c>.ort</c>.</param>
    /// <param name="samples">The samples for an input, each with at least one frame; null or none: frames of noise.</param>
    /// <param name="facts">What other steps found, for the card.</param>
    /// <param name="folder">Created when absent.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="scratch">An existing folder for temporary files.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static IReadOnlyList<SampleResult> MakeGolden(string sourcePath, string modelPath, Func<TensorPort, IReadOnlyList<LabelledSequence>>? samples, CardFacts facts, string folder, ModelOptions options, string scratch, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var fixedSource = FixedSource(sourcePath, options, scratch);
        var deployed = ReferenceNetwork.Load(facts.GraphPath ?? modelPath, options.Name);
        var golden = GoldenMaker.Make(OnnxFile.Read(fixedSource, options.Name), deployed, facts.Quantization is not null, samples, Path.Combine(folder, "golden"), options, cancellationToken);
        File.Delete(fixedSource);
        Expectations.Check(golden.Results, options.Expect, options.Name);
        ModelCard.Write(Path.Combine(folder, "card.json"), sourcePath, modelPath, options, golden, facts);
        return golden.Results;
    }

    /// <summary>Runs the original network on a whole split, so that candidates can be judged against it.</summary>
    /// <param name="sourcePath">The <c>.onnx</c> file as fetched.</param>
    /// <param name="dataset">Where the split is.</param>
    /// <param name="split">Its folder.</param>
    /// <param name="limits">What is measured and allowed.</param>
    /// <param name="options">What is wanted of the model.</param>
    /// <param name="scratch">An existing folder for temporary files.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static AccuracyGate OpenGate(string sourcePath, DatasetFolder dataset, string split, AccuracyLimits limits, ModelOptions options, string scratch, CancellationToken cancellationToken)
    {
        var fixedSource = FixedSource(sourcePath, options, scratch);
        var sequences = dataset.Read(split, new Recurrence(ReferenceNetwork.Load(fixedSource, options.Name), options.Carry, options.Name).Sequence, options, null, cancellationToken);
        var gate = new AccuracyGate(fixedSource, options, limits, sequences, $"{dataset.Name}/{split}", cancellationToken);
        File.Delete(fixedSource);
        return gate;
    }

    /// <summary>The original in its fixed form as a file.</summary>
    static string FixedSource(string sourcePath, ModelOptions options, string scratch)
    {
        var path = Path.Combine(scratch, "reference.onnx");
        OnnxFile.Write(Forming(options, scratch).Aggregate(OnnxFile.Read(sourcePath, options.Name), (model, pass) => pass.Apply(model, options.Name)), path);
        return path;
    }

    /// <summary>What makes a network one that can be run: its inputs get their form, and a value that no memory holds is refused before it is computed.</summary>
    internal static IModelPass[] Forming(ModelOptions options, string scratch) => [new InlineFunctions(), new RefuseForeign(), new RaiseOldest(), new FreezeInitializers(), new FixShapes(options.Shapes, options.FreeAxes), new FixConstants(options.Constants), new InferShapes(scratch)];
}
