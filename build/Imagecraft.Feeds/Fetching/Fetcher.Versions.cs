// Asks servers which versions they have of something. Unaware of which are newer.

using System.Collections.Immutable;
using System.Text;
using Imagecraft.GitAddresses;

namespace Imagecraft.Feeds.Fetching;

public sealed partial class Fetcher
{
    /// <summary>A page as text, bounded by <see cref="FetcherOptions.LargestIndex"/>.</summary>
    /// <exception cref="FeedException">It could not be had; the message reads well after the address and a colon.</exception>
    public async Task<string> PageAsync(Uri address, CancellationToken cancellationToken) => Encoding.UTF8.GetString(await BytesAsync(address, cancellationToken));

    /// <summary>All versions of a package that its registry has.</summary>
    /// <param name="place">`npm:PACKAGE` or `nuget:ID`.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FeedException">The registry could not be asked; the message reads well after the place and a colon.</exception>
    public async Task<ImmutableArray<string>> VersionsAsync(string place, CancellationToken cancellationToken)
    {
        if (options.Offline) throw Offline();
        var colon = place.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && schemes.GetValueOrDefault(place[..colon]) is IVersionedScheme scheme
            ? await scheme.VersionsAsync(place[(colon + 1)..], cancellationToken)
            : throw new FeedException("names no registry that tells versions; known are [npm, nuget]", userError: true);
    }

    /// <summary>The tags of a repository, as git itself tells them.</summary>
    /// <param name="address">Address of a repository.</param>
    /// <param name="git">Starts git.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FeedException">It could not; the message reads well after the address and a colon.</exception>
    public async Task<ImmutableArray<GitTag>> TagsAsync(string address, GitCommand git, CancellationToken cancellationToken)
    {
        if (options.Offline) throw Offline();
        if (GitAddress.Problem(address) is { } problem) throw new FeedException(problem, userError: true);
        var folder = Directory.CreateTempSubdirectory("imagecraft-tags-").FullName;
        try
        {
            // What starts git may lay something beside its folder.
            var work = Directory.CreateDirectory(Path.Combine(folder, "work")).FullName;
            var program = new GitProgram(git, new GitFolders(work, GitAddress.LocalPath(address)), GitAddress.SchemeOf(address));
            return GitTag.OfListing(await program.TextAsync(cancellationToken, "ls-remote", "--tags", "--", address));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
