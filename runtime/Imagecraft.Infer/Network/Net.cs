// One loaded network on ONNX Runtime: its CPU provider, and an accelerator's where one is asked for. Unaware of files of tensors and of commands.

using Imagecraft.Infer.Accelerators;
using Imagecraft.Infer.Data;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Infer.Network;

/// <summary>A session with its inputs and outputs.</summary>
sealed class Net : IDisposable
{
    // They would quantize what the build left float, and move the pairs that it set: what is computed would be another thing than what was judged.
    static readonly string[] Harmful = ["QDQPropagationTransformer", "WeightBiasQuantization"];

    readonly InferenceSession session;
    readonly RunOptions options = new();

    readonly Provider? provider;

    Net(InferenceSession session, bool isArranged, Provider? provider = null)
    {
        (this.session, this.provider) = (session, provider);
        IsArranged = isArranged;
        Inputs = [.. session.InputNames.Select(name => PortOf(name, session.InputMetadata[name]))];
        Outputs = [.. session.OutputNames.Select(name => PortOf(name, session.OutputMetadata[name]))];
    }

    /// <summary>Whether it was arranged for this machine's processor.</summary>
    public bool IsArranged { get; }

    public Port[] Inputs { get; }

    public Port[] Outputs { get; }

    /// <summary>Where its nodes run, and what the accelerator has done for it so far; null when all run on the processor.</summary>
    public Placement? Placement => provider is null ? null : Placement.Read(provider);

    /// <summary>Who compiled the accelerator's parts, and why not the build; null when all run on the processor.</summary>
    public string? Parts { get; private init; }

    /// <summary>What the producer wrote into the model.</summary>
    public ModelMetadata Metadata => session.ModelMetadata;

    /// <summary>The shape of an input that has free axes, as the build used it; null when the model does not tell.</summary>
    public long[]? UsualShape(Port port) =>
        session.ModelMetadata.CustomMetadataMap.TryGetValue("imagecraft.shape." + port.Name, out var text) && InputFile.ParseShape(text) is var sizes && sizes.Length == port.Shape.Length ? sizes : null;

    /// <summary>Loads a model; all that holds for any processor the build did.</summary>
    public static Net Load(string path, LoadOptions how)
    {
        var bytes = Files.ReadAll(path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        try
        {
            var isPlain = !how.Arranges || OrtHeader.IsOrt(bytes);
            if (Selection.Of(how.Device) is { } selection)
                return OnAccelerator(path, bytes, how, isPlain, folder, selection);
            if (isPlain)
                return new(Open(bytes, how, GraphOptimizationLevel.ORT_DISABLE_ALL, folder), isArranged: false);
            var leftOut = string.Join(';', [.. Harmful, .. ModelHeader.Parse(bytes).LeftOut]);
            // What lies beside the network is in no one file of the cache.
            return new(
                how.Cache is null || File.Exists(path + ".data")
                    ? Open(bytes, how, GraphOptimizationLevel.ORT_ENABLE_ALL, folder, leftOut)
                    : Cached(bytes, how, folder, leftOut, LoadCache.PathOf(how.Cache, bytes, OrtEnv.Instance().GetVersionString(), leftOut)),
                isArranged: true);
        }
        catch (OnnxRuntimeException problem)
        {
            throw new InferException($"`{path}` is not a model that ONNX Runtime can load: {Words(problem)}", problem);
        }
    }

    // Parts that the build compiled are taken where they fit; otherwise the provider compiles them now, which gives the same.
    static Net OnAccelerator(string path, byte[] bytes, LoadOptions how, bool isPlain, string folder, Selection selection)
    {
        var (contexts, reason) = BuiltContexts.Beside(path, bytes);
        try
        {
            if (contexts is not null)
                return OnAccelerator(contexts, how, isPlain, folder, selection, "compiled by the build");
        }
        catch (InferException problem)
        {
            reason = problem.Message;
        }
        catch (OnnxRuntimeException problem)
        {
            // That nothing runs a compiled part follows from what the provider met, which ONNX Runtime passed over.
            reason = Placement.Problem(selection.Provider) ?? Words(problem);
        }

        return OnAccelerator(bytes, how, isPlain, folder, selection, reason is null ? "compiled at load" : $"compiled at load: {reason}");
    }

    // What is left for the processor is arranged for it, but never cached: a part of another processor's is compiled in each session.
    static Net OnAccelerator(byte[] bytes, LoadOptions how, bool isPlain, string folder, Selection selection, string parts)
    {
        var leftOut = isPlain ? "" : string.Join(';', [.. Harmful, .. ModelHeader.Parse(bytes).LeftOut]);
        var net = new Net(Open(bytes, how, isPlain ? GraphOptimizationLevel.ORT_DISABLE_ALL : GraphOptimizationLevel.ORT_ENABLE_ALL, folder, leftOut, selection: selection), !isPlain, selection.Provider) { Parts = parts };
        try
        {
            var placement = net.Placement!;
            if (how.Device.IsRequired)
                placement.Require();
            if (how.Device.Kind == DeviceKind.Npu && placement.Regions == 0)
                throw new InferException($"`--device npu`: nothing of the network is on the accelerator; `imagecraft-infer info MODEL --device auto` says why of each node");
            return net;
        }
        catch
        {
            net.Dispose();
            throw;
        }
    }

    static InferenceSession Cached(byte[] bytes, LoadOptions how, string folder, string leftOut, string cached)
    {
        if (File.Exists(cached))
        {
            try
            {
                return Open(LoadCache.Read(cached), how, GraphOptimizationLevel.ORT_DISABLE_ALL, folder);
            }
            catch (Exception problem) when (problem is OnnxRuntimeException or InferException)
            {
                // Damaged: it is made again.
            }
        }

        var made = $"{cached}.{Environment.ProcessId}";
        try
        {
            return Open(bytes, how, GraphOptimizationLevel.ORT_ENABLE_ALL, folder, leftOut, made);
        }
        catch (OnnxRuntimeException)
        {
            // A cache that cannot be written is no reason not to compute; a network that cannot be loaded fails once more.
            return Open(bytes, how, GraphOptimizationLevel.ORT_ENABLE_ALL, folder, leftOut);
        }
        finally
        {
            LoadCache.Keep(made, cached);
        }
    }

    static InferenceSession Open(byte[] bytes, LoadOptions how, GraphOptimizationLevel level, string folder, string leftOut = "", string? saveAs = null, Selection? selection = null)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = how.Threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = level,
            // What is wrong is thrown; all else is for who builds networks.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("optimization.disable_specified_optimizers", leftOut);
        // Values that lie beside the model; ONNX Runtime follows no name that leads out of the folder.
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);
        if (saveAs is not null)
        {
            options.OptimizedModelFilePath = saveAs;
            options.AddSessionConfigEntry("session.save_model_format", "ORT");
        }
        if (selection is not null)
            options.AppendExecutionProvider(OrtEnv.Instance(), [selection.Device], new Dictionary<string, string>());
        return new(bytes, options);
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
