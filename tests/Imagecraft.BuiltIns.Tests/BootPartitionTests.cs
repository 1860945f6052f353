// The command line and the disk name the root's partition by the same identifier, and the table of partitions says all that the program of the boot asks for.

using Imagecraft.BuiltIns.Imaging;
using Imagecraft.Images.Disks;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Tests;

public sealed class BootPartitionTests
{
    private const string Uuid = "6b29fc40-ca47-1067-b31d-00dd010662da";

    [Fact]
    public async Task The_command_line_names_the_partition_that_the_disk_has()
    {
        using var line = new TestContext().WithText("/uuid", Uuid).Asking(new MakeCommandLineRequest("console=ttyS0 root=$ROOT rw", PartitionTable.Gpt, "root", 1));
        await line.RunAsync(new MakeCommandLine());
        string text = line.Text("file");
        Assert.Matches("^console=ttyS0 root=PARTUUID=[0-9a-f-]{36} rw$", text);

        var disk = new Disk("d", PartitionTable.Gpt, [new("root", PartitionType.Parse("linux"), new("rootfs"), 1 << 20)], []);
        using var made = new TestContext().WithText("/root-uuid", Uuid).WithText("/content/rootfs", "content").Asking(new MakeDiskRequest(disk) { Root = "root" });
        await made.RunAsync(new MakeDisk());
        byte[] bytes = made.Store.Read(made.Outputs["disk"].Digest);
        // The GPT's first entry; its identifier lies behind the type.
        Assert.Equal(text["console=ttyS0 root=PARTUUID=".Length..][..36], new Guid(bytes.AsSpan(1024 + 16, 16)).ToString());
    }
}
