// `git:` places: the files of one pinned commit as a tar. Unaware of branches and of histories.

using Imagecraft.GitAddresses;

namespace Imagecraft.Feeds.Fetching;

/// <summary>`git:ADDRESS#COMMIT` (40 hexadecimal characters, or 64 of a repository with SHA-256). The tar depends on the commit alone, not on git's version.</summary>
internal sealed class GitScheme(GitCommand git)
{
    private const string Prefix = "git:";

    /// <summary>Writes the tar to <paramref name="path"/>.</summary>
    /// <exception cref="FeedException">It could not; the message reads well after the place and a colon.</exception>
    public async Task GetAsync(string place, string path, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken)
    {
        var (address, commit) = Parse(place);
        var work = Path.GetFullPath(path + ".git");
        if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        Directory.CreateDirectory(work, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            await using var output = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
            await new GitSnapshot(git, work).WriteAsync(address, commit, output, cancellationToken);
            progress?.Report((output.Length, output.Length));
        }
        catch (InvalidDataException e)
        {
            throw new FeedException($"cannot be taken: {e.Message}", userError: true, e);
        }
        catch (IOException e) when (DiskRoom.IsExhausted(e))
        {
            throw DiskRoom.Full(work, null, e);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>Address and commit of a place.</summary>
    /// <exception cref="FeedException">It is malformed, or an address that git may not be given.</exception>
    internal static (string Address, string Commit) Parse(string place)
    {
        var hash = place.LastIndexOf('#');
        var commit = hash < 0 ? "" : place[(hash + 1)..];
        if (commit.Length is not (40 or 64) || !commit.All(char.IsAsciiHexDigitLower)) throw new FeedException("names no pinned commit; write `git:ADDRESS#COMMIT` with all 40 (or 64) characters of the commit", userError: true);
        var address = place[Prefix.Length..hash];
        return GitAddress.Problem(address) is { } problem ? throw new FeedException(problem, userError: true) : (address, commit);
    }
}
