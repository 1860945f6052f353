// The SDK's own gdb on the terminal. Unaware of machines.

using Imagecraft.Cli.Debugging;
using Imagecraft.Cli.Output;

namespace Imagecraft.Cli.Development;

/// <summary>One run of it; its folder lives until it is disposed.</summary>
/// <param name="sdk">Has it.</param>
/// <param name="program">What it looks at, with symbols.</param>
public sealed class SdkDebugger(UnpackedSdk sdk, string program) : IDebugger, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imagecraft-debug-");

    /// <inheritdoc/>
    public string Folder => _folder.FullName;

    /// <inheritdoc/>
    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <inheritdoc/>
    public int Run(IEnumerable<string> begin, IReadOnlyCollection<string> execute)
    {
        var script = PathOf("session.gdb");
        File.WriteAllLines(script, [.. SandboxedDebugger.Usual, $"file {program}", .. begin]);
        return TerminalProgram.Run([sdk.Debugger, "-q", "-nx", "-x", script, .. SandboxedDebugger.Commands(execute)]);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
