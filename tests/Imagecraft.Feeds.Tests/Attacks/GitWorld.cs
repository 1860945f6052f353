// Repositories for tests, honest and hostile, and git as whoever runs it. Unaware of what is tested.

using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Feeds.Tests.Attacks;

internal sealed class GitWorld : IDisposable
{
    private const string Nobody = "65534";

    public GitWorld() => File.SetUnixFileMode(Folder.Path, (UnixFileMode)0x1c9);

    public TemporaryFolder Folder { get; } = new();

    public string AddressOf(string name) => $"file://{Folder[name]}";

    /// <summary>A repository with one commit of the files; a content that begins with <c>-></c> is a link, one with <c>=</c> a submodule's commit.</summary>
    public async Task<string> CommitAsync(string name, params (string Path, string Content)[] files)
    {
        Directory.CreateDirectory(Folder[name]);
        if (!Directory.Exists(Folder[$"{name}/.git"])) await GitAsync(name, "init", "--quiet", "--initial-branch=main");
        foreach (var (path, content) in files)
        {
            if (content.StartsWith('='))
            {
                await GitAsync(name, "update-index", "--add", "--cacheinfo", $"160000,{content[1..]},{path}");
                continue;
            }
            Directory.CreateDirectory(Path.GetDirectoryName(Folder[$"{name}/{path}"])!);
            if (content.StartsWith("->", StringComparison.Ordinal)) File.CreateSymbolicLink(Folder[$"{name}/{path}"], content[2..]);
            else File.WriteAllText(Folder[$"{name}/{path}"], content);
            await GitAsync(name, "add", "--", path);
        }
        await GitAsync(name, "commit", "--quiet", "-m", "change");
        return (await GitAsync(name, "rev-parse", "HEAD")).Trim();
    }

    /// <summary>Stores an object as it is, however wrong.</summary>
    public async Task<string> ObjectAsync(string name, string kind, byte[] content)
    {
        var file = Folder.Write("object", content);
        return (await GitAsync(name, "hash-object", "-w", "--literally", "-t", kind, file)).Trim();
    }

    /// <summary>A tree of raw entries.</summary>
    public Task<string> TreeAsync(string name, params (string Mode, byte[] Name, string Id)[] entries) =>
        ObjectAsync(name, "tree", [.. entries.SelectMany(e => (byte[])[.. Encoding.ASCII.GetBytes(e.Mode + " "), .. e.Name, 0, .. Convert.FromHexString(e.Id)])]);

    /// <summary>A commit of a tree, which a branch leads to so that it can be fetched.</summary>
    public async Task<string> CommitOfAsync(string name, string tree)
    {
        var commit = await ObjectAsync(name, "commit", Encoding.ASCII.GetBytes($"tree {tree}\nauthor t <t@example.org> 0 +0000\ncommitter t <t@example.org> 0 +0000\n\nx\n"));
        await GitAsync(name, "update-ref", "refs/heads/hostile", commit);
        return commit;
    }

    public async Task<string> GitAsync(string name, params string[] arguments) =>
        (await Cli.Wrap("git").WithArguments(["-c", "user.name=t", "-c", "user.email=t@example.org", .. arguments]).WithWorkingDirectory(Folder[name])
            .WithEnvironmentVariables(e => e.Set("GIT_DIR", null).Set("GIT_CONFIG_GLOBAL", "/dev/null")).ExecuteBufferedAsync(TestContext.Current.CancellationToken)).StandardOutput;

    /// <summary>Fetches and unpacks; the folder of the files.</summary>
    public async Task<string> FetchAsync(string place, GitCommand? git = null)
    {
        var tar = Folder["fetched.tar"];
        var tree = Folder["tree"];
        if (Directory.Exists(tree)) Directory.Delete(tree, recursive: true);
        await new GitScheme(git ?? GitCommands.OnHost("git")).GetAsync(place, tar, null, TestContext.Current.CancellationToken);
        await Archives.Archive.ExtractAsync(tar, tree, new(), TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists(tar + ".git"));
        return tree;
    }

    public Task<FeedException> RefusedAsync(string place, GitCommand? git = null) => Assert.ThrowsAsync<FeedException>(() => FetchAsync(place, git));

    /// <summary>git as this user, or as one without any rights.</summary>
    public static GitCommand As(string who)
    {
        if (who == "me") return GitCommands.OnHost("git");
        Assert.SkipUnless(Environment.UserName == "root", "Only root can become another user");
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv"), "There is no setpriv (util-linux) to become another user with");
        return (arguments, folders) =>
        {
            foreach (var folder in (string?[])[Path.GetDirectoryName(folders.Work), folders.Source])
                if (folder is not null) Cli.Wrap("chown").WithArguments(["-R", $"{Nobody}:{Nobody}", folder]).ExecuteAsync().Task.GetAwaiter().GetResult();
            return ["/usr/bin/setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "git", .. arguments];
        };
    }

    /// <summary>All files and links below a folder, with their contents.</summary>
    public static string[] Listing(string folder) =>
    [
        .. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Where(f => f is FileInfo || f.LinkTarget is not null)
            .Select(f => $"{Path.GetRelativePath(folder, f.FullName)}{(f.LinkTarget is { } target ? $" -> {target}" : "=" + File.ReadAllText(f.FullName))}").Order(StringComparer.Ordinal),
    ];

    public void Dispose() => Folder.Dispose();
}
