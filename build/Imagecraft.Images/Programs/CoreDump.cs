// What a core dump says of the process that died: which program, of which build, and by what. Unaware of debuggers.
// Sources: Linux, fs/binfmt_elf.c and include/uapi/linux/elf.h, auxvec.h; core(5).

using System.Collections.Immutable;

namespace Imagecraft.Images.Programs;

/// <summary>A core dump of Linux.</summary>
/// <param name="Machine">The number of the processor (<c>e_machine</c>).</param>
/// <param name="Program">Path of the program on its machine; null: the dump has none.</param>
/// <param name="BuildId">Of the program, in hexadecimal digits; null: the dump lacks that page.</param>
/// <param name="Command">Name and arguments, as far as the kernel keeps them (80 bytes).</param>
/// <param name="Signal">What it died by; null: the dump does not tell.</param>
public sealed record CoreDump(int Machine, string? Program, string? BuildId, string Command, int? Signal)
{
    private const ushort Core = 4;
    private const uint Loaded = 1, Note = 4;
    private const uint Status = 1, Information = 3, Auxiliary = 6, Files = 0x46494c45;
    private const ulong EntryPoint = 9;
    private const int MostNotes = 64 << 20, FirstPage = 4096, MostHeaders = 0xffff;

    /// <summary>Reads the headers and notes.</summary>
    /// <param name="dump">Can be sought in; left where it was read last.</param>
    /// <exception cref="FormatException">It is no core dump, or it was cut.</exception>
    public static CoreDump Read(Stream dump)
    {
        var header = Bytes(dump, 0, 64, "it is shorter than a header");
        if (!header.AsSpan().StartsWith("\u007fELF"u8) || header[4] is not (1 or 2) || header[5] is not (1 or 2))
            throw new FormatException("it is no ELF file");
        var words = new ElfWords(Is64: header[4] == 2, IsLittle: header[5] == 1);
        if (words.Half(header, 16) != Core)
            throw new FormatException("it is an ELF file, and no core dump");
        var segments = Segments(dump, words, header);
        var notes = segments.Where(segment => segment.Kind == Note).SelectMany(segment => NotesOf(dump, words, segment)).ToList();
        var mapped = notes.Where(note => note.Type == Files).Select(note => MappedFiles(words, note.Content)).FirstOrDefault([]);
        var entry = notes.Where(note => note.Type == Auxiliary).Select(note => Vector(words, note.Content, EntryPoint)).FirstOrDefault();
        var program = mapped.FirstOrDefault(file => entry >= file.Start && entry < file.End)?.Path;
        var start = mapped.Where(file => file.Path == program).Select(file => file.Start).DefaultIfEmpty().Min();
        return new(
            words.Half(header, 18),
            program,
            program is null ? null : BuildIdAt(dump, words, segments, start),
            notes.Where(note => note.Type == Information).Select(note => CommandIn(words, note.Content)).FirstOrDefault(""),
            notes.Where(note => note.Type == Status && note.Content.Length > 14).Select(note => (int?)words.Half(note.Content, 12)).FirstOrDefault());
    }

    private static List<Segment> Segments(Stream dump, ElfWords words, byte[] header)
    {
        var table = words.Is64 ? words.Long(header, 32) : words.Word(header, 28);
        int entry = words.Half(header, words.Is64 ? 54 : 42), count = words.Half(header, words.Is64 ? 56 : 44);
        if (entry < (words.Is64 ? 56 : 32) || count is 0 or MostHeaders)
            throw new FormatException("its headers cannot be read");
        var headers = Bytes(dump, table, (long)entry * count, "it was cut within its headers");
        return
        [
            .. Enumerable.Range(0, count).Select(i => headers.AsMemory(i * entry, entry)).Select(one => new Segment(
                words.Word(one.Span, 0), words.Address(one.Span, words.Is64 ? 16 : 8), words.Address(one.Span, words.Is64 ? 8 : 4), words.Address(one.Span, words.Is64 ? 32 : 16))),
        ];
    }

    private static List<(uint Type, byte[] Content)> NotesOf(Stream dump, ElfWords words, Segment segment)
    {
        var bytes = Bytes(dump, segment.Offset, segment.Size <= MostNotes ? (long)segment.Size : throw new FormatException("its notes are too long"), "it was cut within its notes");
        return [.. ElfNote.Of(words, bytes).Where(note => note.Name == "CORE").Select(note => (note.Type, bytes.AsSpan(note.Start, note.Size).ToArray()))];
    }

    // Number and size of pages, then start, end and offset of each, then the names.
    private static ImmutableArray<MappedFile> MappedFiles(ElfWords words, byte[] content)
    {
        var size = words.Is64 ? 8 : 4;
        if (content.Length < 2 * size || words.Address(content, 0) is var count && count > (ulong)(((content.Length / size) - 2) / 3))
            return [];
        var names = content.AsSpan((2 + (3 * (int)count)) * size);
        var files = ImmutableArray.CreateBuilder<MappedFile>();
        for (var i = 0; i < (int)count && !names.IsEmpty; i++)
        {
            var name = ElfWords.Text(names);
            files.Add(new(words.Address(content, (2 + (3 * i)) * size), words.Address(content, (3 + (3 * i)) * size), name));
            names = names[Math.Min(names.Length, names.IndexOf((byte)0) is >= 0 and var end ? end + 1 : names.Length)..];
        }

        return files.ToImmutable();
    }

    private static ulong Vector(ElfWords words, byte[] content, ulong wanted)
    {
        var size = words.Is64 ? 8 : 4;
        for (var at = 0; at + (2 * size) <= content.Length; at += 2 * size)
            if (words.Address(content, at) == wanted)
                return words.Address(content, at + size);
        return 0;
    }

    // The last two fields are the name of the program (16 bytes) and its arguments (80).
    private static string CommandIn(ElfWords words, byte[] content) => content.Length >= (words.Is64 ? 136 : 124) ? ElfWords.Text(content.AsSpan(content.Length - 80)).TrimEnd() : "";

    // The kernel writes the first page of each program that it leaves out otherwise (coredump_filter, bit 4).
    private static string? BuildIdAt(Stream dump, ElfWords words, List<Segment> segments, ulong start)
    {
        if (segments.Find(segment => segment.Kind == Loaded && segment.Address == start && segment.Size >= FirstPage) is not { Size: > 0 } home || dump.Length < (long)home.Offset + FirstPage)
            return null;
        var page = Bytes(dump, home.Offset, FirstPage, "it was cut");
        if (!page.AsSpan().StartsWith("\u007fELF"u8))
            return null;
        var table = words.Is64 ? words.Long(page, 32) : words.Word(page, 28);
        int entry = words.Half(page, words.Is64 ? 54 : 42), count = words.Half(page, words.Is64 ? 56 : 44);
        for (var i = 0; i < count && entry >= (words.Is64 ? 56 : 32) && table + (ulong)((i + 1) * entry) <= FirstPage; i++)
        {
            var one = page.AsSpan((int)table + (i * entry), entry);
            var (offset, size) = (words.Address(one, words.Is64 ? 8 : 4), words.Address(one, words.Is64 ? 32 : 16));
            if (words.Word(one, 0) == Note && offset < FirstPage && size <= FirstPage - offset && ElfNote.BuildIdIn(words, page.AsSpan((int)offset, (int)size)) is { } id)
                return id;
        }

        return null;
    }

    private static byte[] Bytes(Stream dump, ulong at, long count, string otherwise)
    {
        if (at > (ulong)dump.Length || count > dump.Length - (long)at)
            throw new FormatException(otherwise);
        var bytes = new byte[count];
        dump.Position = (long)at;
        dump.ReadExactly(bytes);
        return bytes;
    }

    private readonly record struct Segment(uint Kind, ulong Address, ulong Offset, ulong Size);

    private sealed record MappedFile(ulong Start, ulong End, string Path);
}
