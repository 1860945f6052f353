// A real child on a real terminal that plays a machine: what it boots, prints and asks is a shell script of the test.

using System.Diagnostics;
using System.Globalization;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Tests;

internal sealed class FakeMachine : IAsyncDisposable
{
    /// <summary>A login program and an interactive shell, as shell functions for scripts.</summary>
    private const string Functions = """
        alive() { [ -d "$HOME" ] && kill -0 "$TEST_HOST" 2>/dev/null; }
        login() { while alive; do printf 'fake login: '; read -r user; [ "$user" = root ] && break; printf '\nLogin incorrect\n'; done; }
        ask_password() { printf 'Password: '; stty -echo; read -r word; stty echo; echo; [ "$word" = "$1" ]; }
        shell() { export PS1='# ' ENV=; exec "${1:-sh}" -i; }

        """;

    private readonly DirectoryInfo folder;
    private readonly Process process;

    private FakeMachine(DirectoryInfo folder, Process process, string? logPath, FakeWatch? watch, FakeLine? line, bool resetsAfterPanic)
    {
        this.folder = folder;
        this.process = process;
        Stream keyboard = process.StandardInput.BaseStream, screen = process.StandardOutput.BaseStream;
        string port = Path.Combine(folder.FullName, "port");
        Console = new(line?.On(screen) ?? screen, watch?.On(keyboard, folder.FullName) ?? keyboard,
            new FileStream(logPath ?? Path.Combine(folder.FullName, "console.log"), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0), DescribeEndAsync, watch,
            File.Exists(port) ? new(new FakePort(port), $"echo {port}") : null) { ResetsAfterPanic = resetsAfterPanic };
    }

    public SerialConsole Console { get; }

    public string Folder => folder.FullName;

    public static LoginOptions Login(double seconds = 60, string password = "") => new("root", password, TimeSpan.FromSeconds(seconds));

    /// <summary>Starts the machine: <paramref name="script"/> is what it does from power-on.</summary>
    /// <param name="script">Shell code.</param>
    /// <param name="kernelLog">What its <c>dmesg</c> prints.</param>
    /// <param name="logPath">The console's log; null: in its folder.</param>
    /// <param name="watch">Stands for QEMU.</param>
    /// <param name="channel">It has a channel for what commands print.</param>
    /// <param name="line">Spoils what comes from it.</param>
    /// <param name="without">Programs that it does not have.</param>
    /// <param name="resetsAfterPanic">Its kernel resets it when it panics.</param>
    public static FakeMachine Start(string script, string kernelLog = "", string? logPath = null, FakeWatch? watch = null, bool channel = false, FakeLine? line = null, string[]? without = null, bool resetsAfterPanic = false)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("imagecraft-");
        // The console's take-over must not reach the host's kernel.
        Executable(Path.Combine(folder.FullName, "dmesg"), $"#!/bin/sh\ncat <<'LOG'\n{kernelLog}\nLOG\n");
        foreach (string program in (string[])["sysctl", .. without ?? []])
            Executable(Path.Combine(folder.FullName, program), "#!/bin/sh\nexit 127\n");
        if (channel)
            FakePort.Make(Path.Combine(folder.FullName, "port"));
        string path = Path.Combine(folder.FullName, "boot");
        Executable(path, "#!/bin/sh\n" + Functions + script + "\n");
        // Tests that were started in the background ignore Control-C, and a shell cannot undo that: no machine boots so.
        var start = new ProcessStartInfo("script", ["-qefc", $"exec env --default-signal=INT,QUIT {path}", "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = folder.FullName + ":" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["SHELL"] = "/bin/sh";
        start.Environment["HOME"] = folder.FullName;
        // What makes noise in the background ends with the machine's folder, or with who runs the tests.
        start.Environment["TEST_HOST"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return new(folder, Process.Start(start)!, logPath, watch, line, resetsAfterPanic);
    }

    /// <summary>A machine that has booted and answers.</summary>
    public static async Task<FakeMachine> LoggedInAsync(string script = "login; shell", string kernelLog = "", bool channel = false, FakeLine? line = null, string[]? without = null)
    {
        FakeMachine machine = Start(script, kernelLog, channel: channel, line: line, without: without);
        try
        {
            await machine.Console.LoginAsync(Login(), TestContext.Current.CancellationToken);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    public Task<CommandResult> RunAsync(string command, double seconds = 60) =>
        Console.RunAsync(command, TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        try
        {
            await Console.DisposeAsync();
        }
        finally
        {
            process.Dispose();
            folder.Delete(recursive: true);
        }
    }

    private async Task<string> DescribeEndAsync()
    {
        await process.WaitForExitAsync();
        return $"Machine ended with exit code {process.ExitCode}";
    }

    private static void Executable(string path, string text)
    {
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
    }
}
