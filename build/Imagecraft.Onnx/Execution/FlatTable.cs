// Reads tables of FlatBuffers. Unaware of schemas.
// Source: the binary format of FlatBuffers.

using System.Text;

namespace Imagecraft.Onnx.Execution;

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

    public long Long(int field) => Place(field) is > 0 and var at ? BitConverter.ToInt64(File, at) : 0;

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
