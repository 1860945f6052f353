// A folder that lives as long as a test.

namespace Imagecraft.Onnx.Tests;

public sealed class TemporaryFolder : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("imagecraft-onnx-").FullName;

    public string this[string name] => Path.Combine(root, name);

    public string Root => root;

    public void Dispose() => Directory.Delete(root, recursive: true);
}
