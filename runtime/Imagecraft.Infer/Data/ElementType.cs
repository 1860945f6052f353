// The element types that tensors in files may have. Unaware of files and of ONNX Runtime.

namespace Imagecraft.Infer.Data;

/// <summary>Type of a tensor's elements.</summary>
enum ElementType
{
    Float16,
    Float32,
    Float64,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Bool,
}

/// <summary>Names, sizes and NumPy descriptors of <see cref="ElementType"/>.</summary>
static class ElementTypes
{
    static readonly (ElementType Type, string Name, string Numpy, int Size)[] Table =
    [
        (ElementType.Float16, "float16", "<f2", 2),
        (ElementType.Float32, "float32", "<f4", 4),
        (ElementType.Float64, "float64", "<f8", 8),
        (ElementType.Int8, "int8", "|i1", 1),
        (ElementType.Int16, "int16", "<i2", 2),
        (ElementType.Int32, "int32", "<i4", 4),
        (ElementType.Int64, "int64", "<i8", 8),
        (ElementType.UInt8, "uint8", "|u1", 1),
        (ElementType.UInt16, "uint16", "<u2", 2),
        (ElementType.UInt32, "uint32", "<u4", 4),
        (ElementType.UInt64, "uint64", "<u8", 8),
        (ElementType.Bool, "bool", "|b1", 1),
    ];

    /// <summary>Size of one element in bytes.</summary>
    public static int Size(this ElementType type) => Table[(int)type].Size;

    /// <summary>The name people write, e.g. <c>float32</c>.</summary>
    public static string Name(this ElementType type) => Table[(int)type].Name;

    /// <summary>NumPy's <c>descr</c>, little-endian.</summary>
    public static string Numpy(this ElementType type) => Table[(int)type].Numpy;

    /// <summary>The type of a name, or null.</summary>
    public static ElementType? FromName(string name) => Find(row => row.Name == name);

    /// <summary>The type of NumPy's <c>descr</c>, or null; single bytes have no order, so <c>&lt;</c>, <c>=</c> and <c>|</c> mean the same there.</summary>
    public static ElementType? FromNumpy(string descr) =>
        Find(row => descr.Length == 3 && row.Numpy[1..] == descr[1..] && (descr[0] is '<' or '=' || (row.Size == 1 && descr[0] is '|' or '>')));

    /// <summary>All names in brackets, for messages.</summary>
    public static string All => $"[{string.Join(", ", Table.Select(row => row.Name))}]";

    static ElementType? Find(Func<(ElementType Type, string Name, string Numpy, int Size), bool> wanted)
    {
        foreach (var row in Table)
            if (wanted(row))
                return row.Type;
        return null;
    }
}
