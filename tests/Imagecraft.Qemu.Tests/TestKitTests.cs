// The test kit where something is wrong: what a test asks of a machine that it does not have, or that died.

using Imagecraft.Qemu.Machines;
using Imagecraft.TestKit;

namespace Imagecraft.Qemu.Tests;

public sealed class TestKitTests : IDisposable
{
    private readonly BareMachines machines = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => machines.Dispose();

    private MachineOptions Options(bool powerOff = false) => new() { Description = machines.Describe("here\n", powerOff), Login = null };

    private Task<Machine> StartAsync(MachineOptions? options = null) => Machine.StartAsync(options ?? Options(), Cancellation);

    // Attributes cannot hold half a pair.
    [Fact]
    public void Half_a_character_at_the_cut_of_a_console_log_fits_into_a_report() =>
        Assert.Equal("\ufffd go", PlainText.Of("\ud83d\ude80 go"[1..]));

    [Theory]
    [InlineData("\u001b[1mready\r\n\tgo\0", "\u241b[1mready\r\n\tgo\u2400")]
    [InlineData("none \uffff\u0085", "none \ufffd\ufffd")]
    [InlineData("whole \ud83d\ude80", "whole \ud83d\ude80")]
    public void What_a_console_printed_fits_into_a_report(string printed, string plain)
    {
        Assert.Equal(plain, PlainText.Of(printed));
        System.Xml.XmlConvert.VerifyXmlChars(PlainText.Of(printed));
    }

    [Fact]
    public async Task A_machine_without_a_login_is_switched_on_and_its_console_can_be_awaited_after_each_power_cut()
    {
        string log;
        await using (Machine machine = await StartAsync())
        {
            await machine.WaitForConsoleAsync("^here", cancellationToken: Cancellation);
            await machine.PowerCutAsync(Cancellation);
            await machine.WaitForConsoleAsync("^here", cancellationToken: Cancellation);
            Assert.Equal("here\nhere\n", machine.ConsoleText());
            log = machine.LogPath;
            await Assert.ThrowsAsync<InvalidOperationException>(() => machine.PowerOnAsync(Cancellation));
        }

        Assert.Equal(string.IsNullOrEmpty(Environment.GetEnvironmentVariable(BootedMachine.LogFolderVariable)), !File.Exists(log));
    }

    [Fact]
    public async Task A_machine_that_switches_itself_off_is_told_when_something_is_awaited()
    {
        await using Machine machine = await StartAsync(Options(powerOff: true));
        var exit = await Assert.ThrowsAsync<MachineExitException>(() => machine.WaitForConsoleAsync("never", cancellationToken: Cancellation));
        Assert.Contains("QEMU ended with exit code 0", exit.Headline);
    }

    [Fact]
    public async Task A_machine_without_a_display_has_no_picture()
    {
        await using Machine machine = await StartAsync();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => machine.ScreenshotAsync(Cancellation));
        Assert.StartsWith("The machine has no picture to show: ", failure.Message);
        Assert.Contains("add a display device", failure.Message);
    }

    [Fact]
    public async Task A_machine_without_a_link_says_how_to_give_it_one()
    {
        await using Machine machine = await StartAsync();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => machine.ConfigureLinkAsync("192.0.2.1/24", Cancellation));
        Assert.Equal("The machine has no link; start it with `MachineOptions.Link`", failure.Message);
    }

    [Fact]
    public async Task A_link_has_two_ends()
    {
        using var link = new MachineLink();
        MachineOptions options = Options() with { Link = link };
        await using Machine first = await StartAsync(options);
        await using Machine second = await StartAsync(options);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(options));
        Assert.StartsWith("A link has two ends", failure.Message);
    }

    [Theory]
    [InlineData("", 512, "A disk's name has 1 to 20 letters, digits or dashes, not ``")]
    [InlineData("a name with spaces", 512, "A disk's name has 1 to 20 letters, digits or dashes, not `a name with spaces`")]
    [InlineData("small", 0, "Disk `small` must have a multiple of 512 bytes, not 0")]
    [InlineData("odd", 513, "Disk `odd` must have a multiple of 512 bytes, not 513")]
    [InlineData("data", 512, "The machine has a disk `data` already")]
    public async Task A_disk_that_cannot_be_is_refused_before_the_machine_is_switched_off(string name, long size, string message)
    {
        await using Machine machine = await StartAsync(Options() with { Disks = [new("data", 1024)] });
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => machine.AttachDiskAsync(name, size, Cancellation));
        Assert.Equal(message, failure.Message);
        Assert.True(machine.IsOn);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_or_does_not_fit_is_refused_before_the_machine_is_switched_off()
    {
        await using Machine machine = await StartAsync();
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => machine.AttachDiskAsync(ExtraDisk.OfFolder("data", "/no/such/folder"), Cancellation));
        Assert.Equal("Disk `data` is to hold folder `/no/such/folder`, which does not exist", failure.Message);
        string folder = Directory.CreateDirectory(Path.Combine(machines.Folder, "large")).FullName;
        byte[] content = new byte[4 << 20];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(Path.Combine(folder, "file"), content, Cancellation);
        var full = await Assert.ThrowsAsync<IOException>(() => machine.AttachDiskAsync(ExtraDisk.OfFolder("data", folder, 2 << 20), Cancellation));
        Assert.StartsWith($"Folder `{folder}` cannot be put on a disk of {2 << 20} bytes: ", full.Message);
        Assert.EndsWith("; give the disk more bytes, or 0 for as many as it needs", full.Message);
        Assert.True(machine.IsOn);
    }

    [Theory]
    [InlineData("data")]
    [InlineData("data=")]
    [InlineData("data=0")]
    [InlineData("data=no-such-folder")]
    public void A_disk_of_an_attribute_is_a_size_or_a_folder(string text) =>
        Assert.EndsWith($"not `{text}`", Assert.Throws<InvalidOperationException>(() => ExtraDisk.Parse(text)).Message);

    [Fact]
    public async Task A_machine_whose_flushes_are_not_recorded_says_how_to_have_them_so()
    {
        await using Machine machine = await StartAsync();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => machine.PowerFailureAsync(cancellationToken: Cancellation));
        Assert.StartsWith("What the machine flushes is not recorded; start it with `MachineOptions.VolatileCache`", failure.Message);
        Assert.True(machine.IsOn);
    }

    [Fact]
    public async Task A_disk_whose_flushes_cannot_be_recorded_is_told_with_the_form_that_can()
    {
        MachineDescription machine = machines.Describe("here\n", powerOff: false);
        machine = machine with { Arguments = [.. machine.Arguments.Select(argument => argument.Replace("format=raw,", "", StringComparison.Ordinal))] };
        var failure = await Assert.ThrowsAsync<MachineStartException>(() => StartAsync(new() { Description = machine, Login = null, VolatileCache = true }));
        Assert.Contains("no disk of the form `file=$DISK,format=raw`", failure.Message);
        failure = await Assert.ThrowsAsync<MachineStartException>(() => StartAsync(new() { Description = machine with { Disk = "/no/such/disk" }, Login = null, VolatileCache = true }));
        Assert.Equal("Artifact `/no/such/disk` does not exist; build the image first", failure.Message);
    }

    [Fact]
    public async Task A_machine_with_a_volatile_cache_or_a_link_is_not_saved_and_runs_on()
    {
        using var cable = new MachineLink();
        foreach (MachineOptions options in (MachineOptions[])[Options() with { VolatileCache = true }, Options() with { Link = cable }])
        {
            await using Machine machine = await StartAsync(options);
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => machine.SaveAsync(Cancellation));
            Assert.Equal("A machine with `MachineOptions.VolatileCache` or `Link` cannot be saved; start it without, or with `Networks` instead of a link", failure.Message);
            Assert.True(machine.IsOn);
        }
    }

    [Fact]
    public async Task A_machine_without_a_user_network_says_what_forwarding_needs()
    {
        await using Machine machine = await StartAsync();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => machine.ForwardAsync(80, Cancellation));
        Assert.StartsWith("The machine has no user network to forward from; add `-netdev`, `user,id=net0`", failure.Message);
    }

    [Fact]
    public async Task A_port_stays_forwarded_by_the_same_address_over_restarts()
    {
        await using Machine machine = await StartAsync(Options() with { Arguments = ["-netdev", "user,id=lan", "-device", "virtio-net-pci,netdev=lan,romfile="] });
        System.Net.IPEndPoint first = await machine.ForwardAsync(80, Cancellation), other = await machine.ForwardAsync(81, Cancellation);
        Assert.NotEqual(first, other);
        await machine.PowerCutAsync(Cancellation);
        Assert.Equal(first, await machine.ForwardAsync(80, Cancellation));
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(first, Cancellation);
    }

    [Fact]
    public async Task A_network_that_a_machine_is_not_on_is_told()
    {
        using var network = new MachineNetwork();
        await using Machine machine = await StartAsync();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => machine.ConfigureNetworkAsync(network, "192.0.2.1/24", Cancellation));
        Assert.Equal("The machine is not on that network; start it with the network among `MachineOptions.Networks`", failure.Message);
    }

    [Fact]
    public async Task A_board_that_cannot_be_built_is_told_with_the_builders_words()
    {
        string workspace = Path.Combine(machines.Folder, "workspace");
        Directory.CreateDirectory(workspace);
        string script = Path.Combine(workspace, "build.sh");
        await File.WriteAllTextAsync(script, "#!/bin/sh\necho \"Building $*\"\necho 'error: Unknown board `toaster`' >&2\nexit 3\n", Cancellation);
        File.SetUnixFileMode(script, (UnixFileMode)0x1ed);
        string? before = Environment.GetEnvironmentVariable(BootedMachine.WorkspaceVariable);
        Environment.SetEnvironmentVariable(BootedMachine.WorkspaceVariable, workspace);
        try
        {
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(new() { Board = "toaster", Image = "bread" }));
            Assert.StartsWith("Board `toaster` with image `bread` cannot be built (exit code 3):\n", failure.Message);
            Assert.Contains("Building machine --board toaster --image bread", failure.Message);
            Assert.Contains("Unknown board `toaster`", failure.Message);
        }
        finally
        {
            Environment.SetEnvironmentVariable(BootedMachine.WorkspaceVariable, before);
        }
    }

    [Fact]
    public async Task A_machine_that_does_not_start_leaves_nothing_behind()
    {
        var failure = await Assert.ThrowsAsync<MachineStartException>(() => StartAsync(Options() with { Arguments = ["-device", "no-such-device"] }));
        Assert.Contains("no-such-device", failure.Message);
    }
}
