// Switches ONNX Runtime's telemetry off before its library is loaded.

using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Imagecraft.Onnx.Execution;

/// <summary>ONNX Runtime reads <c>ORT_DISABLE_TELEMETRY</c> from the C environment, which .NET's own setter does not reach on Linux.</summary>
static partial class Telemetry
{
    public static void Off()
    {
        if (SetEnvironment("ORT_DISABLE_TELEMETRY", "1", 1) != 0)
            throw new InvalidOperationException("Cannot set `ORT_DISABLE_TELEMETRY`");
        var options = new EnvironmentCreationOptions { logId = "imagecraft", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        OrtEnv.CreateInstanceWithOptions(ref options).DisableTelemetryEvents();
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
