// What an ELF file says of itself: the libraries that it needs, and what matters to attackers: where it may lie, what of it can be written, where jumps may go. Pure.
// Sources: System V ABI (gABI), chapters 4 and 5; the Linux gABI extension for program properties; x86-64 and AArch64 psABIs.

using System.Collections.Immutable;

namespace Imagecraft.Images.Programs;

/// <summary>A program or shared library.</summary>
public sealed record ElfProgram
{
    private const int HeaderSize32 = 52, HeaderSize64 = 64;
    private const ushort Executable = 2, Shared = 3;
    private const uint Loaded = 1, Dynamic = 2, Interpreter = 3, Note = 4, Stack = 0x6474e551, ReadOnlyAfterRelocation = 0x6474e552, Property = 0x6474e553;
    private const ulong TagNeeded = 1, TagStrings = 5, TagBindNow = 24, TagFlags = 30, TagFlags1 = 0x6ffffffb, FlagBindNow = 8, Flag1Now = 1, Flag1Pie = 0x08000000;
    private const uint PropertyNote = 5, X86Features = 0xc0000002, ArmFeatures = 0xc0000000;

    /// <summary>The number of the processor (<c>e_machine</c>).</summary>
    public required int Machine { get; init; }

    /// <summary>Whether it is a program that lies wherever it was linked for, not a library and not position independent.</summary>
    public required bool IsFixed { get; init; }

    /// <summary>Whether the loader fills in addresses, so that it matters when.</summary>
    public required bool IsDynamic { get; init; }

    /// <summary>Whether what the loader fills in is only read afterwards.</summary>
    public required bool HasRelro { get; init; }

    /// <summary>Whether the loader fills in everything before it begins.</summary>
    public required bool BindsNow { get; init; }

    /// <summary>Whether code on the stack would run.</summary>
    public required bool HasExecutableStack { get; init; }

    /// <summary>Whether its processor refuses jumps to where nobody meant to: IBT and shadow stacks on x86-64, BTI on AArch64.</summary>
    public required bool RefusesStrayJumps { get; init; }

    /// <summary>Names of the libraries that it needs, e.g. <c>libc.so.6</c>.</summary>
    public ImmutableArray<string> Needed { get; init; } = [];

    /// <summary>Path of the loader that a program asks for, e.g. <c>/lib/ld-linux-aarch64.so.1</c>; null for those that need none, and for most libraries.</summary>
    public string? Loader { get; init; }

    /// <summary>What tells this build of it from others, in hexadecimal digits; null: it has none.</summary>
    public string? BuildId { get; init; }

    /// <summary>Reads the headers; null when it is no ELF program or library, or its headers lead out of it.</summary>
    /// <param name="file">The whole file.</param>
    public static ElfProgram? Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderSize32 || !file.StartsWith("\u007fELF"u8) || file[4] is not (1 or 2) || file[5] is not (1 or 2))
            return null;
        var reader = new ElfWords(Is64: file[4] == 2, IsLittle: file[5] == 1);
        if (reader.Is64 && file.Length < HeaderSize64)
            return null;
        var type = reader.Half(file, 16);
        if (type is not (Executable or Shared))
            return null;
        var table = reader.Is64 ? reader.Long(file, 32) : reader.Word(file, 28);
        var (entry, count) = (reader.Half(file, reader.Is64 ? 54 : 42), reader.Half(file, reader.Is64 ? 56 : 44));
        if (entry < (reader.Is64 ? 56 : 32) || table > (ulong)file.Length || (ulong)entry * count > (ulong)file.Length - table)
            return null;
        string? loader = null, buildId = null;
        bool hasRelro = false, bindsNow = false, isPie = false, isDynamic = false, stackSaid = false, executableStack = false;
        ulong features = 0;
        ReadOnlySpan<byte> dynamicTable = [];
        var segments = new List<(ulong Address, ulong Offset, ulong Size)>();
        for (var i = 0; i < count; i++)
        {
            var header = file.Slice((int)table + (i * entry), entry);
            var kind = reader.Word(header, 0);
            var flags = reader.Word(header, reader.Is64 ? 4 : 24);
            var (offset, size) = (reader.Address(header, reader.Is64 ? 8 : 4), reader.Address(header, reader.Is64 ? 32 : 16));
            switch (kind)
            {
                case Loaded:
                    segments.Add((reader.Address(header, reader.Is64 ? 16 : 8), offset, size));
                    break;
                case Interpreter:
                    loader = ElfWords.Text(Within(file, offset, size));
                    break;
                case ReadOnlyAfterRelocation:
                    hasRelro = true;
                    break;
                case Stack:
                    (stackSaid, executableStack) = (true, (flags & 1) != 0);
                    break;
                case Dynamic when Within(file, offset, size) is { IsEmpty: false } dynamic:
                    isDynamic = true;
                    dynamicTable = dynamic;
                    ReadDynamic(reader, dynamic, ref bindsNow, ref isPie);
                    break;
                case Note or Property when Within(file, offset, size) is { IsEmpty: false } notes:
                    features |= Features(reader, notes, kind == Property || reader.Is64);
                    buildId ??= ElfNote.BuildIdIn(reader, notes);
                    break;
            }
        }

        var machine = reader.Half(file, 18);
        return new()
        {
            Machine = machine,
            IsFixed = type == Executable && !isPie,
            IsDynamic = isDynamic && (loader is not null || type == Shared),
            HasRelro = hasRelro,
            BindsNow = bindsNow,
            Loader = loader,
            BuildId = buildId,
            Needed = NeededOf(reader, file, dynamicTable, segments),
            // Where nothing is said, the kernel lets the stack be executed on processors whose ABI is that old.
            HasExecutableStack = stackSaid && executableStack,
            RefusesStrayJumps = machine switch { 62 => (features & 3) == 3, 183 => (features & 1) == 1, _ => false },
        };
    }

    private static ImmutableArray<string> NeededOf(ElfWords reader, ReadOnlySpan<byte> file, ReadOnlySpan<byte> table, List<(ulong Address, ulong Offset, ulong Size)> segments)
    {
        var size = reader.Is64 ? 16 : 8;
        var names = new List<ulong>();
        ulong? strings = null;
        for (var at = 0; at + size <= table.Length && reader.Address(table, at) is not 0 and var tag; at += size)
        {
            var value = reader.Address(table, at + (size / 2));
            if (tag == TagNeeded)
                names.Add(value);
            else if (tag == TagStrings)
                strings = value;
        }

        // The table of strings is named by its address in memory.
        var home = segments.Find(segment => strings >= segment.Address && strings - segment.Address < segment.Size);
        var needed = ImmutableArray.CreateBuilder<string>();
        foreach (var name in names)
        {
            var at = (strings - home.Address + home.Offset + name) ?? ulong.MaxValue;
            if (home.Size == 0 || at >= (ulong)file.Length)
                continue;
            needed.Add(ElfWords.Text(file[(int)at..]));
        }

        return needed.ToImmutable();
    }

    private static void ReadDynamic(ElfWords reader, ReadOnlySpan<byte> table, ref bool bindsNow, ref bool isPie)
    {
        var size = reader.Is64 ? 16 : 8;
        for (var at = 0; at + size <= table.Length; at += size)
        {
            var (tag, value) = (reader.Address(table, at), reader.Address(table, at + (size / 2)));
            if (tag == 0)
                return;
            bindsNow |= tag == TagBindNow || (tag == TagFlags && (value & FlagBindNow) != 0) || (tag == TagFlags1 && (value & Flag1Now) != 0);
            isPie |= tag == TagFlags1 && (value & Flag1Pie) != 0;
        }
    }

    // Of all property notes of a file, those that the loader believes.
    private static ulong Features(ElfWords reader, ReadOnlySpan<byte> notes, bool isWide)
    {
        var align = isWide ? 8 : 4;
        for (var at = 0; at + 16 <= notes.Length;)
        {
            var (nameSize, size, type) = (reader.Word(notes, at), reader.Word(notes, at + 4), reader.Word(notes, at + 8));
            if (nameSize > notes.Length || size > notes.Length)
                return 0;
            var start = at + 12 + Up((int)nameSize, 4);
            var end = start + (int)size;
            if (end > notes.Length)
                return 0;
            if (type == PropertyNote && nameSize == 4 && notes.Slice(at + 12, 4).SequenceEqual("GNU\0"u8))
            {
                for (var p = start; p + 12 <= end;)
                {
                    var (kind, length) = (reader.Word(notes, p), reader.Word(notes, p + 4));
                    if (kind is X86Features or ArmFeatures && length == 4)
                        return reader.Word(notes, p + 8);
                    if (length > notes.Length)
                        return 0;
                    p += 8 + Up((int)length, reader.Is64 ? 8 : 4);
                }
            }

            at = start + Up((int)size, type == PropertyNote ? align : 4);
        }

        return 0;
    }

    private static int Up(int size, int to) => (size + to - 1) / to * to;

    private static ReadOnlySpan<byte> Within(ReadOnlySpan<byte> file, ulong offset, ulong size) =>
        offset <= (ulong)file.Length && size <= (ulong)file.Length - offset ? file.Slice((int)offset, (int)size) : [];
}
