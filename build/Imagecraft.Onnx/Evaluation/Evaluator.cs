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
    /// <summary>Frames of a piece of work without carried state.</summary>
    const int PieceFrames = 64;

    /// <summary>The first output on each sequence, stacked over its frames.</summary>
    /// <param name="modelPath">A model of fixed shapes.</param>
    /// <param name="model">Its name for messages.</param>
    /// <param name="carry">Input to the output that is fed back into it.</param>
    /// <param name="sequences">What it is run on.</param>
    /// <param name="workers">How many networks run at the same time; null: one a core.</param>
    /// <param name="cancellationToken">Stops between frames.</param>
    public static ImmutableArray<FloatTensor> Run(string modelPath, string model, ImmutableSortedDictionary<string, string> carry, IReadOnlyList<LabelledSequence> sequences, int? workers, CancellationToken cancellationToken)
    {
        var sessions = workers ?? Environment.ProcessorCount;
        var pieces = sequences.SelectMany((sequence, index) => Pieces(sequence, index, carry.IsEmpty ? PieceFrames : sequence.Count)).ToArray();
        var results = new FloatTensor[pieces.Length];
        var next = -1;
        try
        {
            Parallel.For(0, Math.Min(sessions, pieces.Length), new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = sessions }, _ =>
            {
                var recurrence = new Recurrence(ReferenceNetwork.Load(modelPath, model), carry, model);
                while (Interlocked.Increment(ref next) is var piece && piece < pieces.Length)
                    results[piece] = recurrence.Run(pieces[piece].Frames(sequences), cancellationToken)[recurrence.FirstOutput];
            });
        }
        catch (AggregateException problems) when (problems.InnerException is OnnxException or OperationCanceledException)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(problems.InnerException);
        }
        return [.. sequences.Select((_, index) => Stack([.. pieces.Zip(results).Where(pair => pair.First.Sequence == index).Select(pair => pair.Second)]))];
    }

    static IEnumerable<Piece> Pieces(LabelledSequence sequence, int index, int frames)
    {
        for (var start = 0; start < sequence.Count; start += frames)
            yield return new(index, start, frames);
    }

    static FloatTensor Stack(FloatTensor[] parts) =>
        parts.Length == 1 ? parts[0] : new([parts.Sum(part => part.Shape[0]), .. parts[0].Shape[1..]], [.. parts.SelectMany(part => part.Values)]);

    sealed record Piece(int Sequence, int Start, int Count)
    {
        public FloatTensor Frames(IReadOnlyList<LabelledSequence> sequences) => sequences[Sequence].Slice(Start, Count).Frames;
    }
}
