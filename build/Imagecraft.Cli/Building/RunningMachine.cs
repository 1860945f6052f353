// Where the machine of a `run` can be reached by other calls, as long as it runs. Unaware of who comes.

using Imagecraft.Engine.Files;

namespace Imagecraft.Cli.Building;

/// <summary>The record of one machine; it is taken away when this is disposed.</summary>
public sealed class RunningMachine(string workspaceRoot, string board, string image) : IDisposable
{
    private string RecordFile => Path.Combine(workspaceRoot, ".imagecraft", "running", $"{board}.{image}");

    private bool _isOurs;

    /// <summary>The socket of its way in; null: no such machine runs.</summary>
    public string? Socket => File.Exists(RecordFile) && File.ReadAllText(RecordFile).Trim() is { Length: > 0 } path && File.Exists(path) ? path : null;

    /// <summary>Records the socket; a second machine of the same image takes the place of the first.</summary>
    public void Record(string socket)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(RecordFile)!);
        AtomicFile.Write(RecordFile, socket + "\n");
        _isOurs = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isOurs)
            File.Delete(RecordFile);
    }
}
