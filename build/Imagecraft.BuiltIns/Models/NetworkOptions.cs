// From requests to what the ONNX project takes, and its errors to failures of the recipe.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Profiles;
using Imagecraft.Onnx.Quantization;
using Imagecraft.Requests.Models;

namespace Imagecraft.BuiltIns.Models;

internal static class NetworkOptions
{
    private const int UsualRate = 16000;

    /// <summary>A CPU of which nothing is said.</summary>
    private static readonly Profile Everything = new() { Name = "cpu", Operators = null, Target = QuantizationTarget.OnnxRuntime };

    /// <summary>Everything that decides the outputs of functions on networks, beside requests.</summary>
    public static Type[] Deciders { get; } = [typeof(ModelBuilder), typeof(Profile), typeof(Microsoft.ML.OnnxRuntime.InferenceSession), typeof(BitMiracle.LibJpeg.JpegImage), typeof(Microsoft.ML.Tokenizers.Tokenizer)];

    /// <summary>Options that say nothing but how the network is run; a vocabulary is an input of the action.</summary>
    public static ModelOptions Of(NetworkForm form, BuiltInContext context) => new()
    {
        Name = form.Name,
        Version = "",
        License = "",
        Shapes = form.Shapes,
        FreeAxes = form.FreeAxes,
        Constants = form.Constants,
        Carry = form.Carry,
        Context = form.Context,
        Preprocess = form.Preprocess,
        Spectrogram = form.Spectrogram,
        SampleRate = form.Spectrogram?.Rate ?? UsualRate,
        Tokenizer = form.Tokenizer is { } tokenizer ? Tokenizer(tokenizer, form.Name, context) : null,
        Labels = form.Classes ?? [],
    };

    private static TextTokenizer Tokenizer(TokenizerOptions options, string model, BuiltInContext context)
    {
        TextTokenizer? tokenizer = null;
        var merges = context.Find(NetworkForm.MergesInput) is { } list ? context.Store.Read(list.Value.Digest) : null;
        Guard(() => tokenizer = new(options, context.Store.Read(context.Input(NetworkForm.VocabularyInput).Value.Digest), merges, model));
        return tokenizer!;
    }

    /// <summary>What a gate allows.</summary>
    public static AccuracyLimits Limits(AccuracyGoal goal, BuiltInContext context)
    {
        var limits = new AccuracyLimits(Metric.Named(goal.Metric, Wishes()), goal.Min, goal.MaxDrop) { Max = goal.Max, Output = goal.Output, Others = goal.Others };
        return goal.Confidence is { } confidence ? limits with { Confidence = confidence } : limits;

        MetricOptions Wishes() => new()
        {
            Threshold = goal.Threshold,
            BoxScore = goal.BoxScore ?? new MetricOptions().BoxScore,
            Unclip = goal.Unclip ?? new MetricOptions().Unclip,
            Blank = goal.Blank,
            Alphabet = goal.MoreAlphabet is { } more ? Alphabet(context, goal.Blank, more) : goal.Alphabet,
            AgainstFloat = goal.AgainstFloat,
        };
    }

    private static ImmutableArray<string> Alphabet(BuiltInContext context, int blank, ImmutableArray<string> more)
    {
        var text = Encoding.UTF8.GetString(context.Store.Read(context.Input(NetworkForm.AlphabetInput).Value.Digest));
        string[] all = [.. text.TrimStart('\uFEFF').TrimEnd('\r', '\n').Split('\n').Select(line => line.TrimEnd('\r')), .. more];
        return blank <= all.Length ? [.. all[..blank], "", .. all[blank..]] : throw new ActionFailedException($"`blank` is {blank}, but `alphabet` has {all.Length} classes; write the index of the class that writes nothing");
    }

    /// <summary>The settings of a quantization within what runs the network.</summary>
    /// <exception cref="OnnxException">The recipe wants what the profile does not take.</exception>
    public static QuantizationSettings Settings(OnnxQuantizeRequest request) => new(
        request.Method,
        request.Method == QuantizationMethod.Float16 ? new() : request.Method == QuantizationMethod.WeightOnly ? new() { WeightBits = request.Wishes.WeightBits, BlockSize = request.Wishes.BlockSize, Exclude = request.Wishes.Exclude } : ProfileOptions.Of(request.Profile ?? Everything, request.Wishes, request.Form.Name),
        request.FloatLayers) { MustHold = request.Goal?.ReportOnly != true };

    /// <summary>Runs work whose input is the user's: its errors are the recipe's.</summary>
    public static void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (OnnxException problem)
        {
            throw new ActionFailedException(problem.Message, problem);
        }
    }
}
