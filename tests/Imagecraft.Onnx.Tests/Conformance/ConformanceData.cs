// The test cases of operators that the ONNX project publishes. Unaware of what is done with them.

using Google.Protobuf;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Tests.Conformance;

/// <summary>One case: a model of one or few nodes with inputs and the outputs they must give.</summary>
public sealed record ConformanceCase(string Name, string ModelPath, IReadOnlyList<string> InputPaths, IReadOnlyList<string> OutputPaths);

/// <summary>Debian's package <c>libonnx-testdata</c>, unpacked.</summary>
public static class ConformanceData
{
    public const string Variable = "IMAGECRAFT_TEST_ONNX_DATA";

    static string Root
    {
        get
        {
            var root = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set ? Path.Combine(set, "usr", "share", "libonnx-testdata", "data") : null;
            return root is not null && Directory.Exists(root)
                ? root
                : throw new InvalidOperationException($"`{Variable}` does not name a folder with `usr/share/libonnx-testdata/data`; run the tests by `./build.sh test`, or unpack Debian's package `libonnx-testdata` (`dpkg-deb -x PACKAGE FOLDER`) and set it to that folder");
        }
    }

    /// <summary>Whole networks, with weights that are made as they run.</summary>
    public static IReadOnlyList<string> Networks => [.. Directory.EnumerateFiles(Path.Combine(Root, "light"), "*.onnx").Order(StringComparer.Ordinal)];

    /// <summary>All cases of single operators, by name.</summary>
    public static IReadOnlyList<ConformanceCase> Cases => Of("node");

    /// <summary>Small networks of several operators, and what PyTorch exported for its layers.</summary>
    public static IReadOnlyList<ConformanceCase> Models => [.. new[] { "simple", "pytorch-converted", "pytorch-operator" }.SelectMany(Of)];

    static ConformanceCase[] Of(string kind) =>
    [
        .. Directory.EnumerateDirectories(Path.Combine(Root, kind)).Order(StringComparer.Ordinal).Select(folder => new ConformanceCase(
            Path.GetFileName(folder), Path.Combine(folder, "model.onnx"), Values(folder, "input"), Values(folder, "output"))),
    ];

    /// <summary>The tensor in a file, or null when it holds something else.</summary>
    public static TensorProto? Tensor(string path)
    {
        try
        {
            var tensor = TensorProto.Parser.ParseFrom(File.ReadAllBytes(path));
            return tensor.DataType > 0 ? tensor : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    static string[] Values(string folder, string kind) =>
        [.. Directory.EnumerateFiles(Path.Combine(folder, "test_data_set_0"), $"{kind}_*.pb").OrderBy(path => int.Parse(Path.GetFileNameWithoutExtension(path).AsSpan(kind.Length + 1), System.Globalization.CultureInfo.InvariantCulture))];
}
