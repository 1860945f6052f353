// Tells one cache from another, and from itself after it was emptied. Unaware of what is kept in it.

namespace Imagecraft.Engine.Execution;

/// <summary>A random word in the cache's folder, made with it; what a workspace remembers of a cache is bound to it.</summary>
static class CacheIdentity
{
    /// <summary>The identity of the cache at <paramref name="cacheRoot"/>; made when absent.</summary>
    public static string Of(string cacheRoot)
    {
        var path = Path.Combine(cacheRoot, "identity");
        if (File.Exists(path))
            return File.ReadAllText(path);
        Directory.CreateDirectory(cacheRoot);
        var identity = Guid.NewGuid().ToString("N");
        var temporary = Path.Combine(cacheRoot, $"identity.{identity}");
        File.WriteAllText(temporary, identity);
        try
        {
            File.Move(temporary, path, overwrite: false);
            return identity;
        }
        catch (IOException)
        {
            File.Delete(temporary);
            return File.ReadAllText(path);
        }
    }
}
