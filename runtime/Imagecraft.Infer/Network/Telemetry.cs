// Switches ONNX Runtime's telemetry off before its library is loaded. Unaware of networks.

using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Infer.Network;

/// <summary>ONNX Runtime reads <c>ORT_DISABLE_TELEMETRY</c> from the C environment, which .NET's own setter does not reach on Linux.</summary>
static partial class Telemetry
{
    /// <summary>Must run before anything else of ONNX Runtime.</summary>
    public static void Off()
    {
        if (SetEnvironment("ORT_DISABLE_TELEMETRY", "1", 1) != 0)
            throw new InferException("Cannot set `ORT_DISABLE_TELEMETRY` in the environment");
        // Errors come back as exceptions; the library's own log lines would repeat them.
        var options = new EnvironmentCreationOptions { logId = "imagecraft-infer", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        OrtEnv.CreateInstanceWithOptions(ref options).DisableTelemetryEvents();
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
