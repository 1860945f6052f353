// Holds the images of a stage against the board's description: addresses, first instructions, console, files carried whole, the device tree. Unaware of formats and disks.

using System.Security.Cryptography;

namespace Imagecraft.Boards.BootChains;

internal static class StageCheck
{
    // So much of a file's beginning tells where it lies in a stage.
    private const int Beginning = 64;

    public static void Run(BootStage stage, FoundStage content, StageFindings findings, Func<BootFile, byte[]?> file)
    {
        foreach (var wanted in stage.Images)
        {
            if (content.Images.FirstOrDefault(i => i.Name == wanted.Name) is { } image)
                Image(wanted, image, findings);
            else
                findings.Stage($"has no image `{wanted.Name}`; it has [{string.Join(", ", content.Images.Select(i => i.Name))}]");
        }

        foreach (var image in content.Images.Where(i => i.Code is not null && stage.Images.All(w => w.Name != i.Name)))
            Code(image, image.Code!.Value, findings);
        foreach (var carried in stage.Carries)
            Carried(carried, content, findings, file);
        Apart(content, findings);
        if (stage.Compatible is { } compatible && content.Tree?.Root.Compatible.Contains(compatible) != true)
            findings.Stage($"has {(content.Tree is { } tree ? $"a device tree of [{string.Join(", ", tree.Root.Compatible)}]" : "no device tree")}, not one of `{compatible}`");
    }

    private static void Image(BootImage wanted, FoundImage image, StageFindings findings)
    {
        if (wanted.Load is { } load && image.Load is { } loaded && load != loaded)
            findings.Image(image.Name, $"is loaded to 0x{loaded:x}; it is made for 0x{load:x}");
        var entry = wanted.Entry ?? wanted.Load;
        if (entry is { } first && (image.Entry ?? image.Load) is { } entered && first != entered)
            findings.Image(image.Name, $"is entered at 0x{entered:x}; its first instruction lies at 0x{first:x}");
        if (wanted.Below is { } below && (image.Load ?? wanted.Load) is { } start && start + (ulong)image.Data.Length > below)
            findings.Image(image.Name, $"takes {image.Data.Length} bytes from 0x{start:x} on and so ends above 0x{below:x}, where its room ends");
        if ((wanted.Code ?? image.Code) is { } code)
            Code(image, code, findings);
        if (wanted.Console is { } console && !FirstInstruction.Names(image.Data.Span, console))
            findings.Image(image.Name, $"does not name the serial port 0x{console:x}: it writes to another console, or is for another platform");
    }

    private static void Code(FoundImage image, InstructionSet set, StageFindings findings)
    {
        if (FirstInstruction.Problem(image.FromEntry, set) is { } problem)
            findings.Image(image.Name, $"{problem}");
    }

    private static void Carried(BootFile wanted, FoundStage content, StageFindings findings, Func<BootFile, byte[]?> file)
    {
        if (file(wanted) is not { Length: > 0 } bytes)
        {
            findings.Stage($"is to carry `{wanted.FileName()}`, which the package has not");
            return;
        }

        // Two files may begin alike; the longest piece is the one that is meant.
        var same = content.Images.Select(i => LongestPiece(i.Data.Span, bytes)).DefaultIfEmpty().Max();
        if (same == bytes.Length)
            return;
        if (same > 0)
            findings.Stage($"has `{wanted.FileName()}` cut or damaged: {same} of its {bytes.Length} bytes are there, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(bytes))}");
        else
            findings.Stage($"does not carry `{wanted.FileName()}` ({bytes.Length} bytes, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(bytes))})");
    }

    private static int LongestPiece(ReadOnlySpan<byte> data, ReadOnlySpan<byte> file)
    {
        var longest = 0;
        for (var start = 0; data[start..].IndexOf(file[..Math.Min(Beginning, file.Length)]) is >= 0 and var next; start += next + 1)
            longest = Math.Max(longest, data[(start + next)..].CommonPrefixLength(file));
        return longest;
    }

    // What SPL loads later must not lie over what it loaded before.
    private static void Apart(FoundStage content, StageFindings findings)
    {
        var loaded = content.Images.Where(i => i.Load is not null).ToArray();
        for (var i = 0; i < loaded.Length; i++)
        {
            foreach (var other in loaded.Skip(i + 1))
            {
                var (first, second) = (loaded[i].Load!.Value, other.Load!.Value);
                if (first < second + (ulong)other.Data.Length && second < first + (ulong)loaded[i].Data.Length)
                    findings.Image(other.Name, $"is loaded over `{loaded[i].Name}`");
            }
        }
    }
}
