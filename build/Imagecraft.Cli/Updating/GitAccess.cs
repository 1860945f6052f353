// git of the tool roots, made ready when a repository is first asked. Unaware of what it is asked.

using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Cli.Updating;

/// <summary>One tool root for all repositories of a call.</summary>
/// <param name="session">The call.</param>
/// <param name="request">Board and options.</param>
/// <param name="recipe">Any recipe with sources.</param>
public sealed class GitAccess(Session session, BuildRequest request, string recipe) : IDisposable
{
    private readonly Lock _gate = new();
    private Task<SourceTools>? _tools;

    /// <summary>Starts git.</summary>
    /// <exception cref="FeedException">The tool root could not be had.</exception>
    public async Task<GitCommand> CommandAsync()
    {
        lock (_gate)
            _tools ??= SourceTools.OpenAsync(session, request, recipe, _ => { }, whole: false);
        try
        {
            var tools = await _tools.ConfigureAwait(false);
            return tools.ExitCode == ExitCodes.Done ? tools.Command : throw new FeedException("the tool root `git` could not be made ready; what failed is told above", userError: false);
        }
        catch (ProblemException problem)
        {
            throw new FeedException($"the tool root `git` could not be made ready: {problem.Message}", userError: true, problem);
        }
        catch (DiagnosticsException problems)
        {
            throw new FeedException($"the tool root `git` could not be made ready: {problems.Diagnostics[0].Message}", userError: true, problems);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_tools is { IsCompletedSuccessfully: true })
            _tools.Result.Dispose();
    }
}
