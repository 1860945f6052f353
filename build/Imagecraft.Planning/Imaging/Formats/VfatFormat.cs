// vfat: a partition that firmware reads, with files of the board's choice.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Imaging.Formats;

internal static class VfatFormat
{
    /// <summary>The word in <c>content:</c>.</summary>
    public const string Content = "vfat";

    /// <summary>Plans a partition's file system.</summary>
    /// <param name="job">The image.</param>
    /// <param name="partition">Content, files and size; the size of the files and a quarter when it has none.</param>
    /// <param name="artifact">Finds an artifact by name.</param>
    /// <param name="package">Finds a package's tree by name.</param>
    public static OutputRef Plan(FormatJob job, PartitionSpec partition, Func<Sited<string>, OutputRef?> artifact, Func<Sited<string>, OutputRef?> package)
    {
        var inputs = ImmutableArray.CreateBuilder<InputEdge>();
        // One line a file: kind (`text`: the command line is filled in), source and destination, between tabs.
        var list = new List<string>();
        for (var i = 0; i < partition.Files.Length; i++)
        {
            var file = partition.Files[i];
            var place = string.Create(CultureInfo.InvariantCulture, $"/files/{i:D3}");
            if (file.Text is { } text)
            {
                inputs.Add(new(place, new InputSource.Inline(Filled(text, job, partition)), $"text of {file.Path}"));
                list.Add($"{(job.Root is null ? "file" : "text")}\t{place}\t{file.Path}");
            }
            else if (file.Artifact is { } name && artifact(name) is { } made)
            {
                inputs.Add(made.At(place, $"{name} is {file.Path} in partition {partition.Name}"));
                list.Add($"file\t{place}\t{file.Path}");
            }
            else if (file.Source is { } source && package(source.Package) is { } tree)
            {
                var mount = $"/packages/{source.Package}";
                if (inputs.All(input => input.MountPath != mount))
                    inputs.Add(tree.At(mount, $"the package {source.Package} has files for partition {partition.Name}"));
                list.Add($"{(file.Path.Value.EndsWith('/') ? "folder" : "file")}\t{mount}{source.File}\t{file.Path}");
            }
        }

        if (partition.Files.Any(file => file.Text is not null) && job.CommandLine() is { } line)
            inputs.Add(line.At("/command-line", "texts hold it"));
        inputs.Add(new("/files.list", new InputSource.Inline(string.Concat(list.Select(line => line + "\n"))), $"the files of partition {partition.Name}"));
        return job.Script($"vfat-{partition.Name}", $"{partition.Name}.vfat", "formats", "make-vfat", [partition.Name, partition.Size?.Value.ToString(CultureInfo.InvariantCulture) ?? "", DiskSize.SectorOf(job.Target.Board).ToString(CultureInfo.InvariantCulture)], inputs);
    }

    /// <summary>A text of the boot loader with its places filled in; <c>$CMDLINE</c> stays where the command line has the root's identifier, which is known only when the root file system is.</summary>
    public static string Filled(string text, FormatJob job) => text
        .Replace("$CMDLINE", job.Root is null ? job.Target.CommandLine : "$CMDLINE", StringComparison.Ordinal)
        .Replace("$KERNEL", job.Target.Board.KernelImageOf(job.Target.Target.Architecture), StringComparison.Ordinal);

    private static string Filled(string text, FormatJob job, PartitionSpec partition) =>
        Filled(text, job).Replace(OverlayPaths.Placeholder, string.Join(' ', OverlayPaths.Of(job.Target.Board, partition)), StringComparison.Ordinal);
}
