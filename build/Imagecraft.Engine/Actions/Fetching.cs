// The contract between the engine and whoever can download. Unaware of protocols.

using System.Collections.Immutable;

namespace Imagecraft.Engine.Actions;

/// <summary>Downloads files of known content.</summary>
public interface IFetcher
{
    /// <summary>Tries the places in order, verifies the hash and leaves the file at <paramref name="destination"/>.</summary>
    /// <param name="request">What to fetch.</param>
    /// <param name="destination">Path to write; a partial file there may be resumed.</param>
    /// <param name="progress">Bytes received so far and the total when known.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <exception cref="FetchFailedException">Every place failed; the message lists each with its error.</exception>
    Task FetchAsync(ActionWork.Fetch request, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken);

    /// <summary>Tries the places in order, verifies that the content is the commit's and leaves the tar at <paramref name="destination"/>.</summary>
    /// <param name="request">What to fetch.</param>
    /// <param name="tools">Where the tools are.</param>
    /// <param name="destination">Path to write.</param>
    /// <param name="progress">Bytes written.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FetchFailedException">Every place failed; the message lists each with its error.</exception>
    Task FetchCommitAsync(ActionWork.FetchCommit request, FetchTools tools, string destination, IProgress<(long Received, long? Total)>? progress, CancellationToken cancellationToken);
}

/// <summary>Folders of the programs that a download is made with.</summary>
/// <param name="Sandbox">A root with bubblewrap.</param>
/// <param name="Root">The action's tree at <c>/</c>.</param>
public sealed record FetchTools(string Sandbox, string Root);

/// <summary>No place gave the expected content.</summary>
/// <param name="message">What was tried, each with its error, and the remedy.</param>
/// <param name="userError">The request itself is wrong (hash mismatch, malformed address), rather than the network.</param>
public sealed class FetchFailedException(string message, bool userError) : Exception(message)
{
    /// <summary>The request is wrong rather than the network.</summary>
    public bool UserError { get; } = userError;
}
