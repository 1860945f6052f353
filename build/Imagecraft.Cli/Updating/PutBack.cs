// Files that are as they were again, unless somebody says that they are to stay. Unaware of what is in them.

using Imagecraft.Engine.Files;

namespace Imagecraft.Cli.Updating;

/// <summary>Writes files, and on its end what was in them before. A file that somebody else has changed meanwhile stays as it is.</summary>
/// <param name="root">Folder that names of files are relative to.</param>
public sealed class PutBack(string root) : IDisposable
{
    private readonly SortedDictionary<string, (string Before, string Written)> _files = new(StringComparer.Ordinal);
    private bool _stays;

    /// <summary>What was not put back, because somebody else had changed it; known at the end.</summary>
    public IReadOnlyList<string> Foreign { get; private set; } = [];

    /// <summary>Writes texts in place of files.</summary>
    public void Write(IEnumerable<KeyValuePair<string, string>> texts)
    {
        foreach (var (name, text) in texts)
        {
            var before = _files.TryGetValue(name, out var known) ? known.Before : File.ReadAllText(Path.Combine(root, name));
            _files[name] = (before, text);
            AtomicFile.Write(Path.Combine(root, name), text);
        }
    }

    /// <summary>The files stay as they were written.</summary>
    public void Keep() => _stays = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_stays)
            return;
        _stays = true;
        var foreign = new List<string>();
        foreach (var (name, (before, written)) in _files)
        {
            if (File.Exists(Path.Combine(root, name)) && File.ReadAllText(Path.Combine(root, name)) == written)
                AtomicFile.Write(Path.Combine(root, name), before);
            else
                foreign.Add(name);
        }

        Foreign = foreign;
    }
}
