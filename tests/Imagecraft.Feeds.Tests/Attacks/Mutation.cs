// Damages bytes in ways that archives are damaged by chance and by intent. Unaware of formats, but for the checksums of tar.

using FsCheck;
using FsCheck.Fluent;

namespace Imagecraft.Feeds.Tests.Attacks;

/// <summary>One change; numbers are taken modulo what there is.</summary>
public sealed record Edit(int Kind, int At, int Value);

/// <summary>Some changes of one of several seeds.</summary>
public sealed record Mutation(int Seed, Edit[] Edits, bool Repaired)
{
    private const int Block = 512;

    public static Gen<Mutation> Any(int seeds) =>
        from seed in Gen.Choose(0, seeds - 1)
        from count in Gen.Choose(1, 6)
        from edits in Gen.ArrayOf(from kind in Gen.Choose(0, 8) from at in Gen.Choose(0, 1 << 20) from value in Gen.Choose(0, 1 << 20) select new Edit(kind, at, value), count)
        from repaired in Gen.Elements(true, false)
        select new Mutation(seed, edits, repaired);

    public byte[] Of(byte[] seed)
    {
        var bytes = seed.ToList();
        foreach (var edit in Edits) Apply(edit, bytes);
        byte[] all = [.. bytes];
        if (Repaired) Repair(all);
        return all;
    }

    private static void Apply(Edit edit, List<byte> bytes)
    {
        if (bytes.Count == 0) return;
        var (at, value) = (edit.At % bytes.Count, edit.Value);
        var length = Math.Min(value % 700, bytes.Count - at);
        var block = at / Block * Block;
        switch (edit.Kind)
        {
            case 0:
                bytes[at] ^= (byte)(1 << (value % 8));
                break;
            case 1:
                bytes[at] = (byte)value;
                break;
            case 2:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 3:
                bytes.InsertRange(value % bytes.Count, bytes.GetRange(at, length));
                break;
            case 4:
                bytes.RemoveRange(at, length);
                break;
            case 5:
                for (var i = 0; i < length; i++) bytes[at + i] = 0;
                break;
            // The field of a size in a tar header; and any eight bytes: lengths of zip, ar and frames.
            case 6 when block + Block <= bytes.Count:
                Write(bytes, block + 124, value % 3 == 0 ? "\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff" : value % 3 == 1 ? "77777777777\0" : "00000001000\0");
                break;
            case 7:
                Write(bytes, at, value % 2 == 0 ? "\xff\xff\xff\xff\xff\xff\xff\x7f" : "99999999");
                break;
            // The kind of a member, and its name.
            case 8 when block + Block <= bytes.Count:
                bytes[block + 156] = (byte)"01235xgLKS"[value % 10];
                if (value % 4 == 0) Write(bytes, block, value % 8 == 0 ? "../../victim\0" : "/tmp/x/../victim\0");
                break;
        }
    }

    private static void Write(List<byte> bytes, int at, string text)
    {
        for (var i = 0; i < text.Length && at + i < bytes.Count; i++) bytes[at + i] = (byte)text[i];
    }

    // Gives every block that may be a header of tar a right checksum, so that what lies behind it is read.
    private static void Repair(byte[] bytes)
    {
        for (var at = 0; at + Block <= bytes.Length; at += Block)
        {
            var header = bytes.AsSpan(at, Block);
            if (!header.Slice(257, 5).SequenceEqual("ustar"u8)) continue;
            header.Slice(148, 8).Fill((byte)' ');
            var sum = 0;
            foreach (var b in header) sum += b;
            System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0").CopyTo(header[148..]);
        }
    }
}
