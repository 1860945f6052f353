// The value of the kernel's `root=`, as the kernel alone reads it. Unaware of which partitions there are.

using System.Globalization;
using System.Text.RegularExpressions;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Imaging.Booting;

/// <summary>Where a kernel without initramfs looks for its root. Source: <c>block/early-lookup.c</c> and <c>Documentation/admin-guide/kernel-parameters.txt</c> of Linux.</summary>
internal abstract partial record RootName
{
    /// <summary>The partition of that name; of any disk with a GPT.</summary>
    public sealed record Label(string Name) : RootName;

    /// <summary>The partition of that identifier.</summary>
    public sealed record PartitionId : RootName;

    /// <summary>The partition that the build makes for it, on this disk and no other.</summary>
    public sealed record Own : RootName;

    /// <summary>What only programs of an initramfs can find.</summary>
    /// <param name="Way">How it is named, e.g. <c>UUID=</c>.</param>
    public sealed record NeedsPrograms(string Way) : RootName;

    /// <summary>A device by its name in <c>/dev</c>.</summary>
    /// <param name="Disk">The whole device.</param>
    /// <param name="Partition">The partition's number; null: the whole device.</param>
    /// <param name="IsFirst">No other disk of its kind comes before; of cards, which boards number as they like, always.</param>
    public sealed record Device(string Disk, int? Partition, bool IsFirst) : RootName;

    /// <summary>Begins like a disk, but is none.</summary>
    public sealed record NoDevice : RootName;

    /// <summary>Another medium (network, flash, memory), or nothing that can be told here.</summary>
    public sealed record Elsewhere : RootName;

    /// <summary>Reads a value.</summary>
    public static RootName Of(string value)
    {
        const string label = "PARTLABEL=";
        if (value == MakeCommandLineRequest.Placeholder)
            return new Own();
        if (value.StartsWith('{'))
            return new NoDevice();
        if (value.AsSpan().ContainsAny("${}%"))
            return new Elsewhere();
        if (value.StartsWith(label, StringComparison.Ordinal))
            return new Label(value[label.Length..]);
        if (value.StartsWith("PARTUUID=", StringComparison.Ordinal))
            return new PartitionId();
        foreach (var way in new[] { "UUID=", "LABEL=", "/dev/disk/" })
            if (value.StartsWith(way, StringComparison.Ordinal))
                return new NeedsPrograms(way);
        var match = Disks().Match(value);
        if (!match.Success)
            return LikeDisks().IsMatch(value) ? new NoDevice() : new Elsewhere();
        var disk = match.Groups["disk"].Value;
        var number = match.Groups["number"] is { Success: true } text ? int.Parse(text.Value, CultureInfo.InvariantCulture) : (int?)null;
        return new Device(disk, number, FirstDisks().IsMatch(disk));
    }

    [GeneratedRegex(@"^(?<disk>/dev/((s|v|h|xv)d[a-z]+))(?<number>[0-9]{1,3})?$|^(?<disk>/dev/(mmcblk[0-9]+|nvme[0-9]+n[0-9]+))(p(?<number>[0-9]{1,3}))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Disks();

    [GeneratedRegex("^/dev/((s|v|h|xv)d|mmcblk[0-9]*(p|$|-|_)|nvme)")]
    private static partial Regex LikeDisks();

    [GeneratedRegex("^/dev/((s|v|h|xv)da|mmcblk[0-9]+|nvme0n1)$")]
    private static partial Regex FirstDisks();
}
