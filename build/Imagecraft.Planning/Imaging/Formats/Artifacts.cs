// The artifacts of an image: what its board's disk and the two `formats:` lists ask for, each planned once. Unaware of how a format is made.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Imaging.Formats;

/// <summary>Artifacts by file name in <c>out/BOARD/IMAGE/</c>.</summary>
/// <param name="job">The image.</param>
/// <param name="package">Finds a package's tree by name.</param>
internal sealed class Artifacts(FormatJob job, Func<Sited<string>, OutputRef?> package)
{
    private static readonly SortedDictionary<string, Func<FormatJob, OutputRef>> RootFsFormats = new(StringComparer.Ordinal)
    {
        ["rootfs.tar"] = format => format.RootFs,
        [Ext4Format.Artifact] = Ext4Format.Plan,
    };

    private readonly SortedDictionary<string, OutputRef> made = new(StringComparer.Ordinal);

    /// <summary>All so far.</summary>
    public ImmutableSortedDictionary<string, OutputRef> All => made.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Adds what was made elsewhere.</summary>
    public void Add(string name, OutputRef output) => made.Add(name, output);

    /// <summary>Plans what board and image come in.</summary>
    public void Choose()
    {
        made["rootfs.tar"] = job.RootFs;
        if (job.Target.Board.Partitions.IsEmpty)
            made[Ext4Format.Artifact] = Ext4Format.Plan(job);
        else
            AddDisk();
    }

    private void AddDisk()
    {
        var disk = DiskFormat.Plan(job, Find, package);
        made[DiskFormat.Artifact] = disk;
        made[DiskFormat.Artifact + ".bmap"] = disk with { Output = "bmap" };
    }

    /// <summary>The artifact of that name, which is planned when a format makes it.</summary>
    private OutputRef? Find(Sited<string> name)
    {
        if (made.TryGetValue(name, out var output))
            return output;
        if (RootFsFormats.TryGetValue(name, out var plan))
            return made[name] = plan(job);
        string[] known = [.. RootFsFormats.Keys.Concat(made.Keys).Distinct().Order(StringComparer.Ordinal)];
        job.Context.Error("IC0364", $"`{name}` is an artifact that no step of the image makes", name.Span, Nearest.Hint(name, known, "artifact"));
        return null;
    }
}
