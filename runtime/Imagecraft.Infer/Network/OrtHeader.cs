// Reads versions from a model in ONNX Runtime's own format without loading it. Unaware of graphs.
// Source: ort.fbs of ONNX Runtime (tables InferenceSession, Model, OperatorSetId) and the binary format of FlatBuffers.

using System.Buffers.Binary;
using System.Text;

namespace Imagecraft.Infer.Network;

/// <summary>The head of an <c>.ort</c> file: FlatBuffers whose root is an <c>InferenceSession</c>.</summary>
static class OrtHeader
{
    const int SessionModel = 1, IrVersion = 0, Opsets = 1, Producer = 2, OpsetDomain = 0, OpsetVersion = 1;

    /// <summary>Whether a file carries the format's identifier.</summary>
    public static bool IsOrt(ReadOnlySpan<byte> file) => file.Length >= 8 && file[4..8].SequenceEqual("ORTM"u8);

    /// <summary>Reads a model that ONNX Runtime has accepted.</summary>
    /// <exception cref="InferException">An offset leads out of the file.</exception>
    public static ModelHeader Parse(ReadOnlySpan<byte> file)
    {
        try
        {
            var model = Table.Follow(file, 0).Child(SessionModel);
            var opsets = new (string, long)[model.Count(Opsets)];
            for (var i = 0; i < opsets.Length; i++)
            {
                var opset = model.Item(Opsets, i);
                opsets[i] = (ModelHeader.DomainName(opset.Text(OpsetDomain)), opset.Number(OpsetVersion));
            }
            return new(model.Number(IrVersion), model.Text(Producer), opsets, []);
        }
        catch (ArgumentOutOfRangeException problem)
        {
            throw new InferException("The model's header in ONNX Runtime's format leads out of the file", problem);
        }
    }

    /// <summary>A FlatBuffers table; an absent field reads as zero or empty.</summary>
    readonly ref struct Table(ReadOnlySpan<byte> file, int start)
    {
        readonly ReadOnlySpan<byte> file = file;
        readonly int start = start;

        /// <summary>The table to which the offset stored at a place leads.</summary>
        public static Table Follow(ReadOnlySpan<byte> file, int at) => new(file, at + Int(file, at));

        public Table Child(int field) => Follow(file, Place(field));

        public long Number(int field) => Place(field) is > 0 and var at ? BinaryPrimitives.ReadInt64LittleEndian(file[at..]) : 0;

        public string Text(int field) => Vector(field) is > 0 and var at ? Encoding.UTF8.GetString(file.Slice(at + 4, Int(file, at))) : "";

        /// <summary>Length of a vector; never more than fit into the file.</summary>
        public int Count(int field) => Vector(field) is > 0 and var at ? Math.Clamp(Int(file, at), 0, (file.Length - at) / 4) : 0;

        public Table Item(int field, int index) => Follow(file, Vector(field) + 4 + (4 * index));

        int Vector(int field) => Place(field) is > 0 and var at ? at + Int(file, at) : 0;

        /// <summary>Where a field lies, by the table's list of field offsets; 0 when it is absent.</summary>
        int Place(int field)
        {
            var offsets = start - Int(file, start);
            var entry = 4 + (2 * field);
            if (entry + 2 > BinaryPrimitives.ReadUInt16LittleEndian(file[offsets..]))
                return 0;
            var offset = BinaryPrimitives.ReadUInt16LittleEndian(file[(offsets + entry)..]);
            return offset == 0 ? 0 : start + offset;
        }

        static int Int(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadInt32LittleEndian(file[at..]);
    }
}
