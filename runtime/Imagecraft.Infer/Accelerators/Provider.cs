// Execution providers of accelerators that are installed beside the program. Unaware of networks.

using System.Runtime.InteropServices;
using System.Text.Json;
using Imagecraft.Infer.Data;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Infer.Accelerators;

/// <summary>A provider's library, as <c>providers/NAME.json</c> beside the program names it.</summary>
/// <param name="Accelerator">The accelerator that it is for.</param>
/// <param name="Name">As ONNX Runtime calls the provider.</param>
/// <param name="Library">Path of its library.</param>
sealed record Provider(string Accelerator, string Name, string Library)
{
    const string Folder = "providers", ReportFunction = "imagecraft_provider_report";

    // A library that is unregistered under a living session takes the program with it, so none ever is before the program ends.
    static readonly HashSet<string> registered = [];

    /// <summary>All that are installed.</summary>
    public static Provider[] Installed()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, Folder);
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read)] : [];
    }

    /// <summary>The devices that its library offers; none where there is no hardware, or its driver does not fit.</summary>
    public OrtEpDevice[] Devices()
    {
        Register();
        return [.. OrtEnv.Instance().GetEpDevices().Where(device => device.EpName == Name)];
    }

    /// <summary>What the provider tells of itself and of its sessions, as JSON; null when it tells nothing.</summary>
    public unsafe JsonDocument? Report()
    {
        Register();
        if (!NativeLibrary.TryLoad(Library, out var library) || !NativeLibrary.TryGetExport(library, ReportFunction, out var function))
            return null;
        var write = (delegate* unmanaged<byte*, nuint, nuint>)function;
        // Between two calls it may grow.
        for (var size = write(null, 0); size > 0;)
        {
            var bytes = new byte[size];
            fixed (byte* start = bytes)
                size = write(start, (nuint)bytes.Length);
            if (size <= (nuint)bytes.Length)
                return JsonDocument.Parse(bytes.AsMemory(0, (int)size));
        }
        return null;
    }

    void Register()
    {
        if (registered.Contains(Name))
            return;
        try
        {
            OrtEnv.Instance().RegisterExecutionProviderLibrary(Name, Library);
        }
        catch (OnnxRuntimeException problem)
        {
            throw new InferException($"The execution provider `{Library}` cannot be loaded: {problem.Message.ReplaceLineEndings(" ").Trim()}", problem);
        }
        registered.Add(Name);
    }

    static Provider Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(Files.ReadAll(path));
            string Text(string key) => document.RootElement.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
                ? text
                : throw new InferException($"`{path}` lacks `{key}`");
            return new(Text("accelerator"), Text("provider"), Path.Combine(Path.GetDirectoryName(path)!, Text("library")));
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new InferException($"`{path}` describes no execution provider: {problem.Message.Split('\n')[0]}", problem);
        }
    }
}
