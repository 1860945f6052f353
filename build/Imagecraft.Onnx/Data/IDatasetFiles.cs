// Where the files of a dataset are read from. Unaware of what they mean.

namespace Imagecraft.Onnx.Data;

/// <summary>Files by path below a dataset's root. A dataset may come from anybody, so no name and no link may lead out of that root.</summary>
public interface IDatasetFiles
{
    /// <summary>The names of the folders at the root.</summary>
    IEnumerable<string> Folders { get; }

    /// <summary>The content of a file; null when there is none at the path.</summary>
    byte[]? Read(string path);
}
