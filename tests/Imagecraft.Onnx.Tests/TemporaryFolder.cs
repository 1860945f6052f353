// A folder that lives as long as a test.

using Imagecraft.Onnx.Data;

namespace Imagecraft.Onnx.Tests;

public sealed class TemporaryFolder : IDatasetFiles, IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("imagecraft-onnx-").FullName;

    public string this[string name] => Path.Combine(root, name);

    public string Root => root;

    public IEnumerable<string> Folders => Directory.EnumerateDirectories(root).Select(folder => Path.GetFileName(folder));

    public byte[]? Read(string path) => File.Exists(this[path]) ? File.ReadAllBytes(this[path]) : null;

    public void Dispose() => Directory.Delete(root, recursive: true);
}
