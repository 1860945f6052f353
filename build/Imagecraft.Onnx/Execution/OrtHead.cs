// Puts the head of an `.ort` file into one order. Unaware of networks.
// Source: ort.fbs of ONNX Runtime (tables InferenceSession, KernelTypeStrResolver and what lies in it) and the binary format of FlatBuffers.

using System.Collections.Immutable;
using System.Text;

namespace Imagecraft.Onnx.Execution;

/// <summary>
/// ONNX Runtime writes the constraints of kernels' types out of hash tables whose order differs from run to run; all else is written in the order of the graph, behind them. The constraints are
/// read, sorted and written anew in front of the rest, which stays as it is: within a FlatBuffer, places are relative.
/// </summary>
static class OrtHead
{
    const int SessionVersion = 0, SessionModel = 1, SessionResolver = 3;

    /// <summary>The file ends at a multiple of it, so that whatever was aligned to its end still is aligned.</summary>
    const int Alignment = 64;

    sealed record Argument(byte Kind, int Index);

    sealed record Constraint(string Name, ImmutableArray<Argument> Arguments);

    sealed record OperatorConstraints(string Name, ImmutableArray<Constraint> Constraints);

    /// <summary>The same file in order; one without constraints is in order already.</summary>
    public static byte[] Sort(byte[] file)
    {
        var session = FlatTable.Follow(file, 0);
        if (!session.Has(SessionResolver))
            return file;
        var model = session.Child(SessionModel);
        var rest = Math.Min(model.Start, model.Offsets);
        var operators = session.Child(SessionResolver).Items(0).Select(entry => new OperatorConstraints(
            entry.Text(0),
            [.. entry.Items(1).Select(constraint => new Constraint(constraint.Text(0), [.. constraint.Items(1).Select(argument => new Argument(argument.Byte(0), argument.Int(1)))])).OrderBy(constraint => constraint.Name, StringComparer.Ordinal)]));
        return Write([.. operators.OrderBy(entry => entry.Name, StringComparer.Ordinal)], session.Text(SessionVersion), file.AsSpan(rest), model.Start - rest);
    }

    static byte[] Write(ImmutableArray<OperatorConstraints> operators, string version, ReadOnlySpan<byte> rest, int model)
    {
        var head = new FlatWriter();
        // Each table's list of field offsets: size of the list, size of the table, then a place a field.
        var root = head.Offsets(16, 4, 8, 0, 12);
        var single = head.Offsets(8, 4);
        var pair = head.Offsets(12, 4, 8);
        var argument = head.Offsets(12, 8, 4);
        head.Point(0, head.Table(root));
        var (versionAt, modelAt, resolverAt) = (head.Hole(), head.Hole(), head.Hole());
        head.Text(versionAt, version);
        head.Point(resolverAt, head.Table(single));
        head.Vector(head.Hole(), operators, (at, entry) =>
        {
            head.Point(at, head.Table(pair));
            var (name, constraints) = (head.Hole(), head.Hole());
            head.Text(name, entry.Name);
            head.Vector(constraints, entry.Constraints, (place, constraint) =>
            {
                head.Point(place, head.Table(pair));
                var (type, arguments) = (head.Hole(), head.Hole());
                head.Text(type, constraint.Name);
                head.Vector(arguments, constraint.Arguments, (where, one) =>
                {
                    head.Point(where, head.Table(argument));
                    head.Int(one.Index);
                    head.Int(one.Kind);
                });
            });
        });
        head.Pad(Alignment, rest.Length);
        head.Point(modelAt, head.Length + model);
        return [.. head.ToArray(), .. rest];
    }
}

/// <summary>A table of a FlatBuffer that ONNX Runtime wrote just now; an absent field reads as zero or empty.</summary>
readonly record struct FlatTable(byte[] File, int Start)
{
    /// <summary>Where the list of its field offsets lies.</summary>
    public int Offsets => Start - BitConverter.ToInt32(File, Start);

    /// <summary>The table to which the offset stored at a place leads.</summary>
    public static FlatTable Follow(byte[] file, int at) => new(file, at + BitConverter.ToInt32(file, at));

    public bool Has(int field) => Place(field) > 0;

    public FlatTable Child(int field) => Follow(File, Place(field));

    public byte Byte(int field) => Place(field) is > 0 and var at ? File[at] : (byte)0;

    public int Int(int field) => Place(field) is > 0 and var at ? BitConverter.ToInt32(File, at) : 0;

    public string Text(int field) => Place(field) is > 0 and var at ? Encoding.UTF8.GetString(File, at + BitConverter.ToInt32(File, at) + 4, BitConverter.ToInt32(File, at + BitConverter.ToInt32(File, at))) : "";

    public IEnumerable<FlatTable> Items(int field)
    {
        if (Place(field) is not (> 0 and var at))
            yield break;
        var vector = at + BitConverter.ToInt32(File, at);
        for (var i = 0; i < BitConverter.ToInt32(File, vector); i++)
            yield return Follow(File, vector + 4 + (4 * i));
    }

    int Place(int field)
    {
        var entry = 4 + (2 * field);
        var offset = entry + 2 > BitConverter.ToUInt16(File, Offsets) ? 0 : BitConverter.ToUInt16(File, Offsets + entry);
        return offset == 0 ? 0 : Start + offset;
    }
}

/// <summary>Writes a FlatBuffer from front to back: an offset is a hole that is filled when what it leads to is written.</summary>
sealed class FlatWriter
{
    readonly List<byte> bytes = [0, 0, 0, 0, .. "ORTM"u8];

    public int Length => bytes.Count;

    public byte[] ToArray() => [.. bytes];

    /// <summary>A list of field offsets for tables of a size.</summary>
    public int Offsets(ushort size, params ReadOnlySpan<ushort> fields)
    {
        var at = Length;
        foreach (var value in (ReadOnlySpan<ushort>)[(ushort)(4 + (2 * fields.Length)), size, .. fields])
            bytes.AddRange(BitConverter.GetBytes(value));
        return at;
    }

    /// <summary>The begin of a table; its fields are written next.</summary>
    public int Table(int offsets)
    {
        Pad(4, 0);
        Int(Length - offsets);
        return Length - 4;
    }

    public int Hole()
    {
        Int(0);
        return Length - 4;
    }

    public void Int(int value) => bytes.AddRange(BitConverter.GetBytes(value));

    public void Point(int hole, int target)
    {
        var offset = BitConverter.GetBytes(target - hole);
        for (var i = 0; i < offset.Length; i++)
            bytes[hole + i] = offset[i];
    }

    public void Text(int hole, string text)
    {
        Pad(4, 0);
        Point(hole, Length);
        var utf8 = Encoding.UTF8.GetBytes(text);
        Int(utf8.Length);
        bytes.AddRange([.. utf8, 0]);
    }

    public void Vector<T>(int hole, ImmutableArray<T> items, Action<int, T> write)
    {
        Pad(4, 0);
        Point(hole, Length);
        Int(items.Length);
        var holes = items.Select(_ => Hole()).ToArray();
        for (var i = 0; i < holes.Length; i++)
            write(holes[i], items[i]);
    }

    /// <summary>Zeros until what has <paramref name="more"/> bytes further ends at a multiple.</summary>
    public void Pad(int multiple, int more)
    {
        while ((Length + more) % multiple != 0)
            bytes.Add(0);
    }
}
