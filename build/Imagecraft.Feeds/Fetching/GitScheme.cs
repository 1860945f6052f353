// `git:` places: the tree of one pinned commit as a tar. Unaware of branches and of histories.

using System.Formats.Tar;
using System.Globalization;
using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.Feeds.Fetching;

/// <summary>`git:ADDRESS#COMMIT` (40 hexadecimal characters). The tar depends on the commit alone, not on git's version.</summary>
/// <remarks>Source: git-ls-tree(1) and git-cat-file(1), formats of `-z` and of `--batch`.</remarks>
internal sealed class GitScheme(FetcherOptions options) : IScheme
{
    private const string Submodule = "160000";
    private const string SymbolicLink = "120000";
    private const string Executable = "100755";

    public bool NeedsNetwork => true;

    public async Task GetAsync(string place, string path, Transfer transfer, CancellationToken cancellationToken)
    {
        var hash = place.LastIndexOf('#');
        var commit = hash < 0 ? "" : place[(hash + 1)..];
        if (commit.Length != 40 || !commit.All(char.IsAsciiHexDigitLower)) throw new FeedException("names no pinned commit; write `git:ADDRESS#COMMIT` with all 40 characters of the commit", userError: true);
        var address = place["git:".Length..hash];
        if (options.Git is null) throw new FeedException("needs `git`, which was not found; install it, or add another place for this source", userError: false);
        var repository = path + ".git";
        if (Directory.Exists(repository)) Directory.Delete(repository, recursive: true);
        try
        {
            await GitAsync(["init", "--quiet", "--bare", repository], cancellationToken);
            await FetchAsync(repository, address, commit, cancellationToken);
            await WriteTarAsync(repository, commit, path, cancellationToken);
        }
        catch (FeedException e) when (e.Message.Contains("No space left on device", StringComparison.Ordinal))
        {
            throw DiskRoom.Full(repository, null, new IOException(e.Message, e));
        }
        finally
        {
            if (Directory.Exists(repository)) Directory.Delete(repository, recursive: true);
        }
    }

    // Not every server gives a commit by its hash; then all branches and tags are fetched.
    private async Task FetchAsync(string repository, string address, string commit, CancellationToken cancellationToken)
    {
        try
        {
            await GitAsync(["-C", repository, "fetch", "--quiet", "--depth", "1", address, commit], cancellationToken);
        }
        catch (FeedException)
        {
            await GitAsync(["-C", repository, "fetch", "--quiet", address, "+refs/*:refs/*"], cancellationToken);
        }
        if ((await GitAsync(["-C", repository, "cat-file", "-t", commit], cancellationToken)).Trim() != "commit")
            throw new FeedException($"has no commit `{commit}`", userError: true);
    }

    private async Task WriteTarAsync(string repository, string commit, string path, CancellationToken cancellationToken)
    {
        var listing = await GitAsync(["-C", repository, "ls-tree", "-r", "-z", "--full-tree", commit], cancellationToken);
        // Each item is `MODE TYPE OBJECT<tab>PATH`.
        var items = listing.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(item => (Mode: item[..6], Object: item[..item.IndexOf('\t', StringComparison.Ordinal)].Split(' ')[2], Path: item[(item.IndexOf('\t', StringComparison.Ordinal) + 1)..]))
            .Where(item => item.Mode != Submodule).OrderBy(item => item.Path, StringComparer.Ordinal).ToList();
        var contents = path + ".objects";
        try
        {
            await Cli.Wrap(options.Git!).WithArguments(["-C", repository, "cat-file", "--batch"])
                .WithStandardInputPipe(PipeSource.FromString(string.Join('\n', items.Select(i => i.Object)) + "\n"))
                .WithStandardOutputPipe(PipeTarget.ToFile(contents)).ExecuteAsync(cancellationToken);
            await using var objects = new FileStream(contents, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
            await using var output = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
            await using var tar = new TarWriter(output, TarEntryFormat.Gnu);
            foreach (var (mode, _, name) in items) WriteMember(tar, objects, mode, $"source/{name}");
        }
        finally
        {
            File.Delete(contents);
        }
    }

    private static void WriteMember(TarWriter tar, Stream objects, string mode, string name)
    {
        var header = new StringBuilder();
        for (int next; (next = objects.ReadByte()) != '\n';) header.Append(next < 0 ? throw new FeedException("git ended too early", userError: false) : (char)next);
        var content = new byte[int.Parse(header.ToString().Split(' ')[2], CultureInfo.InvariantCulture)];
        objects.ReadExactly(content);
        objects.ReadByte();
        var isLink = mode == SymbolicLink;
        var entry = new GnuTarEntry(isLink ? TarEntryType.SymbolicLink : TarEntryType.RegularFile, name)
        {
            ModificationTime = DateTimeOffset.UnixEpoch,
            Mode = (UnixFileMode)Convert.ToInt32(mode == Executable ? "755" : "644", 8),
        };
        if (isLink) entry.LinkName = Encoding.UTF8.GetString(content);
        else entry.DataStream = new MemoryStream(content);
        tar.WriteEntry(entry);
    }

    private async Task<string> GitAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var result = await Cli.Wrap(options.Git!).WithArguments(arguments).WithValidation(CommandResultValidation.None)
            .WithEnvironmentVariables(e => e.Set("GIT_TERMINAL_PROMPT", "0").Set("LC_ALL", "C")).ExecuteBufferedAsync(cancellationToken);
        return result.IsSuccess ? result.StandardOutput : throw new FeedException($"git said: {result.StandardError.Trim()}", userError: false);
    }
}
