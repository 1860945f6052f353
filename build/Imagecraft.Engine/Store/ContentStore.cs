// Content-addressed storage of files and trees. Unaware of actions.

namespace Imagecraft.Engine.Store;

/// <summary>The store below a cache folder; shared by all workspaces and safe for concurrent builds.</summary>
public sealed partial class ContentStore(string root)
{
    /// <summary>The cache folder.</summary>
    public string Root { get; } = root;
}
