// The programs for a machine's shell, in the forms in which they are sent, run by this machine's shell.

using System.Collections.Immutable;
using System.Diagnostics;
using Imagecraft.Qemu.Checks;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Tests;

public sealed class ShellProgramTests
{
    [Theory]
    [InlineData("take-over")]
    [InlineData("find-channel")]
    [InlineData("encoded-output")]
    public async Task What_is_sent_as_one_line_is_a_program_still(string name)
    {
        string line = ShellProgram.Line(name);

        Assert.Equal((0, ""), await ShellAsync("-n", "-c", line));
        // A terminal's line holds 4095 bytes, and the login shell reads the first of them within single quotes.
        Assert.InRange(line.Length, 1, 3500);
        Assert.DoesNotContain("\n", line, StringComparison.Ordinal);
        Assert.DoesNotContain(name == "take-over" ? "'" : "\t", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_gets_its_arguments_whatever_is_in_them()
    {
        using var file = new TemporaryFile("it's $(exit 9) `b`");
        Assert.Equal((0, ""), await ShellAsync("-c", ShellProgram.Command("exists", file.Path.Replace(' ', '?'))));
        Assert.Equal((1, ""), await ShellAsync("-c", ShellProgram.Command("exists", "/nowhere/*")));
    }

    [Fact]
    public async Task A_clock_that_differs_from_the_hosts_is_told_by_how_much()
    {
        Check right = Clock(DateTimeOffset.UtcNow), wrong = Clock(DateTimeOffset.UtcNow.AddHours(1));

        Assert.Equal(0, (await ShellAsync("-c", right.Run)).ExitCode);
        if (Directory.Exists("/sys/class/rtc/rtc0"))
            Assert.Matches(@"^\d+\nThe clock differs from the host's \d+ by -\d+ s\n$", (await ShellAsync("-c", wrong.Run)).Output);

        static Check Clock(DateTimeOffset now) => StandardChecks.Of(new(), now).Single(check => check.Name == "clock");
    }

    [Fact]
    public void Services_are_arguments_of_their_check() =>
        Assert.StartsWith("set -- 'odd' 'web'\n", StandardChecks.Of(new() { Services = ["web", "odd"] }, DateTimeOffset.UtcNow).Single(check => check.Name == "services").Run, StringComparison.Ordinal);

    private static async Task<(int ExitCode, string Output)> ShellAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    private sealed class TemporaryFile : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("imagecraft-");

        public TemporaryFile(string name)
        {
            Path = System.IO.Path.Combine(folder.FullName, name);
            File.WriteAllText(Path, "");
        }

        public string Path { get; }

        public void Dispose() => folder.Delete(recursive: true);
    }
}
