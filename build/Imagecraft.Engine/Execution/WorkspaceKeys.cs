// The keys that a workspace's actions last had. Unaware of what they give.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution.Memory;

namespace Imagecraft.Engine.Execution;

/// <summary>Reads them from what earlier builds left.</summary>
public static class WorkspaceKeys
{
    /// <summary>By action; those that never succeeded there are absent.</summary>
    /// <param name="workspaceRoot">The workspace.</param>
    public static IReadOnlyDictionary<ActionId, Digest> Of(string workspaceRoot) =>
        WorkspaceMemory.KeysIn(new EngineOptions { CacheRoot = "/", WorkspaceRoot = workspaceRoot }.StateFolder);
}
