// Contents of test disks, whose names say their bytes.

using Imagecraft.Images.Disks;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Tests;

internal static class DiskContents
{
    public static DiskContent Of(params byte[] bytes) => new(Convert.ToBase64String(bytes));

    public static DiskContent Of(string text) => Of(System.Text.Encoding.UTF8.GetBytes(text));

    public static DiskLayout Layout(string name, PartitionTable table, DiskPartition[] partitions, params DiskBlob[] blobs) =>
        Layout(new Disk(name, table, [.. partitions], [.. blobs]));

    public static DiskLayout Layout(Disk disk) => DiskLayout.Plan(disk, content => FileContent.Of(Convert.FromBase64String(content.Name)));
}
