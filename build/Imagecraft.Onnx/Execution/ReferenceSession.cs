// Reference execution by ONNX Runtime on the build host. Unaware of passes and samples.

using Google.Protobuf;
using Imagecraft.Onnx.Protos;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Onnx.Execution;

/// <summary>Single-threaded, sequential sessions, so that sums are formed in the same order every time; telemetry off.</summary>
public sealed class ReferenceSession : IDisposable
{
    /// <summary>Moves pairs of QuantizeLinear and DequantizeLinear over operators that the quantizer left float because they are slow on integers.</summary>
    internal const string MovesPairs = "QDQPropagationTransformer";

    /// <summary>The setting that names them.</summary>
    internal const string DisabledOptimizers = "optimization.disable_specified_optimizers";

    static readonly Lock Gate = new();
    static bool ready;

    readonly InferenceSession session;
    readonly string shownAs;
    readonly RunOptions run = new();

    ReferenceSession(InferenceSession session, string shownAs) => (this.session, this.shownAs) = (session, shownAs);

    /// <summary>Inputs with their fixed shapes and types; a free dimension is -1.</summary>
    public IReadOnlyList<TensorPort> Inputs => [.. session.InputNames.Select(name => TensorPort.Of(name, session.InputMetadata[name]))];

    /// <summary>Outputs, as <see cref="Inputs"/>.</summary>
    public IReadOnlyList<TensorPort> Outputs => [.. session.OutputNames.Select(name => TensorPort.Of(name, session.OutputMetadata[name]))];

    /// <summary>Opens a model as it is, without any optimization; <paramref name="shownAs"/> names it in messages.</summary>
    public static ReferenceSession Load(string path, string shownAs)
    {
        using var options = Options(GraphOptimizationLevel.ORT_DISABLE_ALL);
        // An arena keeps up to twice of what a network ever held, for each session.
        options.EnableCpuMemArena = false;
        return new(Open(path, options, shownAs), shownAs);
    }

    /// <summary>Runs once on float tensors of fixed shape.</summary>
    /// <param name="inputs">All inputs by name.</param>
    public Dictionary<string, FloatTensor> Run(IReadOnlyDictionary<string, FloatTensor> inputs)
    {
        var outputs = new Dictionary<string, FloatTensor>();
        Visit(inputs, (name, shape, values) => outputs.Add(name, new(shape, values.ToArray())));
        return outputs;
    }

    /// <summary>As <see cref="Run"/>, but shows each output where it lies, valid for the time of the call.</summary>
    /// <param name="inputs">All inputs by name.</param>
    /// <param name="visit">Called for each output in the model's order.</param>
    internal void Visit(IReadOnlyDictionary<string, FloatTensor> inputs, TensorVisitor visit)
    {
        var values = session.InputNames.ToDictionary(name => name, name => OrtValue.CreateTensorValueFromMemory(inputs[name].Values, inputs[name].Shape));
        try
        {
            using var results = session.Run(run, values, session.OutputNames);
            for (var i = 0; i < results.Count; i++)
                visit(session.OutputNames[i], results[i].GetTensorTypeAndShape().Shape, results[i].GetTensorDataAsSpan<float>());
        }
        catch (OnnxRuntimeException problem)
        {
            throw RuntimeFault.OfRun(problem, shownAs);
        }
        finally
        {
            foreach (var value in values.Values)
                value.Dispose();
        }
    }

    /// <summary>The outputs of a network without inputs, as far as they are tensors of numbers.</summary>
    internal List<TensorProto> RunToTensors()
    {
        try
        {
            using var results = session.Run(run, new Dictionary<string, OrtValue>(), session.OutputNames);
            return [.. session.OutputNames.Zip(results).Where(pair => pair.Second.IsTensor && !pair.Second.GetTensorTypeAndShape().IsString).Select(pair => Tensor(pair.First, pair.Second))];
        }
        catch (OnnxRuntimeException problem)
        {
            throw RuntimeFault.OfRun(problem, $"{shownAs} (its constants)");
        }

        static TensorProto Tensor(string name, OrtValue value)
        {
            var info = value.GetTensorTypeAndShape();
            // ONNX Runtime numbers element types as the file format does.
            return new() { Name = name, DataType = (int)info.ElementDataType, Dims = { info.Shape }, RawData = ByteString.CopyFrom(value.GetTensorMutableRawData()) };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        run.Dispose();
        session.Dispose();
    }

    internal static SessionOptions Options(GraphOptimizationLevel level)
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
        options.AddSessionConfigEntry(DisabledOptimizers, MovesPairs);
        return options;
    }

    internal static InferenceSession Open(string path, SessionOptions options, string shownAs)
    {
        // It tells the formats apart by the ending of the name, which files of a store do not have.
        if (OrtFile.IsOne(path))
            options.AddSessionConfigEntry("session.load_model_format", "ORT");
        try
        {
            return new(path, options);
        }
        catch (OnnxRuntimeException problem)
        {
            throw new OnnxException($"ONNX Runtime does not accept the model `{shownAs}`: {problem.Message.ReplaceLineEndings(" ")}", problem);
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

/// <summary>Sees one output of a run.</summary>
delegate void TensorVisitor(string name, long[] shape, ReadOnlySpan<float> values);
