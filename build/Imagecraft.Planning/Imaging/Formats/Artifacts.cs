// The artifacts of an image: what its board's disk and the two `formats:` lists ask for, each planned once. Unaware of how a format is made.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Imaging.Formats;

/// <summary>Artifacts by file name in <c>out/BOARD/IMAGE/</c>.</summary>
/// <param name="job">The image.</param>
/// <param name="package">Finds a package's tree by name.</param>
internal sealed class Artifacts(FormatJob job, Func<Sited<string>, OutputRef?> package)
{
    private static readonly SortedDictionary<string, Func<FormatJob, OutputRef>> RootFsFormats = new(StringComparer.Ordinal)
    {
        ["rootfs.tar"] = format => format.RootFs,
        [CpioFormat.Artifact] = CpioFormat.Plan,
        [ErofsFormat.Artifact] = ErofsFormat.Plan,
        [Ext4Format.Artifact] = Ext4Format.Plan,
        [OciFormat.Artifact] = OciFormat.Plan,
        [SquashfsFormat.Artifact] = SquashfsFormat.Plan,
    };

    private readonly SortedDictionary<string, OutputRef> made = new(StringComparer.Ordinal);

    // What is being planned, each for the one before it.
    private readonly List<string> under = [];

    /// <summary>The kernel's arguments, where only the build knows the root's identifier in them.</summary>
    public const string CommandLine = "command-line";

    private BootArtifacts Boot => field ??= new(job, Find);

    /// <summary>All so far.</summary>
    public ImmutableSortedDictionary<string, OutputRef> All => made.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Adds what was made elsewhere.</summary>
    public void Add(string name, OutputRef output) => made.Add(name, output);

    /// <summary>Plans what board and image come in.</summary>
    public void Choose()
    {
        made["rootfs.tar"] = job.RootFs;
        if (job.CommandLine() is { } line)
            made[CommandLine] = line;
        if (!job.Target.Board.Partitions.IsEmpty)
            AddDisk();
        foreach (var format in job.Target.Board.Formats.Concat(job.Target.Image.Formats))
            Find(format);
        foreach (var name in BootArtifacts.NamesOf(job.Target.Board))
            Find(name);
        if (job.Target.Board.Partitions.IsEmpty && !made.Keys.Any(name => RootFsFormats.ContainsKey(name) && name != "rootfs.tar"))
            Find(Root);
    }

    /// <summary>Plans what an image without init comes in: the container, and what its `formats` ask for.</summary>
    public void ChooseContainer()
    {
        made["rootfs.tar"] = job.RootFs;
        foreach (var format in job.Target.Image.Formats.Prepend(new(OciFormat.Artifact, job.Target.Image.Name.Span)))
            Find(format);
    }

    /// <summary>The root file system in the format that the image chooses.</summary>
    private Sited<string> Root => job.Target.Image.Root is { } root ? root with { Value = $"rootfs.{root}" } : new(Ext4Format.Artifact, job.Target.Image.Name.Span);

    private void AddDisk()
    {
        under.Add(DiskFormat.Artifact);
        var disk = DiskFormat.Plan(job, Find, package);
        under.Remove(DiskFormat.Artifact);
        made[DiskFormat.Artifact] = disk;
        made[DiskFormat.Artifact + ".bmap"] = disk.Beside(MakeDiskRequest.BmapOutput);
    }

    /// <summary>The artifact of that name, which is planned when a format makes it; <c>rootfs</c> alone is the one that the image chooses.</summary>
    private OutputRef? Find(Sited<string> name)
    {
        if (name.Value == "rootfs")
            return Find(Root);
        if (made.TryGetValue(name, out var output))
            return output;
        if (under.Contains(name))
        {
            job.Context.Error("IC0387", $"`{name}` is made of itself: [{string.Join(", ", under.SkipWhile(artifact => artifact != name.Value).Append(name.Value).Select(artifact => $"`{artifact}`"))}]", name.Span, "Take it out of one of them");
            return null;
        }

        under.Add(name);
        var found = Plan(name);
        under.Remove(name);
        return found;
    }

    private OutputRef? Plan(Sited<string> name)
    {
        if (RootFsFormats.TryGetValue(name, out var plan))
            return made[name] = plan(job);
        if (Boot.Find(name) is { } boot)
            return made[name] = boot;
        if (CompressedFormat.SuffixOf(name) is { } suffix)
            return Find(name with { Value = name.Value[..^suffix.Length] }) is { } content ? made[name] = CompressedFormat.Plan(job, name, suffix, content) : null;
        string[] known = [.. RootFsFormats.Keys.Concat(made.Keys).Distinct().Order(StringComparer.Ordinal)];
        job.Context.Error("IC0364", $"`{name}` is an artifact that no step of the image makes", name.Span, $"{Nearest.Hint(name, known, "artifact")}; each may end with [{string.Join(", ", CompressedFormat.Suffixes.Keys)}]");
        return null;
    }
}
