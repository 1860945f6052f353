// Takes a disk apart as a board's ROM and first stages do, and holds what is there against what its documents say. Unaware of who made the disk.

using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Imagecraft.Boards.BootChains;

/// <summary>What an examination tells.</summary>
/// <param name="Lines">The stages as they were found, for people.</param>
/// <param name="Problems">What would keep the board from booting; none for a good disk.</param>
public sealed record BootReport(ImmutableArray<string> Lines, ImmutableArray<string> Problems);

/// <summary>Examines one disk.</summary>
/// <param name="chain">What is to be found.</param>
/// <param name="disk">The disk, from its first byte.</param>
/// <param name="kept">What parts of it are kept for blobs.</param>
/// <param name="file">Content of a file that is to be carried; null when it is not there.</param>
public sealed class BootChainExamination(BootChain chain, Stream disk, ImmutableArray<DiskRange> kept, Func<BootFile, byte[]?> file)
{
    private const long MostBytes = 64L << 20;

    private readonly ImmutableArray<GptEntry> partitions = Gpt.Read(disk) is { IsEmpty: false } entries ? entries : Mbr.Read(disk);
    private readonly List<string> lines = [], problems = [];
    private readonly List<DiskRange> found = [];

    /// <summary>Reads all stages.</summary>
    public BootReport Run()
    {
        var configuration = chain.Configuration is { } wanted ? file(wanted) : null;
        if (chain.Configuration is { } absent && configuration is null)
            problems.Add($"The package has no `{absent.Path}`, which says where U-Boot keeps its environment");
        var places = configuration is null ? null : new BootConfiguration(Encoding.UTF8.GetString(configuration));
        foreach (var stage in chain.Stages)
            Stage(stage, places);
        if (places?.Environment is { } environment)
            Environment(environment);
        return new([.. lines], [.. problems]);
    }

    private void Stage(BootStage stage, BootConfiguration? places)
    {
        if (Place(stage) is not { } place)
            return;
        if (stage.Format == BootFormat.Fit)
            SearchedFor(stage, place, places);
        var findings = new StageFindings(stage.Name);
        if (stage.Format is BootFormat.Extlinux or BootFormat.RaspberryPi or BootFormat.TiK3)
        {
            Files(stage, place, findings);
            problems.AddRange(findings.Problems);
            return;
        }

        var bytes = disk.At(place.First, Math.Min(place.End - place.First, MostBytes));
        var content = stage.Format switch
        {
            BootFormat.Imx8m => Imx8mStage.Read(bytes, findings),
            BootFormat.Imx9 => Imx9Stage.Read(bytes, findings),
            BootFormat.Rockchip => RockchipStage.Read(bytes, findings),
            BootFormat.Starfive => StarfiveStage.Read(bytes, findings),
            BootFormat.Stm32 => Stm32Stage.Read(bytes, findings),
            BootFormat.Fip => FipStage.Read(bytes, findings),
            BootFormat.Spacemit => SpacemitStage.Read(bytes, disk.At, findings),
            _ => FitStage.Read(bytes, findings),
        };
        if (content is not null)
        {
            found.Add(place with { End = place.First + content.Size });
            Tell($"{stage.Name}: bytes {place.First} to {place.First + content.Size}, room to {place.End} ({stage.Document})");
            foreach (var note in content.Notes)
                Tell($"  {note}");
            StageCheck.Run(stage, content, findings, file);
            foreach (var image in content.Images)
                Tell($"  {image.Name}: {image.Data.Length} bytes{Address(" at", image.Load)}{Address(", entered at", image.Entry)}, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(image.Data.Span))}");
            if (content.Tree is { } tree)
                Tell($"  device tree of [{string.Join(", ", tree.Root.Compatible)}]");
        }

        problems.AddRange(findings.Problems);
    }

    private void Files(BootStage stage, DiskRange place, StageFindings findings)
    {
        Tell($"{stage.Name}: the partition at byte {place.First} ({stage.Document})");
        Looked(stage, place, findings);
        if (FatVolume.Open(disk, place.First) is not { } fat)
        {
            findings.Stage($"lies on a partition without a FAT file system");
            return;
        }

        var volume = new BootVolume(stage, fat.Read, path => fat.Below(path), findings);
        if (stage.Format == BootFormat.Extlinux)
            ExtlinuxStage.Read(volume, findings);
        else if (stage.Format == BootFormat.TiK3)
            TiK3Stage.Read(volume, findings);
        else
            RaspberryPiStage.Read(stage, volume, findings);
        foreach (var line in volume.Lines)
            Tell($"  {line}");
    }

    // U-Boot looks at partitions that are marked as bootable, or at the first one; TI's ROM at the marked one; the Raspberry Pi at the first with a FAT.
    // Sources: U-Boot, boot/bootdev-uclass.c and disk/part_efi.c, doc/board/beagle/am67a_beagley_ai.rst; Raspberry Pi documentation, "Boot sequence".
    private void Looked(BootStage stage, DiskRange place, StageFindings findings)
    {
        var first = stage.Format is BootFormat.Extlinux or BootFormat.TiK3
            ? partitions.FirstOrDefault(p => p.IsBootable || p.Type == Gpt.EfiSystem) ?? partitions.FirstOrDefault()
            : partitions.FirstOrDefault(p => FatVolume.Open(disk, p.Range.First) is not null);
        if (first is not null && first.Range.First != place.First)
            findings.Stage($"lies on another partition than number {first.Number} (`{first.Range.Name}`), which is looked at first");
    }

    // Up to what follows: another stage, a partition, the part that is kept for it, the end of its partition, or the disk's.
    private DiskRange? Place(BootStage stage)
    {
        if (stage.Offset is { } offset)
        {
            var next = chain.Stages.Select(s => s.Offset ?? 0).Concat(partitions.Select(p => p.Range.First)).Concat(kept.Where(k => k.First <= offset).Select(k => k.End)).Where(n => n > offset);
            return new(stage.Name, offset, next.Append(disk.Length).Min());
        }

        var entry = stage.PartitionType is { } type ? partitions.FirstOrDefault(p => p.Type == type)
            : stage.PartitionName is { } name ? partitions.FirstOrDefault(p => p.Range.Name == name)
            : partitions.FirstOrDefault(p => p.Number == stage.PartitionNumber);
        if (entry is null)
            problems.Add($"The disk has no partition {(stage.PartitionType is { } missing ? $"of the type {missing}" : stage.PartitionName is { } unknown ? $"`{unknown}`" : $"number {stage.PartitionNumber}")}, where `{stage.Name}` is looked for");
        return entry is null ? null : entry.Range with { Name = stage.Name };
    }

    private void SearchedFor(BootStage stage, DiskRange place, BootConfiguration? places)
    {
        if (places?.NextOffset is { } offset && offset != place.First)
            Complain($"SPL looks for `{stage.Name}` at byte {offset}, but it is described at {place.First}");
        if (places?.NextPartition is { } number && partitions.FirstOrDefault(p => p.Number == number)?.Range.First != place.First)
            Complain($"SPL looks for `{stage.Name}` in partition {number}, but it is described at byte {place.First}");
    }

    // U-Boot writes there, whatever it overwrites.
    private void Environment(DiskRange environment)
    {
        Tell($"{environment.Name}: bytes {environment.First} to {environment.End}");
        var taken = partitions.Select(p => p.Range with { Name = $"the partition `{p.Range.Name}`" })
            .Concat(kept.Select(k => k with { Name = $"what is kept for `{k.Name}`" }))
            .Concat(found.Select(f => f with { Name = $"`{f.Name}`" }))
            .Append(new("the partition table", 0, 34 * Gpt.Sector));
        foreach (var range in taken.Where(t => t.Overlaps(environment)))
            Complain($"{environment.Name} (bytes {environment.First} to {environment.End}) lies over {range.Name} (bytes {range.First} to {range.End}); U-Boot's `saveenv` would destroy it");
        if (environment.End > disk.Length)
            Complain($"{environment.Name} (bytes {environment.First} to {environment.End}) lies beyond the disk's end");
    }

    private void Tell(FormattableString line) => lines.Add(line.ToString(CultureInfo.InvariantCulture));

    private void Complain(FormattableString problem) => problems.Add(problem.ToString(CultureInfo.InvariantCulture));

    private static string Address(string words, ulong? address) => address is { } value ? string.Create(CultureInfo.InvariantCulture, $"{words} 0x{value:x}") : "";
}
