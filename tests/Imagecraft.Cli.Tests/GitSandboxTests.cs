// git of its tool root, in the sandbox that it is run in.

using System.Diagnostics;
using Imagecraft.Cli.Building;
using Imagecraft.Engine.Actions;
using Imagecraft.Feeds.Configuration;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Cli.Tests;

public sealed class GitSandboxTests : IDisposable
{
    private const string Variable = "IMAGECRAFT_TEST_TOOLROOT", Nobody = "65534";

    private readonly string folder = Directory.CreateTempSubdirectory("git-sandbox-").FullName;

    public GitSandboxTests() => File.SetUnixFileMode(folder, (UnixFileMode)0x1ed);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_of_a_repository_of_this_machine_is_fetched(bool asNobody)
    {
        var repository = Directory.CreateDirectory(Path.Combine(folder, "r")).FullName;
        await File.WriteAllTextAsync(Path.Combine(repository, "a"), "text", TestContext.Current.CancellationToken);
        await GitAsync(repository, "init", "--quiet", ".");
        await GitAsync(repository, "add", ".");
        await GitAsync(repository, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "first");
        var commit = (await GitAsync(repository, "rev-parse", "HEAD")).Trim();
        var tar = Path.Combine(folder, "tar");
        using var fetcher = new Fetcher(new Registries(Machine.This(folder)), new FetcherOptions());

        await fetcher.FetchCommitAsync("r", [$"git:file://{repository}#{commit}"], asNobody ? AsNobody(Git(await ReadableRootsAsync())) : Git(), tar, null, TestContext.Current.CancellationToken);

        var bytes = await File.ReadAllBytesAsync(tar, TestContext.Current.CancellationToken);
        Assert.Equal("a", System.Text.Encoding.ASCII.GetString(bytes, 0, 1));
        Assert.Equal("text", System.Text.Encoding.ASCII.GetString(bytes, 512, 4));
    }

    [Fact]
    public async Task Of_the_host_it_sees_hardly_a_file()
    {
        var work = Directory.CreateDirectory(Path.Combine(folder, "work")).FullName;
        var outside = Path.Combine(folder, "outside");
        var seen = await GitAsync(work, "-c", $"alias.look=!for f in /* /etc/*; do echo $f; done; while read -r line; do echo \"$line\"; done </proc/self/status; (: >{outside}) 2>/dev/null; (: >/usr/x) 2>/dev/null; true", "look");
        var lines = seen.Split('\n');

        // The work folder lies below a folder of the root, as it does on the host.
        Assert.Equal(new[] { "bin", "dev", "etc", "lib", "lib64", "proc", "sbin", "tmp", "usr", folder.Split('/')[1] }.Distinct().Select(n => "/" + n).Order(StringComparer.Ordinal), lines.Where(l => l.LastIndexOf('/') == 0).Except(["/" + GitCommands.KnownHosts.Split('/')[1]]).Order(StringComparer.Ordinal));
        Assert.Empty(lines.Where(l => l.StartsWith("/etc/", StringComparison.Ordinal)).Except(["/etc/group", "/etc/hosts", "/etc/passwd", "/etc/resolv.conf", "/etc/ssh", "/etc/ssl"]));
        Assert.Contains("CapEff:\t0000000000000000", lines);
        Assert.Contains("CapBnd:\t0000000000000000", lines);
        Assert.Contains("Seccomp:\t2", lines);
        Assert.Contains("NoNewPrivs:\t1", lines);
        Assert.False(File.Exists(outside));
    }

    // The caller's cache is nobody else's business, so another user gets copies.
    private async Task<string> ReadableRootsAsync()
    {
        var roots = Path.Combine(folder, "roots");
        foreach (var name in (string[])["sandbox", "git"])
        {
            Directory.CreateDirectory(Path.Combine(roots, name));
            using var copy = Process.Start("cp", ["-a", Path.Combine(Environment.GetEnvironmentVariable(Variable) ?? "", name) + "/.", Path.Combine(roots, name)]);
            await copy.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, copy.ExitCode);
        }

        return roots;
    }

    private static GitCommand Git(string? roots = null)
    {
        roots ??= Environment.GetEnvironmentVariable(Variable);
        Assert.False(string.IsNullOrEmpty(roots), $"Tests of git need tool roots: set `{Variable}` to a folder with the unpacked roots `sandbox` and `git`; `./build.sh test` does so");
        return GitSandbox.Of(new FetchTools(Path.GetFullPath(Path.Combine(roots, "sandbox")), Path.GetFullPath(Path.Combine(roots, "git"))));
    }

    private static GitCommand AsNobody(GitCommand git)
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can become another user; this one is plain already");
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv"), "There is no setpriv (util-linux) to become another user with");
        return (arguments, folders) =>
        {
            foreach (var path in (string?[])[Path.GetDirectoryName(folders.Work), folders.Source])
                if (path is not null)
                    Process.Start("chown", ["-R", $"{Nobody}:{Nobody}", path]).WaitForExit();
            return ["/usr/bin/setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", .. git(arguments, folders)];
        };
    }

    private static async Task<string> GitAsync(string work, params string[] arguments)
    {
        var command = Git()(arguments, new GitFolders(work, null));
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return text;
    }
}
