// Images that nobody can log in to are checked by a shell that a kernel argument starts, whatever their init and their root file system. UEFI's way to the same argument is the matrix's.

namespace Imagecraft.EndToEnd.Tests;

public sealed class WayInTests : IDisposable
{
    private readonly DeskWorkspace _desk = new();

    [Theory]
    [InlineData("init: systemd\npackages: [ base-files, busybox, systemd ]\n", "systemctl is-active syslog.socket systemd-journald.service; cat /proc/1/comm", "systemd")]
    [InlineData("features: [ readonly-root ]\npackages: [ base-files, busybox ]\n", "grep ' / overlay ' /proc/mounts && cat /proc/1/comm", "init")]
    [InlineData("init: systemd\nfeatures: [ readonly-root ]\npackages: [ base-files, busybox, systemd ]\n", "grep ' / overlay ' /proc/mounts && cat /proc/1/comm", "systemd")]
    public async Task Checks_of_an_image_whose_only_account_is_locked_run(string image, string command, string init)
    {
        _desk.WriteBoard("""
            command-line: "console=ttyAMA0 kpti=off root=PARTLABEL=root rw panic=-1 net.ifnames=0"
            partitions:
              - { name: root, type: linux-root-arm64, content: rootfs }
              - { name: state, type: linux, size: 32 MiB, content: ext4 }

            """, $"{DeskWorkspace.Disk}, -device, virtio-serial-pci, -device, \"virtserialport,$CHANNEL\"");
        _desk.WriteImage("tiny", $$"""
            {{DeskWorkspace.LayeredKernel}}{{image}}checks:
              - { name: init, run: "{{command}}", contains: [ "{{init}}" ] }
              - { name: nobody, run: "cut -d: -f2 /etc/shadow | sort -u", matches: [ "^!\\*?$|^\\*$" ] }

            """);
        _desk.Write("layers/mine/images/tiny.yaml", File.ReadAllText(_desk.PathOf("layers/mine/images/tiny.yaml")).Replace("password: \"\"", "locked: true", StringComparison.Ordinal));

        var (code, text) = await _desk.CheckAsync();

        Assert.True(code == 0, text);
        Assert.Contains("Nobody logs in to this image", text, StringComparison.Ordinal);
    }

    public void Dispose() => _desk.Dispose();
}
