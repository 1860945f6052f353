// Keeps imagecraft.lock in step with what the workspace asks for. Unaware of builds.

using System.Collections.Immutable;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;
using Imagecraft.Engine.Files;
using Imagecraft.Feeds.Debian;
using Imagecraft.Feeds.Locking;
using Imagecraft.Feeds.Nuget;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning.Systems;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Building;

/// <summary>Reads, checks, updates and writes the lock of one workspace. What is locked for documents that have problems, or need some that have, stays as it is.</summary>
/// <param name="session">The call.</param>
/// <param name="reading">What asks for packages.</param>
/// <param name="fetching">Downloads, when something must be resolved.</param>
/// <param name="present">The lock as it is; see <see cref="ReadAsync"/>.</param>
public sealed class LockKeeper(Session session, WorkspaceReading reading, Fetching fetching, LockFile present)
{
    private readonly ImmutableArray<FeedSpec> _feeds = LockSets.Feeds(reading.Workspace, session.WorkspaceRoot);

    // Null: this machine has none, so what is locked for projects can neither be judged nor renewed, and stays.
    private readonly Lazy<DotnetSdk?> _sdk = new(() => HostSdk.Find(session));

    // A project is locked for all architectures, so without one of them nothing can be said of it.
    private readonly bool _hasAllArchitectures = reading.NamesOf(KindNames.Architecture).All(reading.Workspace.Architectures.ContainsKey);

    /// <summary>Reads the lock on a thread of its own, so that it costs nothing beside the workspace's files; empty when there is none. That of a workspace lies over the core layer's.</summary>
    public static Task<LockFile> ReadAsync(Session session) => Task.Run(() => Read(session.WorkspaceRoot) is var own && CoreOf(session) is { } core ? own.Over(core) : own);

    /// <summary>The core layer's lock; null when the workspace has none elsewhere.</summary>
    private static LockFile? CoreOf(Session session) => session.CoreRoot != session.WorkspaceRoot && File.Exists(Path.Combine(session.WorkspaceRoot, WorkspaceFile.FileName)) ? Read(session.CoreRoot) : null;

    /// <summary>The lock of the core layer, whoever stands on it.</summary>
    public static LockFile ReadCore(Session session) => Read(session.CoreRoot);

    private static LockFile Read(string folder) => Path.Combine(folder, LockFile.FileName) is var path && File.Exists(path) ? LockFile.Parse(File.ReadAllText(path), path) : LockFile.Empty;

    /// <summary>The lock as a build may use it: what it needs is brought up to date first, unless <paramref name="locked"/> or <paramref name="offline"/> forbid it.</summary>
    /// <param name="needed">The documents that the build needs; what others ask for is left alone.</param>
    /// <param name="locked">The lock may not be changed.</param>
    /// <param name="offline">Nor can it be without a network.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ProblemException">It is stale and may not be changed.</exception>
    public async Task<LockFile> ReadyAsync(Func<DocumentId, bool> needed, bool locked, bool offline, CancellationToken cancellationToken)
    {
        var (requests, projects) = (Requests(needed), Projects(needed));
        var stale = Stale(requests, projects);
        if (stale.Count == 0)
            return present;
        if (locked || offline)
            throw ProblemException.User(Misfit(stale, $", and `{(locked ? "--locked" : "--offline")}` forbids to change it"), "Run `./build.sh lock` and commit the result");
        return await ResolveAsync(stale, requests, projects, everything: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Resolves what is stale, or everything anew, and writes the lock.</summary>
    public async Task<LockFile> UpdateAsync(bool everything, CancellationToken cancellationToken)
    {
        var (requests, projects) = (Requests(reading.IsSound), Projects(reading.IsSound));
        if (_sdk.Value is null && !LockSets.Projects(reading.Workspace, reading.IsSound).IsEmpty)
            session.Console.WriteWarning($"No .NET SDK of version {Environment.Version.Major} is on this machine, so what is locked for .NET projects stays as it is");
        List<string> names = everything ? [.. requests.Select(r => r.Name), .. projects.Select(p => p.Name)] : Stale(requests, projects);
        return names.Count == 0 ? present : await ResolveAsync(names, requests, projects, everything, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the suites' current versions of packages that could not be had; null when none of <paramref name="hashes"/> is a locked package.</summary>
    public async Task<LockFile?> ReplaceAsync(LockFile used, IReadOnlyCollection<string> hashes, CancellationToken cancellationToken)
    {
        var missing = used.Sets.SelectMany(s => s.Packages).Where(p => hashes.Contains(p.Sha256)).Distinct().ToList();
        return missing.Count == 0 ? null : Keep(used, await NewLocker().ReplaceAsync(used, Requests(reading.IsSound), missing, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>What is wrong with the lock as it is, in words; null when it fits all that is asked for.</summary>
    public string? Problem() => Stale(Requests(reading.IsSound), Projects(reading.IsSound)) is { Count: > 0 } stale ? Misfit(stale, "") : null;

    private ImmutableArray<SetRequest> Requests(Func<DocumentId, bool> counts) => LockSets.Debian(reading.Workspace, Machines.HostArchitecture, counts);

    private ImmutableArray<ProjectRequest> Projects(Func<DocumentId, bool> counts) =>
        [.. LockSets.Projects(reading.Workspace, counts).Where(p => (_hasAllArchitectures || present.FindProject(p.Name) is null) && _sdk.Value is not null)];

    private List<string> Stale(ImmutableArray<SetRequest> requests, ImmutableArray<ProjectRequest> projects) =>
        [.. Locker.Stale(present, requests, _feeds).Select(r => $"{r.Name} {r.Architecture}"), .. projects.Where(p => present.FindProject(p.Name)?.Inputs != Inputs(p)).Select(p => p.Name)];

    private static string Misfit(IReadOnlyList<string> stale, string more) => $"`{LockFile.FileName}` does not fit what is asked for in [{string.Join(", ", stale)}]{more}";

    private async Task<LockFile> ResolveAsync(IReadOnlyList<string> names, ImmutableArray<SetRequest> requests, ImmutableArray<ProjectRequest> wanted, bool everything, CancellationToken cancellationToken)
    {
        session.Console.Out.WriteLine($"Resolving packages of [{string.Join(", ", names)}]");
        var update = await NewLocker().UpdateAsync(present, requests, everything ? Unsound() : null, cancellationToken).ConfigureAwait(false);
        var projects = update.Lock;
        foreach (var project in wanted.Where(p => everything || present.FindProject(p.Name)?.Inputs != Inputs(p)))
        {
            var scratch = Path.Combine(session.CacheRoot, "restore", Guid.NewGuid().ToString("N"));
            projects = projects.With(await NugetLock.ResolveAsync(project.Name, ProjectPath(project), project.RuntimeIdentifiers, _sdk.Value!.Program, Inputs(project), scratch, cancellationToken).ConfigureAwait(false));
        }

        return Keep(present, update with { Lock = projects });
    }

    /// <summary>Sets of documents that ask for nothing now, because of a problem.</summary>
    private HashSet<string> Unsound() => new[] { KindNames.ToolRoot, KindNames.Recipe, KindNames.Dataset }
        .SelectMany(kind => reading.NamesOf(kind).Select(name => new DocumentId(kind, name)))
        .Where(document => !reading.IsSound(document)).SelectMany(LockSets.Of).ToHashSet(StringComparer.Ordinal);

    private string Inputs(ProjectRequest project) => NugetLock.Inputs(ProjectPath(project), project.RuntimeIdentifiers, _sdk.Value!.Version);

    // By its own folder: what lies above it decides on its packages.
    private string ProjectPath(ProjectRequest project) => LayerFolders.LinkOf(project.Project) is { } link && new FileInfo(Path.Combine(session.WorkspaceRoot, link)).LinkTarget is { } home
        ? Path.Combine(home, LayerFolders.WithoutHome(project.Project))
        : Path.Combine(session.WorkspaceRoot, project.Project);

    private LockFile Keep(LockFile before, LockUpdate update)
    {
        foreach (var warning in update.Warnings)
            session.Console.WriteWarning(warning);
        if (!ReferenceEquals(before, update.Lock))
            AtomicFile.Write(LockPath(session), (CoreOf(session) is { } core ? update.Lock.Without(core) : update.Lock).Write());
        return update.Lock;
    }

    private Locker NewLocker() => new(new DebianMirror(fetching.Fetcher, fetching.Registries, Path.Combine(session.CacheRoot, "indexes"), TimeProvider.System), _feeds);

    private static string LockPath(Session session) => Path.Combine(session.WorkspaceRoot, LockFile.FileName);
}
