// Debian's own answers: apt with a root, an index and a state of its own. Unaware of what is compared with them.

using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.Feeds.Tests;

/// <summary>An empty system of the architectures, for which the packages of one index may be installed.</summary>
internal sealed class AptRoot : IDisposable
{
    private const string Program = "/usr/bin/apt-get";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly TemporaryFolder folder = new();

    private AptRoot()
    {
    }

    /// <summary>Skips the test on machines that have no apt.</summary>
    public static async Task<AptRoot> OfAsync(string packages, params string[] architectures)
    {
        Assert.SkipUnless(File.Exists(Program), $"`{Program}` is not on this machine, so Debian's own answers cannot be asked for");
        var root = new AptRoot();
        foreach (var name in new[] { "etc/apt/preferences.d", "etc/apt/apt.conf.d", "etc/apt/trusted.gpg.d", "etc/apt/sources.list.d", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/lib/dpkg" })
            Directory.CreateDirectory(root.folder[name]);
        root.folder.Write("var/lib/dpkg/status", "");
        root.folder.Write("repository/Packages", packages);
        root.folder.Write("etc/apt/sources.list", $"deb [trusted=yes] file:{root.folder["repository"]} ./\n");
        root.folder.Write("apt.conf", $$"""
            Dir "{{root.folder.Path}}/";
            Dir::State::status "{{root.folder["var/lib/dpkg/status"]}}";
            APT::Architecture "{{architectures[0]}}";
            APT::Architectures { {{string.Join(' ', architectures.Select(a => $"\"{a}\";"))}} };
            APT::Sandbox::User "root";
            APT::Install-Recommends "false";
            Acquire::Languages "none";
            """);
        var update = await root.RunAsync(["update"], TestContext.Current.CancellationToken);
        Assert.True(update.IsSuccess, update.StandardError);
        return root;
    }

    /// <summary>What apt would install: each as <c>name:architecture=version</c>, sorted; null when it finds no way.</summary>
    public async Task<IReadOnlyList<string>?> InstallAsync(IEnumerable<string> packages, CancellationToken cancellationToken)
    {
        var result = await RunAsync(["-s", "-q", "install", .. packages], cancellationToken);
        return result.IsSuccess ? [.. result.StandardOutput.Split('\n').Where(l => l.StartsWith("Inst ", StringComparison.Ordinal)).Select(Read).Order(StringComparer.Ordinal)] : null;
    }

    public void Dispose() => folder.Dispose();

    // `Inst NAME[:ARCH] (VERSION ORIGIN [ARCH])`; apt-get(8).
    private static string Read(string line)
    {
        var name = line.Split(' ')[1].Split(':')[0];
        var inside = line[(line.IndexOf('(', StringComparison.Ordinal) + 1)..line.IndexOf(')', StringComparison.Ordinal)];
        return $"{name}:{inside[(inside.IndexOf('[', StringComparison.Ordinal) + 1)..].TrimEnd(']')}={inside.Split(' ')[0]}";
    }

    private async Task<BufferedCommandResult> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        return await Cli.Wrap(Program).WithArguments(arguments).WithEnvironmentVariables(e => e.Set("APT_CONFIG", folder["apt.conf"]).Set("LC_ALL", "C"))
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token);
    }
}
