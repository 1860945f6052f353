// The same checks on a board: by SSH, and by a serial port. The board is an image in a QEMU that nobody controls.

using System.Collections.Immutable;
using System.Diagnostics;
using System.Xml.Linq;
using Imagecraft.Qemu.Boards;
using Imagecraft.Qemu.Checks;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Qemu.Tests;

public sealed class BoardTests : IDisposable
{
    private static readonly LoginOptions Login = LoginOptions.Root with { Limit = TimeSpan.FromMinutes(5) };

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("imagecraft-board-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static MachineDescription Image =>
        MachineDescription.FromJson(File.ReadAllText(Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_MACHINE") ?? throw new InvalidOperationException("`IMAGECRAFT_TEST_MACHINE` is not set; run the tests by `./build.sh test`")));

    private string Key => Path.Combine(folder.FullName, "key");

    public void Dispose() => folder.Delete(recursive: true);

    // Each is one that something on the way could spoil.
    private static ImmutableArray<Check> Checks { get; } =
    [
        Check("carriage-returns", @"printf 'a\r\nb\r\n\r'") with { Output = "a\r\nb\r\n\r" },
        Check("bytes", "head -c 300000 /dev/zero | tr '\\0' x | sha256sum; head -c 300000 /dev/zero | tr '\\0' x") with { Matches = ["^x{300000}$"] },
        Check("slow", "trap '' INT; sleep 1000") with { Limit = TimeSpan.FromSeconds(3), KnownFailure = "It never ends" },
        Check("after-it", "echo here") with { Output = "here" },
        Check("reboots", "reboot") with { Expects = ExpectedEnd.Reboot, Limit = TimeSpan.FromSeconds(40) },
        Check("after-the-reboot", "cut -d. -f1 /proc/uptime") with { Matches = [@"^\d+$"] },
    ];

    private static Check Check(string name, string run) => new() { Owner = "board", Name = name, Run = run, Limit = TimeSpan.FromMinutes(2) };

    private async Task<CheckReport> RunAsync(IBoardLine line, PowerSwitch? power = null)
    {
        ImmutableArray<Check> standard = StandardChecks.Of(new(), DateTimeOffset.UtcNow);
        await using var machines = new BoardCheckMachines(line, Login, power, folder.FullName);
        CheckReport report = await CheckRunner.RunAsync(
            new() { Name = "board/image", Boot = [.. standard.Where(check => !check.AfterReboot)], Checks = [.. standard.Where(check => check.AfterReboot), .. Checks] }, machines, null, null, Cancellation);
        TestContext.Current.AddAttachment("console", File.ReadAllText(Path.Combine(folder.FullName, "console.log")));
        return report;
    }

    private static void AllHold(CheckReport report)
    {
        Assert.All(report.Results, result => Assert.True(result.Outcome == (result.Check.KnownFailure is null ? CheckOutcome.Passed : CheckOutcome.KnownFailure), $"{result.Check.FullName}: {result.Outcome} {string.Join('\n', result.Problems)} {result.Output}"));
        Assert.True(report.Passed);
        Assert.Equal("1", XDocument.Parse(CheckFiles.JUnitXml([report])).Root!.Element("testsuite")!.Attribute("skipped")!.Value);
    }

    private async Task<SshLine> LetInAsync(DeskBoard board)
    {
        using Process keygen = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", Key]);
        await keygen.WaitForExitAsync(Cancellation);
        await using SerialConsole console = await new SerialLine(new(board.SerialPort, 115200), resetsAfterPanic: true).OpenAsync(Path.Combine(folder.FullName, "serial.log"), Cancellation);
        await console.LoginAsync(Login with { IsRunning = true }, Cancellation);
        Assert.Equal(OutputPath.Encoded, console.State.Path);
        string given = await File.ReadAllTextAsync(Key + ".pub", Cancellation);
        Assert.True((await console.RunAsync($"umask 077; mkdir -p /root/.ssh && echo '{given.Trim()}' > /root/.ssh/authorized_keys; for _ in $(seq 300); do ss -ltn 2>/dev/null | grep -q :22 || netstat -ltn | grep -q :22 && exit 0; sleep 0.2; done; exit 1", Login.Limit, Cancellation)).Succeeded);
        await console.LeaveAsync(Cancellation);
        return new(new("root", "127.0.0.1", board.SshPort), "", Key, Path.Combine(folder.FullName, "known_hosts"));
    }

    [Fact]
    public async Task Checks_run_on_a_board_by_ssh_reboots_included()
    {
        await using DeskBoard board = await DeskBoard.SwitchOnAsync(Image, Cancellation);
        AllHold(await RunAsync(await LetInAsync(board)));
    }

    [Fact]
    public async Task Ssh_lets_in_by_a_password_whatever_is_in_it()
    {
        const string Password = "it's $5 \"and\" `more`";
        await using DeskBoard board = await DeskBoard.SwitchOnAsync(Image, Cancellation);
        SshLine byKey = await LetInAsync(board);
        await using (SerialConsole console = await byKey.OpenAsync(Path.Combine(folder.FullName, "key.log"), Cancellation))
        {
            await console.LoginAsync(Login with { IsRunning = true }, Cancellation);
            CommandResult set = await console.RunAsync($"cat > /tmp/p <<'END'\nroot:{Password}\nEND\nchpasswd < /tmp/p && rm -r /tmp/p /root/.ssh", Login.Limit, Cancellation);
            Assert.True(set.Succeeded, set.Output);
        }

        SshLine By(string password) => new(new("root", "127.0.0.1", board.SshPort), password, null, Path.Combine(folder.FullName, "known_hosts"));
        await using (SerialConsole console = await By(Password).OpenAsync(Path.Combine(folder.FullName, "password.log"), Cancellation))
        {
            await console.LoginAsync(Login with { IsRunning = true }, Cancellation);
            Assert.Equal("root", (await console.RunAsync("id -un", Login.Limit, Cancellation)).Output.Trim());
        }

        Assert.Contains("Permission denied", await FailureAsync(By("another")));
    }

    [Fact]
    public async Task Checks_run_on_a_board_by_its_serial_port_reboots_included_and_it_is_left_at_its_login()
    {
        await using DeskBoard board = await DeskBoard.SwitchOnAsync(Image, Cancellation);
        var line = new SerialLine(new(board.SerialPort, 115200), resetsAfterPanic: true);
        AllHold(await RunAsync(line));
        await using SerialConsole console = await line.OpenAsync(Path.Combine(folder.FullName, "after.log"), Cancellation);
        await console.SendAsync("\n", Cancellation);
        await console.WaitForPatternAsync(new("login: "), Login.Limit, Cancellation);
    }

    [Fact]
    [Trait("Matrix", "wide")]
    public async Task Checks_run_on_a_board_of_a_labgrid_exporter_which_switches_it_on()
    {
        await using LabgridDesk desk = await LabgridDesk.SetUpAsync(Image, Cancellation);
        var line = new LabgridLine(new(LabgridDesk.Place), resetsAfterPanic: true);
        AllHold(await RunAsync(line, new(line.PowerCommand)));
        Assert.True(desk.TimesOn >= 1);

        await LabgridDesk.ClientAsync(Cancellation, "-p", LabgridDesk.Place, "release");
        Assert.Contains($"is the place acquired (`labgrid-client -p {LabgridDesk.Place} acquire`)", await FailureAsync(line));
    }

    [Fact]
    public async Task What_ssh_refuses_is_told_with_its_remedy()
    {
        await using DeskBoard board = await DeskBoard.SwitchOnAsync(Image, Cancellation);
        SshLine right = await LetInAsync(board);
        using Process keygen = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", Key + "-wrong"]);
        await keygen.WaitForExitAsync(Cancellation);
        string known = Path.Combine(folder.FullName, "known_hosts");
        Assert.Contains("name a key of `root` by `--identity FILE`", await FailureAsync(new SshLine(new("root", "127.0.0.1", board.SshPort), "", Key + "-wrong", known)));
        Assert.Contains("nothing listens there", await FailureAsync(new SshLine(new("root", "127.0.0.1", 1), "", Key, known)));

        await using (SerialConsole console = await right.OpenAsync(Path.Combine(folder.FullName, "right.log"), Cancellation))
        {
            await console.LoginAsync(Login with { IsRunning = true }, Cancellation);
            Assert.Equal(OutputPath.Own, console.State.Path);
        }

        // Flashed anew, it has another key.
        string host = (await File.ReadAllTextAsync(known, Cancellation)).Split(' ')[0];
        string[] other = (await File.ReadAllTextAsync(Key + ".pub", Cancellation)).Split(' ');
        await File.WriteAllTextAsync(known, $"{host} {other[0]} {other[1]}\n", Cancellation);
        Assert.Contains("forget its old key by `ssh-keygen -f ", await FailureAsync(right));
    }

    private async Task<string> FailureAsync(IBoardLine line)
    {
        await using var machines = new BoardCheckMachines(line, Login, null, folder.FullName);
        CheckReport report = await CheckRunner.RunAsync(new() { Name = "board/image", Checks = [Check("any", "true")] }, machines, null, null, Cancellation);
        Assert.Equal(CheckOutcome.Broken, report.Results[0].Outcome);
        return report.Results[0].Problems[0];
    }
}
