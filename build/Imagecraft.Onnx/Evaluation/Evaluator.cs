// Runs a network over a test set on all cores. Unaware of metrics and labels.

using System.Collections.Immutable;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Reference;

namespace Imagecraft.Onnx.Evaluation;

/// <summary>
/// Each worker has a network of its own and takes the next piece of work. A piece is a whole sequence where state is carried, else some of its frames;
/// each frame is computed alike whoever does it, so the outputs do not depend on the number of workers.
/// </summary>
public static class Evaluator
{
    /// <summary>Frames of a piece of work without carried state, and bytes of them: each worker holds one piece.</summary>
    const int PieceFrames = 64;
    const long PieceBytes = 16 << 20;

    /// <summary>The first output on each sequence, stacked over its frames.</summary>
    /// <param name="modelPath">A model of fixed shapes.</param>
    /// <param name="model">Its name for messages.</param>
    /// <param name="carry">Input to the output that is fed back into it.</param>
    /// <param name="sequences">What it is run on.</param>
    /// <param name="workers">How many networks run at the same time; null: one a core.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static ImmutableArray<FloatTensor> Run(string modelPath, string model, ImmutableSortedDictionary<string, string> carry, IReadOnlyList<LabelledSequence> sequences, int? workers, CancellationToken cancellationToken)
    {
        var results = new FloatTensor[sequences.Count];
        var first = "";
        Run(modelPath, model, carry, sequences, workers, network => first = network.FirstOutput, (sequence, outputs) => results[sequence] = outputs[first], cancellationToken);
        return [.. results];
    }

    /// <summary>What of a sequence without carried state is worked on, and held in memory, at once.</summary>
    public static IEnumerable<LabelledSequence> Parts(LabelledSequence sequence) => sequence.Parts(Math.Min(PieceBytes, (long)PieceFrames * sequence.FrameLength * sizeof(float)));

    /// <summary>Shows the outputs that are not carried on each sequence, stacked over its frames, as soon as they are there.</summary>
    /// <param name="modelPath">A model of fixed shapes.</param>
    /// <param name="model">Its name for messages.</param>
    /// <param name="carry">Input to the output that is fed back into it.</param>
    /// <param name="sequences">What it is run on.</param>
    /// <param name="workers">How many networks run at the same time; null: one a core.</param>
    /// <param name="open">Shown the network before it runs.</param>
    /// <param name="take">Takes the outputs of the sequence of an index; called by any worker.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static void Run(string modelPath, string model, ImmutableSortedDictionary<string, string> carry, IReadOnlyList<LabelledSequence> sequences, int? workers, Action<Recurrence> open, Action<int, IReadOnlyDictionary<string, FloatTensor>> take, CancellationToken cancellationToken)
    {
        open(new(ReferenceNetwork.Load(modelPath, model), carry, model));
        var sessions = workers ?? Environment.ProcessorCount;
        var parts = sequences.Select(sequence => carry.IsEmpty ? [.. Parts(sequence)] : new[] { sequence }).ToArray();
        var pieces = parts.SelectMany((own, sequence) => own.Select((frames, part) => (Sequence: sequence, Part: part, Frames: frames))).ToArray();
        var outputs = parts.Select(own => new Dictionary<string, FloatTensor>[own.Length]).ToArray();
        var missing = parts.Select(own => own.Length).ToArray();
        var next = -1;
        try
        {
            Parallel.For(0, Math.Min(sessions, pieces.Length), new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = sessions }, _ =>
            {
                var recurrence = new Recurrence(ReferenceNetwork.Load(modelPath, model), carry, model);
                while (Interlocked.Increment(ref next) is var at && at < pieces.Length)
                {
                    var (sequence, part, piece) = pieces[at];
                    outputs[sequence][part] = recurrence.Run(piece.Frames, cancellationToken);
                    if (Interlocked.Decrement(ref missing[sequence]) > 0)
                        continue;
                    take(sequence, recurrence.Judged.ToDictionary(name => name, name => Stack([.. outputs[sequence].Select(own => own[name])])));
                    outputs[sequence] = [];
                }
            });
        }
        catch (AggregateException problems) when (problems.InnerException is OnnxException or OperationCanceledException)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(problems.InnerException);
        }
    }

    static FloatTensor Stack(FloatTensor[] parts) =>
        parts.Length == 1 ? parts[0] : new([parts.Sum(part => part.Shape[0]), .. parts[0].Shape[1..]], [.. parts.SelectMany(part => part.Values)]);
}
