// The inputs of a network that takes a text: its tokens, and what goes with them. Unaware of vocabularies and datasets.
// Source of the names: the inputs that Hugging Face's exporters and TensorFlow's BERT give to networks.

using System.Collections.Immutable;
using Imagecraft.Onnx.Execution;

namespace Imagecraft.Onnx.Data;

/// <summary>
/// One input has the tokens; of the others the name says what they have for each token: <c>attention_mask</c> (or <c>input_mask</c>) 1 where one is and 0 where the rest is filled up,
/// <c>token_type_ids</c> (or <c>segment_ids</c>) 0, because a text is a single one, <c>position_ids</c> the place from 0.
/// </summary>
static class TextInputs
{
    static bool IsMask(string name) => name is "attention_mask" or "input_mask";

    static bool IsPlace(string name) => name is "position_ids";

    static bool IsCompanion(TensorPort input) => IsMask(input.Name) || IsPlace(input.Name) || input.Name is "token_type_ids" or "segment_ids";

    /// <summary>Inputs of one text as one, whose frames have those of each one behind the other; null when they are none.</summary>
    public static TensorPort? Together(ImmutableArray<TensorPort> inputs) =>
        inputs.Length > 1 && inputs.Count(input => !IsCompanion(input)) == 1 && inputs.All(input => input.Shape.AsSpan().SequenceEqual(inputs[0].Shape))
            ? new(string.Join(", ", inputs.Select(input => input.Name)), "float32", [inputs.Length, .. inputs[0].Shape]) { Parts = inputs }
            : null;

    /// <summary>The frame of each input of a network, from one that has those of all <see cref="TensorPort.Parts"/>.</summary>
    public static IEnumerable<(TensorPort Input, float[] Frames)> Apart(TensorPort input, FloatTensor frames)
    {
        if (input.Parts.IsEmpty)
            return [(input, frames.Values)];
        var (count, length) = ((int)frames.Shape[0], frames.Values.Length / (int)frames.Shape[0] / input.Parts.Length);
        return input.Parts.Select((part, at) =>
        {
            var own = new float[count * length];
            for (var frame = 0; frame < count; frame++)
                frames.Values.AsSpan(((frame * input.Parts.Length) + at) * length, length).CopyTo(own.AsSpan(frame * length));
            return (part, own);
        });
    }

    /// <summary>Writes a text into a frame, which is zero before.</summary>
    public static void Fill(TensorPort input, Span<float> frame, TextTokenizer tokenizer, string text)
    {
        if (input.Parts.IsEmpty)
        {
            tokenizer.Fill(frame, text);
            return;
        }
        var length = frame.Length / input.Parts.Length;
        var count = tokenizer.Fill(frame.Slice(input.Parts.FindIndex(part => !IsCompanion(part)) * length, length), text);
        for (var at = 0; at < input.Parts.Length; at++)
            for (var place = 0; place < length; place++)
                if (IsPlace(input.Parts[at].Name))
                    frame[(at * length) + place] = place;
                else if (IsMask(input.Parts[at].Name))
                    frame[(at * length) + place] = place < count ? 1 : 0;
    }

    static int FindIndex(this ImmutableArray<TensorPort> inputs, Func<TensorPort, bool> condition) => inputs.IndexOf(inputs.First(condition));
}
