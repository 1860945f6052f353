// Fetches one commit with its submodules and writes all files as one tar. Unaware of places and of hashes of files.

using Imagecraft.GitAddresses;
using Imagecraft.Feeds.Archives;

namespace Imagecraft.Feeds.Fetching;

/// <summary>The work on one commit; <paramref name="work"/> is a folder of its own, removed by the caller.</summary>
/// <param name="mostBytes">A repository of more is given up; Linux with all of its history has 6 GiB.</param>
internal sealed class GitSnapshot(GitCommand command, string work, long mostBytes = 64L << 30)
{
    private const int DeepestSubmodule = 8, MostRepositories = 256, LongestTarget = 4095;
    private static readonly ExpansionLimits Limits = new();

    private readonly List<GitLfs> pointers = [];
    private int repositories;

    /// <summary>Writes the files of <paramref name="commit"/> to <paramref name="output"/>.</summary>
    /// <exception cref="FeedException">The commit cannot be had, or is not what its id says, or has what cannot be kept.</exception>
    public async Task WriteAsync(string address, string commit, Stream output, CancellationToken cancellationToken)
    {
        var tar = new CanonicalTar(output);
        await AddAsync(address, commit, "", 0, tar, cancellationToken);
        tar.End();
        if (pointers.Count > 0) throw GitLfs.Missing(pointers);
    }

    private async Task AddAsync(string address, string commit, string prefix, int depth, CanonicalTar tar, CancellationToken cancellationToken)
    {
        if (depth > DeepestSubmodule || ++repositories > MostRepositories) throw new FeedException($"has submodules of submodules without an end (`{prefix}`)", userError: true);
        var folder = Directory.CreateDirectory(Path.Combine(work, $"r{repositories}")).FullName;
        var repository = Path.Combine(folder, "git");
        var git = new GitProgram(command, new GitFolders(folder, GitAddress.LocalPath(address)), GitAddress.SchemeOf(address));
        await git.TextAsync(cancellationToken, "init", "--quiet", "--bare", "--template=", $"--object-format={(commit.Length == 64 ? "sha256" : "sha1")}", "--", repository);
        await FetchAsync(git, repository, address, commit, cancellationToken);
        var objects = new GitObjects(git, repository);
        var guard = new ExpansionGuard(SizeOf(repository), Limits);
        var entries = await GitTree.EntriesAsync(objects, commit, guard, cancellationToken);
        var submodules = await GitSubmodules.AddressesAsync(git, objects, folder, address, entries, cancellationToken);
        await WriteFilesAsync(objects, [.. entries.Where(e => e.Kind != GitKind.Submodule)], prefix, guard, tar, cancellationToken);
        Directory.Delete(folder, recursive: true);
        foreach (var (entry, place) in submodules)
        {
            tar.Folder(prefix + entry.Path);
            try
            {
                await AddAsync(place, entry.Id, $"{prefix}{entry.Path}/", depth + 1, tar, cancellationToken);
            }
            catch (FeedException e) when (e.Cause != FeedCause.DiskFull)
            {
                throw new FeedException(e.Cause, $"has the submodule `{prefix}{entry.Path}` ({place}), which {e.Message}", e);
            }
        }
    }

    // Not every server gives a commit by its id; then all that it has is fetched.
    private async Task FetchAsync(GitProgram git, string repository, string address, string commit, CancellationToken cancellationToken)
    {
        string[] fetch = [$"--git-dir={repository}", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
        try
        {
            await BoundedAsync(git, repository, [.. fetch, "--depth=1", "--", address, commit], cancellationToken);
        }
        catch (FeedException e) when (e.Cause is not (FeedCause.DiskFull or FeedCause.Request))
        {
            await BoundedAsync(git, repository, [.. fetch, "--", address, "+refs/*:refs/*"], cancellationToken);
        }
    }

    // git has no limit of its own for what it fetches.
    private async Task BoundedAsync(GitProgram git, string repository, string[] arguments, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var run = git.TextAsync(end.Token, arguments);
        while (await Task.WhenAny(run, Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None)) != run)
            if (SizeOf(repository) > mostBytes) await end.CancelAsync();
        try
        {
            await run;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FeedException(FeedCause.Request, $"gave more than {mostBytes} bytes, which no commit needs");
        }
    }

    private async Task WriteFilesAsync(GitObjects objects, List<GitEntry> entries, string prefix, ExpansionGuard guard, CanonicalTar tar, CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        await objects.ReadAsync("blob", [.. entries.Select(e => e.Id)], async (index, size, content) =>
        {
            var entry = entries[index];
            var name = prefix + entry.Path;
            guard.Decoded(size);
            if (entry.Kind == GitKind.Link && size > LongestTarget) throw new FeedException($"has a link `{name}` of {size} bytes", userError: true);
            if (size <= LongestTarget)
            {
                await content.ReadExactlyAsync(buffer.AsMemory(0, (int)size), cancellationToken);
                var text = buffer.AsSpan(0, (int)size);
                if (entry.Kind == GitKind.Link) tar.Link(name, text);
                else WriteSmall(entry, name, text, tar);
                return;
            }
            tar.File(name, size, entry.Kind == GitKind.Executable);
            for (int count; (count = await content.ReadAsync(buffer, cancellationToken)) > 0;) tar.Content(buffer.AsSpan(0, count));
            tar.EndFile(size);
        }, cancellationToken);
    }

    private void WriteSmall(GitEntry entry, string name, ReadOnlySpan<byte> text, CanonicalTar tar)
    {
        if (GitLfs.Of(name, text) is { } pointer) pointers.Add(pointer);
        tar.File(name, text.Length, entry.Kind == GitKind.Executable);
        tar.Content(text);
        tar.EndFile(text.Length);
    }

    private static long SizeOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        }
        catch (IOException)
        {
            // A file that git renamed meanwhile; there is a next time.
            return 0;
        }
    }
}
