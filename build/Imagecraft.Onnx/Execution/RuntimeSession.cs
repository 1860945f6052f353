// Sessions of ONNX Runtime on the build host. Unaware of passes and samples.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Onnx.Execution;

/// <summary>
/// Single-threaded, sequential, telemetry off. ONNX Runtime checks, optimizes, converts and measures networks here; what they compute is the business of <see cref="Reference.ReferenceNetwork"/>, because ONNX Runtime's kernels
/// differ by processor.
/// </summary>
static class RuntimeSession
{
    /// <summary>The entry that lists optimizers to leave out, separated by semicolons.</summary>
    const string LeftOut = "optimization.disable_specified_optimizers";

    static readonly Lock Gate = new();
    static bool ready;

    /// <summary>Settings of a session.</summary>
    /// <param name="level">How far ONNX Runtime optimizes.</param>
    /// <param name="leftOut">Names of optimizers that it leaves out besides.</param>
    internal static SessionOptions Options(GraphOptimizationLevel level, params ReadOnlySpan<string> leftOut)
    {
        Environment();
        var options = new SessionOptions
        {
            GraphOptimizationLevel = level,
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry(LeftOut, string.Join(';', [LoadHints.MovesPairs, .. leftOut]));
        return options;
    }

    /// <summary>Settings of a session as the runtime of a board opens it (<c>Net.Load</c> of imagecraft-infer): optimizers that would do it harm are left out, as the network says.</summary>
    /// <param name="model">The network; null for ONNX Runtime's own format, of which it arranges nothing.</param>
    /// <param name="atLoad">What the board does when it loads it.</param>
    internal static SessionOptions AsLoaded(ModelProto? model, LoadOptimization atLoad) =>
        Options(model is not null && atLoad == LoadOptimization.All ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL, [LoadHints.AddsPairs, .. model is null ? [] : LoadHints.LeftOut(model)]);

    internal static InferenceSession Open(string path, SessionOptions options, string shownAs)
    {
        // It tells the formats apart by the ending of the name, which files of a store do not have.
        if (OrtFile.IsOne(path))
            options.AddSessionConfigEntry("session.load_model_format", "ORT");
        var opened = path;
        var unpacked = LargeNetwork.IsOne(path) ? Directory.CreateTempSubdirectory("imagecraft-network-").FullName : null;
        try
        {
            if (unpacked is not null)
                LargeNetwork.Unpack(path, opened = Path.Combine(unpacked, "model.onnx"));
            return new(opened, options);
        }
        catch (OnnxRuntimeException problem)
        {
            throw new OnnxException($"ONNX Runtime does not accept the model `{shownAs}`: {problem.Message.ReplaceLineEndings(" ").Replace(opened, shownAs, StringComparison.Ordinal).Trim()}; export the network again with operators, types and an operator set that it knows", problem);
        }
        finally
        {
            // What is mapped stays until it is let go.
            if (unpacked is not null)
                Directory.Delete(unpacked, recursive: true);
        }
    }

    /// <summary>The one environment of the process, before any session, with telemetry and log lines off.</summary>
    static void Environment()
    {
        lock (Gate)
        {
            if (ready)
                return;
            Telemetry.Off();
            ready = true;
        }
    }
}
