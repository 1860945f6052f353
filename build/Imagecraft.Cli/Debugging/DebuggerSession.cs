// The debugger on the terminal. Unaware of machines.

using Imagecraft.Planning.Debugging;

namespace Imagecraft.Cli.Debugging;

/// <summary>One run of it.</summary>
public static class DebuggerSession
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="inspection">Its sandbox.</param>
    /// <param name="program">What it looks at.</param>
    /// <param name="begin">Its first commands.</param>
    /// <param name="execute">What a person or a script wants; when there is something, the debugger ends by itself.</param>
    /// <returns>Its exit code.</returns>
    public static int Run(Inspection inspection, ImageProgram program, IEnumerable<string> begin, IReadOnlyCollection<string> execute)
    {
        // What programs print may be anything, and a script must not wait for a key.
        string[] lines =
        [
            "set pagination off", "set confirm off", "set history save off", "set auto-load safe-path /nowhere", "set debuginfod enabled off",
            $"set sysroot {InspectionPlan.Root}", $"set debug-file-directory {InspectionPlan.Root}/usr/lib/debug", $"file {InspectionPlan.Root}{program.Path}",
            .. begin,
        ];
        File.WriteAllLines(Path.Combine(inspection.Folder, InspectionPlan.Script), lines);
        return inspection.Run([.. execute.SelectMany(command => new[] { "-ex", command }), .. execute.Count > 0 ? ["-batch"] : Array.Empty<string>()]);
    }
}
