// One loaded network on ONNX Runtime's CPU provider. Unaware of files of tensors and of commands.

using Imagecraft.Infer.Data;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Infer.Network;

/// <summary>A session with its inputs and outputs.</summary>
sealed class Net : IDisposable
{
    readonly InferenceSession session;
    readonly RunOptions options = new();

    Net(InferenceSession session)
    {
        this.session = session;
        Inputs = [.. session.InputNames.Select(name => PortOf(name, session.InputMetadata[name]))];
        Outputs = [.. session.OutputNames.Select(name => PortOf(name, session.OutputMetadata[name]))];
    }

    public Port[] Inputs { get; }

    public Port[] Outputs { get; }

    /// <summary>What the producer wrote into the model.</summary>
    public ModelMetadata Metadata => session.ModelMetadata;

    /// <summary>The shape of an input that has free axes, as the build used it; null when the model does not tell.</summary>
    public long[]? UsualShape(Port port) =>
        session.ModelMetadata.CustomMetadataMap.TryGetValue("imagecraft.shape." + port.Name, out var text) && InputFile.ParseShape(text) is var sizes && sizes.Length == port.Shape.Length ? sizes : null;

    /// <summary>Loads a model as it is: graph optimization is the build's job, and would make results depend on the machine.</summary>
    public static Net Load(string path, int threads)
    {
        var bytes = Files.ReadAll(path);
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
        };
        // Values that lie beside the model; ONNX Runtime follows no name that leads out of the folder.
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
        try
        {
            return new(new InferenceSession(bytes, options));
        }
        catch (OnnxRuntimeException problem)
        {
            throw new InferException($"`{path}` is not a model that ONNX Runtime can load: {Words(problem)}", problem);
        }
    }

    /// <summary>An error when inputs are missing, unknown, or of another type or shape.</summary>
    public void Check(IReadOnlyDictionary<string, Tensor> inputs)
    {
        foreach (var name in inputs.Keys)
            Input(name);
        var missing = Inputs.Where(port => !inputs.ContainsKey(port.Name)).Select(port => $"{port.Name}: {port.Type.Name()} {Tensor.Format(port.Shape)}").ToArray();
        if (missing.Length > 0)
            throw new InferException($"Inputs are missing: [{string.Join(", ", missing)}], give each with --input NAME=FILE");
        foreach (var port in Inputs)
            port.Check(inputs[port.Name]);
    }

    /// <summary>The input of a name, or an error that lists the inputs there are.</summary>
    public Port Input(string name) => Find(Inputs, name, "input");

    /// <summary>The output of a name, or an error that lists the outputs there are.</summary>
    public Port Output(string name) => Find(Outputs, name, "output");

    /// <summary>Computes all outputs. The inputs have passed <see cref="Check"/>.</summary>
    public unsafe Dictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> inputs)
    {
        var values = new OrtValue[Inputs.Length];
        var pins = new System.Buffers.MemoryHandle[Inputs.Length];
        try
        {
            for (var i = 0; i < values.Length; i++)
            {
                var tensor = inputs[Inputs[i].Name];
                pins[i] = tensor.Bytes.Pin();
                values[i] = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, OrtTypes.ToOrt(tensor.Type), tensor.Shape, (nint)pins[i].Pointer, tensor.Bytes.Length);
            }
            using var results = session.Run(options, session.InputNames, values, session.OutputNames);
            var outputs = new Dictionary<string, Tensor>(Outputs.Length);
            for (var i = 0; i < Outputs.Length; i++)
                outputs[Outputs[i].Name] = Copy(results[i]);
            return outputs;
        }
        catch (OnnxRuntimeException problem)
        {
            throw new InferException($"The network failed: {Words(problem)}", problem);
        }
        finally
        {
            foreach (var value in values)
                value?.Dispose();
            foreach (var pin in pins)
                pin.Dispose();
        }
    }

    /// <summary>Says once where all inputs are read and all outputs are written.</summary>
    public OrtIoBinding Bind(IReadOnlyDictionary<string, OrtValue> inputs, IReadOnlyDictionary<string, OrtValue> outputs)
    {
        var binding = session.CreateIoBinding();
        foreach (var (name, value) in inputs)
            binding.BindInput(name, value);
        foreach (var (name, value) in outputs)
            binding.BindOutput(name, value);
        return binding;
    }

    /// <summary>Computes all outputs into where they are bound; allocates no managed memory.</summary>
    public void Run(OrtIoBinding binding)
    {
        try
        {
            session.RunWithBinding(options, binding);
        }
        catch (OnnxRuntimeException problem)
        {
            throw new InferException($"The network failed: {Words(problem)}", problem);
        }
    }

    public void Dispose()
    {
        options.Dispose();
        session.Dispose();
    }

    static Tensor Copy(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        return new(OrtTypes.FromOrt(info.ElementDataType, "an output"), info.Shape, value.GetTensorMutableRawData().ToArray());
    }

    static Port Find(Port[] ports, string name, string kind) =>
        Array.Find(ports, port => port.Name == name)
        ?? throw new InferException($"The model has no {kind} `{name}`, it has [{string.Join(", ", ports.Select(port => port.Name))}]");

    static Port PortOf(string name, NodeMetadata metadata) => metadata.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR
        ? new(name, OrtTypes.FromOrt(metadata.ElementDataType, $"`{name}`"), [.. metadata.Dimensions.Select(dimension => (long)dimension)])
        : throw new InferException($"`{name}` of the model is no tensor, which is not supported");

    /// <summary>ONNX Runtime's message in one line.</summary>
    static string Words(OnnxRuntimeException problem) => problem.Message.ReplaceLineEndings(" ").Trim();
}
