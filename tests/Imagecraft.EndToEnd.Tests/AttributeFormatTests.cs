// What files have beside mode and owner, in every format that holds it, and how containers start, seen by the tools of their kinds.

namespace Imagecraft.EndToEnd.Tests;

public sealed class AttributeFormatTests : IDisposable
{
    private readonly FormatWorkspace workspace = new();

    [Fact]
    public async Task Capabilities_and_attributes_are_in_ext4_erofs_squashfs_and_containers()
    {
        // Permitted and effective bit 13, as `setcap cap_net_raw+ep` writes it.
        byte[] capability = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        workspace.WriteBoard("formats: [ rootfs.ext4 ]\n");
        workspace.WriteImage("formats: [ rootfs.erofs, rootfs.squashfs, rootfs.oci.tar ]\nattributes: [ { path: /usr/bin/hello, capabilities: [ cap_net_raw ], xattrs: { user.origin: desk } } ]\n");
        var made = await workspace.BuildAsync("rootfs.ext4", "rootfs.erofs", "rootfs.squashfs", "rootfs.oci.tar");

        await workspace.ToolAsync("image", "/usr/sbin/debugfs", "-R", $"ea_get -f {workspace.Place("capability")} /usr/bin/hello security.capability", made[0]);
        Assert.Equal(capability, await File.ReadAllBytesAsync(workspace.Place("capability"), TestContext.Current.CancellationToken));
        await workspace.ToolAsync("image", "/usr/sbin/debugfs", "-R", $"ea_get -f {workspace.Place("origin")} /usr/bin/hello user.origin", made[0]);
        Assert.Equal("desk", await File.ReadAllTextAsync(workspace.Place("origin"), TestContext.Current.CancellationToken));
        await workspace.ToolAsync("image", "/usr/sbin/e2fsck", "-f", "-n", made[0]);

        await workspace.ToolAsync("formats", "/usr/bin/unsquashfs", "-q", "-no-progress", "-pf", workspace.Place("listed"), made[2]);
        var listed = await File.ReadAllTextAsync(workspace.Place("listed"), System.Text.Encoding.Latin1, TestContext.Current.CancellationToken);
        Assert.Contains("hello x user.origin=", listed, StringComparison.Ordinal);
        Assert.Contains("hello x security.capability=", listed, StringComparison.Ordinal);

        // Names are stored without the part that a number stands for, and values plain.
        var erofs = await File.ReadAllBytesAsync(made[1], TestContext.Current.CancellationToken);
        Assert.True(erofs.AsSpan().IndexOf([.. "capability"u8, .. capability]) > 0);
        Assert.True(erofs.AsSpan().IndexOf("origindesk"u8) > 0);
        await workspace.ToolAsync("formats", "/usr/bin/fsck.erofs", made[1]);

        await workspace.ToolAsync("oci", "/usr/bin/umoci", "unpack", "--rootless", "--image", $"{await workspace.LayoutAsync(made[3])}:box", workspace.Place("bundle"));
    }

    [Fact]
    public async Task A_container_starts_as_its_image_says()
    {
        workspace.WriteBoard("formats: [ rootfs.ext4 ]\n");
        workspace.WriteImage("formats: [ rootfs.oci.tar ]\nusers: [ { name: ml, id: 1000 } ]\noci:\n  entrypoint: [ /usr/bin/hello, \"two words\" ]\n  command: [ --loud ]\n  user: ml\n  ports: [ 8080, 53/udp ]\n  environment: { LANG: C.UTF-8 }\n  labels: { org.opencontainers.image.title: hello }\n  working-directory: /srv\n");
        var made = await workspace.BuildAsync("rootfs.oci.tar");

        var config = System.Text.Json.Nodes.JsonNode.Parse(await workspace.ToolAsync("oci", "/usr/bin/skopeo", "inspect", "--config", "--override-arch", "arm64", $"oci-archive:{made[0]}"))!["config"]!;
        Assert.Equal(
            """{"User":"ml","ExposedPorts":{"53/udp":{},"8080/tcp":{}},"Env":["LANG=C.UTF-8","PATH=/usr/sbin:/usr/bin:/sbin:/bin"],"Entrypoint":["/usr/bin/hello","two words"],"Cmd":["--loud"],"WorkingDir":"/srv","Labels":{"org.opencontainers.image.title":"hello"}}""",
            config.ToJsonString());
        var spec = Path.Combine(workspace.Place("bundle"), "config.json");
        await workspace.ToolAsync("oci", "/usr/bin/umoci", "unpack", "--rootless", "--image", $"{await workspace.LayoutAsync(made[0])}:box", workspace.Place("bundle"));
        var process = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(spec, TestContext.Current.CancellationToken))!["process"]!;
        Assert.Equal(("""["/usr/bin/hello","two words","--loud"]""", 1000, "/srv"), (process["args"]!.ToJsonString(), process["user"]!["uid"]!.GetValue<int>(), process["cwd"]!.GetValue<string>()));
    }

    public void Dispose() => workspace.Dispose();
}
