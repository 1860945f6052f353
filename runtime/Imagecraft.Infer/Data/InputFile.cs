// What `--input NAME=FILE[:TYPE[SHAPE]]` says. Unaware of networks.

namespace Imagecraft.Infer.Data;

/// <summary>A named input from a <c>.npy</c> file, or a raw file with type and shape.</summary>
static class InputFile
{
    /// <summary>Reads <c>name=file.npy</c> or <c>name=file.raw:float32[1,512]</c>.</summary>
    public static (string Name, Tensor Tensor) Read(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1 || equals == argument.Length - 1)
            throw new InferException($"`--input {argument}` is not NAME=FILE.npy or NAME=FILE:TYPE[SHAPE]");
        var (name, file) = (argument[..equals], argument[(equals + 1)..]);
        var colon = file.LastIndexOf(':');
        if (colon < 0 || !file.EndsWith(']'))
            return (name, Npy.Read(file));
        var (type, shape) = ParseType(file[(colon + 1)..]);
        return (name, new(type, shape, Files.Read(file[..colon], Tensor.Length(type, shape), $"{type.Name()} {Tensor.Format(shape)}")));
    }

    /// <summary>Reads <c>float32[1,512]</c>.</summary>
    static (ElementType Type, long[] Shape) ParseType(string text)
    {
        var bracket = text.IndexOf('[', StringComparison.Ordinal);
        if (bracket < 0 || ElementTypes.FromName(text[..bracket]) is not { } type)
            throw new InferException($"`{text}` is not TYPE[SHAPE] with a type of {ElementTypes.All}");
        return (type, ParseShape(text[(bracket + 1)..^1]));
    }

    /// <summary>Reads <c>1,512</c>; nothing at all is a scalar.</summary>
    public static long[] ParseShape(string text)
    {
        if (text.Trim().Length == 0)
            return [];
        return [.. text.Split(',').Select(word => long.TryParse(word.Trim(), out var size) && size >= 0
            ? size
            : throw new InferException($"`{word.Trim()}` in the shape `{text}` is not a dimension"))];
    }
}
