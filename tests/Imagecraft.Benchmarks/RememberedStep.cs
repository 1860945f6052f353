// A step of a build as a workspace remembers it: its request, its inputs and its outputs. Unaware of what steps do.

using System.Globalization;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Remembered;
using Imagecraft.Engine.Store;
using Imagecraft.Onnx.Data;
using Imagecraft.Requests;

namespace Imagecraft.Benchmarks;

/// <summary>Reads the memory of a workspace, whose form is <c>remembered.proto</c>, and the contents from the cache.</summary>
/// <param name="store">The cache with which it was built.</param>
/// <param name="record">What is remembered.</param>
public sealed class RememberedStep(ContentStore store, ActionRecord record)
{
    // The SHA-256 of the message stands before it.
    private const int Checksum = 32;

    /// <summary>What a workspace remembers.</summary>
    /// <exception cref="IOException">Nothing was built there.</exception>
    public static Memory MemoryOf(string workspace) => Memory.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(workspace, ".imagecraft", "memory")).AsSpan(Checksum));

    /// <summary>The step of a name.</summary>
    /// <exception cref="InvalidOperationException">It has no result there.</exception>
    public static RememberedStep Find(ContentStore store, string workspace, string id) =>
        MemoryOf(workspace).Actions.FirstOrDefault(action => action.Id == id && action.Outputs.Count > 0) is { } record
            ? new(store, record)
            : throw new InvalidOperationException($"`{id}` was not built in `{workspace}`; run `./build.sh build {id}`");

    /// <summary>What the recipe says of it.</summary>
    public T Request<T>()
        where T : IRequest => RequestJson.Read<T>(File.ReadAllText(InputFile(RequestJson.Input)));

    /// <summary>Path of an input that is a file.</summary>
    public string InputFile(InputSlot slot) => store.FilePath(Input(slot), executable: false);

    /// <summary>An input that is a dataset.</summary>
    public DatasetFolder Dataset(InputSlot slot, string name) => new(new TreeFiles(new StoredTree(store, Input(slot))), name);

    /// <summary>Path of an output that is a file.</summary>
    public string OutputFile(string name)
    {
        var output = record.Outputs.Single(output => output.Name == name);
        return store.FilePath(new(Convert.ToHexStringLower(output.Hash.Span), output.Size), output.Executable);
    }

    // A fact's value is the kind and the digest: `file HASH/SIZE`.
    private Digest Input(InputSlot slot)
    {
        var fact = ManifestText.Read(record.Manifest.ToStringUtf8()).Single(fact => fact.Name.StartsWith($"input {slot.Path} from ", StringComparison.Ordinal));
        var words = fact.Value.Split(' ')[1].Split('/');
        return new(words[0], long.Parse(words[1], CultureInfo.InvariantCulture));
    }

    private sealed class TreeFiles(StoredTree tree) : IDatasetFiles
    {
        public IEnumerable<string> Folders => tree.Folders("");

        public byte[]? Read(string path) => tree.Read(path);
    }
}
