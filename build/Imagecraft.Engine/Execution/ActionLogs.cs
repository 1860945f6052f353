// The logs of a workspace's actions by their names. Unaware of what is in them.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Execution.Memory;

namespace Imagecraft.Engine.Execution;

/// <summary>Finds what actions printed when they last ran.</summary>
public static class ActionLogs
{
    private const string Ending = ".log";

    /// <summary>Logs by action; those of actions with names too long for a file are left out.</summary>
    /// <param name="workspaceRoot">The workspace.</param>
    public static IReadOnlyDictionary<ActionId, string> Of(string workspaceRoot)
    {
        var folder = new EngineOptions { CacheRoot = "/", WorkspaceRoot = workspaceRoot }.LogFolder;
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*" + Ending).Select(file => (Id: FileNames.IdOf(Path.GetFileName(file)[..^Ending.Length]), File: file)).Where(log => log.Id is not null).ToDictionary(log => log.Id!, log => log.File)
            : new Dictionary<ActionId, string>();
    }
}
