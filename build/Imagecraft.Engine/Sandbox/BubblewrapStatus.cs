// Reads what bubblewrap tells of itself on its status descriptor. Unaware of what runs.

using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Sandbox;

/// <summary>One JSON object a line: the id of the first process inside, as soon as there is one, and the command's exit code, when it was started.</summary>
/// <remarks>Source: bwrap(1), <c>--json-status-fd</c>.</remarks>
static class BubblewrapStatus
{
    /// <summary>The process id; null when bubblewrap ended before it had one.</summary>
    public static int? ReadChild(SafeFileHandle status) => ReadNumber(status, "child-pid");

    /// <summary>The command's exit code, to be read when all has ended; null when the command was never started.</summary>
    public static int? ReadExitCode(SafeFileHandle status) => ReadNumber(status, "exit-code");

    static int? ReadNumber(SafeFileHandle status, string name)
    {
        while (Descriptors.ReadLine(status) is { Length: > 0 } line)
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.TryGetProperty(name, out var value))
                return value.GetInt32();
        }

        return null;
    }
}
