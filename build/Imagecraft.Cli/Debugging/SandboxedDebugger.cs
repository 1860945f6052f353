// The debugger in its sandbox, on the terminal. Unaware of machines.

using Imagecraft.Planning.Debugging;

namespace Imagecraft.Cli.Debugging;

/// <summary>One run of it.</summary>
/// <param name="inspection">Its sandbox.</param>
/// <param name="program">What it looks at.</param>
public sealed class SandboxedDebugger(Inspection inspection, ImageProgram program) : IDebugger
{
    // What programs print may be anything, and a script must not wait for a key.
    internal static readonly string[] Usual = ["set pagination off", "set confirm off", "set history save off", "set auto-load safe-path /nowhere", "set debuginfod enabled off"];

    /// <inheritdoc/>
    public string Folder => inspection.Folder;

    /// <inheritdoc/>
    public string PathOf(string name) => $"/build/{name}";

    /// <inheritdoc/>
    public int Run(IEnumerable<string> begin, IReadOnlyCollection<string> execute)
    {
        string[] lines = [.. Usual, $"set sysroot {InspectionPlan.Root}", $"set debug-file-directory {InspectionPlan.Root}/usr/lib/debug", $"file {InspectionPlan.Root}{program.Path}", .. begin];
        File.WriteAllLines(Path.Combine(inspection.Folder, InspectionPlan.Script), lines);
        return inspection.Run(Commands(execute));
    }

    internal static IEnumerable<string> Commands(IReadOnlyCollection<string> execute) => [.. execute.SelectMany(command => new[] { "-ex", command }), .. execute.Count > 0 ? ["-batch"] : Array.Empty<string>()];
}
