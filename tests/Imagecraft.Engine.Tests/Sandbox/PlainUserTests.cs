// Repeats the tests of the sandbox as a user without any rights: runs as root prove other things than those of plain users.

using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed partial class PlainUserTests
{
    const string User = "65534";

    // What the scripts of these tests run; the whole tool root would take minutes to copy.
    static readonly string[] _programs =
        ["bash", "sh", "cat", "chmod", "chown", "cp", "cut", "dd", "echo", "env", "find", "grep", "head", "id", "install", "ln", "ls", "make", "mkdir", "mv", "perl", "rm", "rmdir", "seq", "sleep", "sort", "stat", "tail", "tee", "touch", "tr", "true", "uname", "wc", "yes"];

    [Theory]
    [InlineData(typeof(AttackTests), 29)]
    [InlineData(typeof(SurvivorTests), 5)]
    [InlineData(typeof(BoundsTests), 5)]
    public async Task They_hold_for_a_plain_user(Type tests, int least)
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("The tests run as a plain user already");
        var folder = Directory.CreateTempSubdirectory("plain-").FullName;
        try
        {
            var roots = await TestToolRoot.GetAsync();
            await RunAsync("cp", "-rL", AppContext.BaseDirectory, Path.Combine(folder, "tests"));
            await RunAsync("cp", "-a", Resolved(roots.Bubblewrap), Path.Combine(folder, "sandbox"));
            await CopyToolsAsync(Resolved(roots.Tools), Path.Combine(folder, "tools"));
            Directory.CreateDirectory(Path.Combine(folder, "temporary"));
            await RunAsync("chown", "-R", $"{User}:{User}", folder);
            var output = await RunAsync(
                "setpriv",
                $"--reuid={User}", $"--regid={User}", "--clear-groups",
                "env", $"HOME={folder}/temporary", $"TMPDIR={folder}/temporary", $"IMAGECRAFT_TEST_TOOLROOT={folder}", $"DOTNET_ROOT={DotnetRoot}",
                Path.Combine(folder, "tests", Path.GetFileName(Environment.ProcessPath!)), "-class", tests.FullName!);
            var summary = Summary().Match(output);
            Assert.True(summary.Success, output);
            Assert.True(int.Parse(summary.Groups[1].ValueSpan) - int.Parse(summary.Groups[2].ValueSpan) >= least, output);
        }
        finally
        {
            await RunAsync("rm", "-rf", folder);
        }
    }

    static string DotnetRoot => Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    static string Resolved(string folder) => new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder;

    static async Task CopyToolsAsync(string from, string to)
    {
        var libraries = Directory.EnumerateDirectories(Path.Combine(from, "usr/lib"), "*-linux-gnu").Where(f => File.Exists(Path.Combine(f, "libc.so.6"))).ToList();
        Directory.CreateDirectory(Path.Combine(to, "usr/bin"));
        foreach (var library in libraries)
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, library));
            Directory.CreateDirectory(target);
            await RunAsync("find", library, "-maxdepth", "1", "-name", "*.so*", "-size", "-4M", "-exec", "cp", "-a", "{}", target, ";");
        }

        await RunAsync("cp", ["-a", .. _programs.Select(p => Path.Combine(from, "usr/bin", p)).Append(Path.Combine(from, "usr/bin/dash")).Where(p => Path.Exists(p)), Path.Combine(to, "usr/bin")]);
        foreach (var link in new[] { "bin", "lib", "lib64", "sbin", "usr/lib64", "usr/lib/locale" }.Select(name => Path.Combine(from, name)).Where(Path.Exists))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, Path.GetRelativePath(from, link)))!);
            await RunAsync("cp", "-a", link, Path.Combine(to, Path.GetRelativePath(from, link)));
        }
    }

    static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} exited with {process.ExitCode}:\n{output}\n{await error}");
        return output;
    }

    [GeneratedRegex(@"Total: (\d+), Errors: 0, Failed: 0, Skipped: (\d+)")]
    private static partial Regex Summary();
}
