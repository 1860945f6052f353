// Judges quantized forms of a network that another tool made, on the data and by the gate of the network's recipe. Unaware of that tool.

using System.Globalization;
using Imagecraft.Engine.Store;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Data;
using Imagecraft.Onnx.Evaluation;
using Imagecraft.Onnx.Execution;
using Imagecraft.Onnx.Golden;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Reference;
using Imagecraft.Requests.Models;

namespace Imagecraft.Benchmarks;

/// <summary>What the other tool starts from, and what its networks are worth.</summary>
public static class QuantizedNetworks
{
    /// <summary>Writes what a quantizer needs: <c>prepared.onnx</c>; <c>calibration.npy</c> [count, then the input's shape], the frames on which the recipe's ranges are measured; and for comparison <c>float.onnx</c> and <c>imagecraft.onnx</c> as they are deployed.</summary>
    /// <param name="workspace">Where the network was built.</param>
    /// <param name="model">Its name.</param>
    /// <param name="folder">Made when absent.</param>
    public static int Export(string workspace, string model, string folder)
    {
        using var store = Store();
        var step = RememberedStep.Find(store, workspace, $"{model}@int8:quantize");
        var request = step.Request<OnnxQuantizeRequest>();
        var prepared = step.InputFile(OnnxQuantizeRequest.NetworkInput);
        Directory.CreateDirectory(folder);
        File.Copy(prepared, Path.Combine(folder, "prepared.onnx"), overwrite: true);
        File.Copy(step.OutputFile("file"), Path.Combine(folder, "imagecraft.onnx"), overwrite: true);
        File.Copy(RememberedStep.Find(store, workspace, $"{model}:fuse").OutputFile("file"), Path.Combine(folder, "float.onnx"), overwrite: true);
        if (request.Calibration is { } part)
        {
            var options = Options(request.Form);
            var input = new Recurrence(ReferenceNetwork.Load(prepared, model), options.Carry, model).Sequence;
            var frames = step.Dataset(OnnxQuantizeRequest.CalibrationInput, part.Dataset).Read(part.Split, input, options, part.Count, CancellationToken.None).Single();
            NpyWriter.Write(Path.Combine(folder, "calibration.npy"), frames.Frames);
        }

        return 0;
    }

    /// <summary>Prints a Markdown table: size, accuracy on the whole test split and the least time of the processor on one thread for each file.</summary>
    /// <param name="workspace">Where the network was built.</param>
    /// <param name="model">Its name.</param>
    /// <param name="files">Networks of the same inputs and outputs.</param>
    public static int Judge(string workspace, string model, params string[] files)
    {
        using var store = Store();
        var step = RememberedStep.Find(store, workspace, $"{model}@int8:evaluate");
        var (form, goal) = step.Request<OnnxEvaluateRequest>();
        var scratch = Directory.CreateTempSubdirectory("imagecraft-judge").FullName;
        try
        {
            // Rounds of all files alternate, so that what else the machine does meets all alike.
            var latencies = HostLatency.Measure([.. files.Select(file => new MeasuredNetwork(file, LoadOptimization.All))], model, CancellationToken.None);
            var metric = Metric.Named(goal.Metric, new() { Threshold = goal.Threshold, Unclip = goal.Unclip ?? new MetricOptions().Unclip, BoxScore = goal.BoxScore ?? new MetricOptions().BoxScore, Blank = goal.Blank, Alphabet = goal.Alphabet, AgainstFloat = goal.AgainstFloat });
            using var gate = ModelBuilder.OpenGate(step.InputFile(OnnxEvaluateRequest.OriginalInput), step.Dataset(OnnxEvaluateRequest.DatasetInput, goal.Dataset), goal.Split, new(metric, null, null), Options(form), scratch, CancellationToken.None);
            Console.WriteLine($"| `{model}` | bytes | {goal.Metric} | time of the processor, ms | spread |");
            Console.WriteLine("| --- | --- | --- | --- | --- |");
            foreach (var (file, latency) in files.Zip(latencies))
            {
                var result = gate.Judge(file, CancellationToken.None);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {Path.GetFileNameWithoutExtension(file)} | {new FileInfo(file).Length:N0} | {result.CandidateValue:0.00000} | {latency.Least:0.0000} | {latency.Spread:0.00} |"));
                Console.Error.WriteLine(result.Text);
            }
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        return 0;
    }

    private static ContentStore Store() =>
        new(Environment.GetEnvironmentVariable("IMAGECRAFT_CACHE") is { Length: > 0 } own ? own : Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } caches ? caches : Path.Combine(Environment.GetEnvironmentVariable("HOME")!, ".cache"), "imagecraft"));

    // Of networks of images and samples; those of texts and spectrograms need more.
    private static ModelOptions Options(NetworkForm form) => form is { Tokenizer: null, Spectrogram: null }
        ? new()
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
            SampleRate = 16000,
            Labels = form.Classes ?? [],
        }
        : throw new InvalidOperationException($"`{form.Name}` takes texts or spectrograms; only images and samples are compared");
}
