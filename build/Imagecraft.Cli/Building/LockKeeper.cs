// Keeps imagecraft.lock in step with what the workspace asks for. Unaware of builds.

using System.Collections.Immutable;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;
using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Nuget;
using Imagecraft.Feeds.Locking;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Building;

/// <summary>Reads, checks, updates and writes the lock of one workspace.</summary>
/// <param name="session">The call.</param>
/// <param name="workspace">What asks for packages.</param>
/// <param name="fetching">Downloads, when something must be resolved.</param>
/// <param name="present">The lock as it is; see <see cref="ReadAsync"/>.</param>
public sealed class LockKeeper(Session session, Workspace workspace, Fetching fetching, LockFile present)
{
    private readonly ImmutableArray<FeedSpec> _feeds = LockSets.Feeds(workspace, session.WorkspaceRoot);
    private readonly ImmutableArray<SetRequest> _requests = LockSets.Debian(workspace, Machines.HostArchitecture);

    private readonly ImmutableArray<ProjectRequest> _projects = LockSets.Projects(workspace);

    /// <summary>Reads the lock on a thread of its own, so that it costs nothing beside the workspace's files; empty when there is none.</summary>
    public static Task<LockFile> ReadAsync(Session session) => Task.Run(() => File.Exists(LockPath(session)) ? LockFile.Parse(File.ReadAllText(LockPath(session))) : LockFile.Empty);

    /// <summary>The lock as a build may use it: brought up to date first, unless <paramref name="locked"/> or <paramref name="offline"/> forbid it.</summary>
    /// <exception cref="ProblemException">It is stale and may not be changed.</exception>
    public async Task<LockFile> ReadyAsync(bool locked, bool offline, CancellationToken cancellationToken)
    {
        var stale = Stale();
        if (stale.Count == 0)
            return present;
        if (locked || offline)
            throw ProblemException.User($"`{LockFile.FileName}` does not fit what is asked for in [{string.Join(", ", stale)}], and `{(locked ? "--locked" : "--offline")}` forbids to change it", "Run `./build.sh lock` and commit the result");
        return await ResolveAsync(stale, everything: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Resolves what is stale, or everything anew, and writes the lock.</summary>
    public async Task<LockFile> UpdateAsync(bool everything, CancellationToken cancellationToken)
    {
        List<string> names = everything ? [.. _requests.Select(r => r.Name), .. _projects.Select(p => p.Name)] : Stale();
        return names.Count == 0 ? present : await ResolveAsync(names, everything, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the suites' current versions of packages that could not be had; null when none of <paramref name="hashes"/> is a locked package.</summary>
    public async Task<LockFile?> ReplaceAsync(LockFile used, IReadOnlyCollection<string> hashes, CancellationToken cancellationToken)
    {
        var missing = used.Sets.SelectMany(s => s.Packages).Where(p => hashes.Contains(p.Sha256)).Distinct().ToList();
        return missing.Count == 0 ? null : Keep(used, await NewLocker().ReplaceAsync(used, _requests, missing, cancellationToken).ConfigureAwait(false));
    }

    private List<string> Stale() =>
        [.. Locker.Stale(present, _requests, _feeds).Select(r => $"{r.Name} {r.Architecture}"), .. _projects.Where(p => present.FindProject(p.Name)?.Inputs != Inputs(p)).Select(p => p.Name)];

    private async Task<LockFile> ResolveAsync(IReadOnlyList<string> names, bool everything, CancellationToken cancellationToken)
    {
        session.Console.Out.WriteLine($"Resolving packages of [{string.Join(", ", names)}]");
        var update = await NewLocker().UpdateAsync(present, _requests, everything, cancellationToken).ConfigureAwait(false);
        var projects = update.Lock;
        foreach (var project in _projects.Where(p => everything || present.FindProject(p.Name)?.Inputs != Inputs(p)))
        {
            var scratch = Path.Combine(session.CacheRoot, "restore", Guid.NewGuid().ToString("N"));
            projects = projects.With(await NugetLock.ResolveAsync(project.Name, ProjectPath(project), project.RuntimeIdentifiers, session.Dotnet, Inputs(project), scratch, cancellationToken).ConfigureAwait(false));
        }

        return Keep(present, update with { Lock = projects });
    }

    private string Inputs(ProjectRequest project) => NugetLock.Inputs(ProjectPath(project), project.RuntimeIdentifiers, HostSdk.Find(session.Dotnet).Version);

    private string ProjectPath(ProjectRequest project) => Path.Combine(session.WorkspaceRoot, project.Project);

    private LockFile Keep(LockFile before, LockUpdate update)
    {
        foreach (var warning in update.Warnings)
            session.Console.WriteWarning(warning);
        if (!ReferenceEquals(before, update.Lock))
        {
            var temporary = $"{LockPath(session)}.{Environment.ProcessId}";
            File.WriteAllText(temporary, update.Lock.Write());
            File.Move(temporary, LockPath(session), overwrite: true);
        }

        return update.Lock;
    }

    private Locker NewLocker() => new(new DebianMirror(fetching.Fetcher, fetching.Registries, Path.Combine(session.CacheRoot, "indexes"), TimeProvider.System), _feeds);

    private static string LockPath(Session session) => Path.Combine(session.WorkspaceRoot, LockFile.FileName);
}
