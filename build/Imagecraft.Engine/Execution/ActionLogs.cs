// The logs of a workspace's actions by their names. Unaware of what is in them.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution.Memory;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Execution;

/// <summary>Finds what actions printed when they last ran: here, or where the result was made that the cache had.</summary>
public sealed class ActionLogs
{
    private const string Ending = ".log";

    private readonly string _cacheRoot;
    private readonly IReadOnlyDictionary<ActionId, Digest> _keys;

    /// <summary>Looks at what a workspace has.</summary>
    /// <param name="workspaceRoot">The workspace.</param>
    /// <param name="cacheRoot">The cache in use.</param>
    public ActionLogs(string workspaceRoot, string cacheRoot)
    {
        _cacheRoot = cacheRoot;
        var options = new EngineOptions { CacheRoot = "/", WorkspaceRoot = workspaceRoot };
        Here = Directory.Exists(options.LogFolder)
            ? Directory.EnumerateFiles(options.LogFolder, "*" + Ending).Select(file => (Id: FileNames.IdOf(Path.GetFileName(file)[..^Ending.Length]), File: file)).Where(log => log.Id is not null).ToDictionary(log => log.Id!, log => log.File)
            : new Dictionary<ActionId, string>();
        _keys = WorkspaceMemory.KeysIn(options.StateFolder);
    }

    /// <summary>Files of those that ran in this workspace; those of actions with names too long for a file are left out.</summary>
    public IReadOnlyDictionary<ActionId, string> Here { get; }

    /// <summary>All actions of which there may be one.</summary>
    public IReadOnlyCollection<ActionId> Known => [.. Here.Keys.Union(_keys.Keys)];

    /// <summary>The file with an action's log, which is not to be changed; null: it printed nothing, or nobody kept it.</summary>
    public string? PathOf(ActionId id)
    {
        if (Here.TryGetValue(id, out var file))
            return file;
        if (!_keys.TryGetValue(id, out var key) || !Directory.Exists(_cacheRoot))
            return null;
        using var store = new ContentStore(_cacheRoot);
        return new ActionCache(store).TryGet(key)?.StdoutDigest?.ToDigest() is { } log && store.Has(log) ? store.FilePath(log, executable: false) : null;
    }
}
