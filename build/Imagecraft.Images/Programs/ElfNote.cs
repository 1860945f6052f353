// The notes of ELF files: programs tell their build by them, core dumps all about their process. Pure.
// Source: System V ABI (gABI), chapter 5, note sections.

using System.Collections.Immutable;

namespace Imagecraft.Images.Programs;

/// <summary>One note.</summary>
/// <param name="Name">Who defines its types, e.g. <c>GNU</c> or <c>CORE</c>.</param>
/// <param name="Type">What it is.</param>
/// <param name="Start">Where its content begins in what was read.</param>
/// <param name="Size">Bytes of the content.</param>
internal sealed record ElfNote(string Name, uint Type, int Start, int Size)
{
    private const uint BuildId = 3;

    /// <summary>The notes of a segment, up to the first that leads out of it. Contents begin at multiples of four bytes.</summary>
    public static ImmutableArray<ElfNote> Of(ElfWords words, ReadOnlySpan<byte> segment)
    {
        var notes = ImmutableArray.CreateBuilder<ElfNote>();
        for (var at = 0; at + 12 <= segment.Length;)
        {
            var (nameSize, size, type) = (words.Word(segment, at), words.Word(segment, at + 4), words.Word(segment, at + 8));
            if (nameSize > segment.Length || size > segment.Length)
                break;
            var start = at + 12 + Up((int)nameSize);
            if (start + (int)size > segment.Length)
                break;
            notes.Add(new(ElfWords.Text(segment.Slice(at + 12, (int)nameSize)), type, start, (int)size));
            at = start + Up((int)size);
        }

        return notes.ToImmutable();
    }

    /// <summary>The build-id among the notes of a segment, in hexadecimal digits.</summary>
    public static string? BuildIdIn(ElfWords words, ReadOnlySpan<byte> segment) =>
        Of(words, segment).FirstOrDefault(note => note is { Name: "GNU", Type: BuildId }) is { } note ? Convert.ToHexStringLower(segment.Slice(note.Start, note.Size)) : null;

    private static int Up(int size) => (size + 3) & ~3;
}
