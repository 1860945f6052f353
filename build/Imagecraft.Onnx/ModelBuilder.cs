// The way of a network from its source to what a board gets. Unaware of recipes' files and of the engine.

using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;
using Imagecraft.Onnx.Passes;

namespace Imagecraft.Onnx;

/// <summary>
/// The steps of a model build. All give the same bytes for the same arguments; whatever is wrong with the
/// user's input is an <see cref="OnnxException"/>.
/// </summary>
public static class ModelBuilder
{
    /// <summary>Fixes shapes and constants, optimizes, verifies each pass, and writes <paramref name="modelPath"/>.</summary>
    /// <param name="sourcePath">The <c>.onnx</c> file as fetched.</param>
    /// <param name="modelPath">Where the prepared model is written.</param>
    /// <param name="samples">Stacks of frames on which each pass is verified; noise when there are none.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="scratch">An existing folder for temporary files.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static void Prepare(string sourcePath, string modelPath, IReadOnlyList<FloatTensor> samples, ModelOptions options, string scratch, CancellationToken cancellationToken)
    {
        IModelPass[] passes = options.Optimize == OptimizationLevel.None ? [] : [.. StandardPasses.Make(scratch), new OptimizeGraph(options.Optimize, scratch)];
        var model = new PassRunner(options, scratch).Run(OnnxFile.Read(sourcePath, options.Name), Forming(options, scratch), passes, samples, cancellationToken);
        OnnxFile.Write(model, modelPath);
    }

    /// <summary>
    /// Computes golden files by the original network, checks that the prepared one reproduces them and that both meet the expectations, and writes
    /// <c>card.json</c> and <c>golden/SAMPLE/inputs|expected/NAME.npy</c> into <paramref name="folder"/>.
    /// </summary>
    /// <param name="sourcePath">The <c>.onnx</c> file as fetched.</param>
    /// <param name="modelPath">What <see cref="Prepare"/> wrote.</param>
    /// <param name="samples">The samples for an input, each with at least one frame.</param>
    /// <param name="accuracy">What the gate said, for the card; null without one.</param>
    /// <param name="folder">Created when absent.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="scratch">An existing folder for temporary files.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static IReadOnlyList<SampleResult> MakeGolden(string sourcePath, string modelPath, Func<TensorPort, IReadOnlyList<LabelledSequence>> samples, AccuracyResult? accuracy, string folder, ModelOptions options, string scratch, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var fixedSource = FixedSource(sourcePath, options, scratch);
        IReadOnlyList<SampleResult> results;
        using (var reference = ReferenceSession.Load(fixedSource, options.Name))
        using (var deployed = ReferenceSession.Load(modelPath, options.Name))
            results = GoldenMaker.Make(reference, deployed, samples, Path.Combine(folder, "golden"), options, cancellationToken);
        File.Delete(fixedSource);
        Expectations.Check(results, options.Expect, options.Name);
        ModelCard.Write(Path.Combine(folder, "card.json"), sourcePath, modelPath, options, results, accuracy);
        return results;
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
        IReadOnlyList<LabelledSequence> sequences;
        using (var reference = ReferenceSession.Load(fixedSource, options.Name))
            sequences = dataset.Read(split, new Recurrence(reference, options.Carry, options.Name).Sequence, options, null, cancellationToken);
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
    static IModelPass[] Forming(ModelOptions options, string scratch) => [new FreezeInitializers(), new FixShapes(options.Shapes), new FixConstants(options.Constants), new InferShapes(scratch)];
}
