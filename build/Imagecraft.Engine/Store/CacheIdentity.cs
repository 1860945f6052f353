// Tells one cache from another, and from itself after it lost something. Unaware of what is kept in it.

namespace Imagecraft.Engine.Store;

/// <summary>
/// A random word in the cache's folder, made with it and made anew when results were dropped because content was lost or damaged, and after a restart of the machine.
/// What a workspace remembers of a cache is bound to it, so what is dropped here is forgotten there.
/// </summary>
static class CacheIdentity
{
    private const int Length = 32;

    /// <summary>The identity of the cache at <paramref name="cacheRoot"/>; made when absent or torn.</summary>
    public static string Of(string cacheRoot)
    {
        var path = PathOf(cacheRoot);
        while (true)
        {
            var present = Posix.TryRead(path, out _);
            if (present is { Length: Length } && present.All(b => char.IsAsciiHexDigitLower((char)b)))
                return System.Text.Encoding.ASCII.GetString(present);
            var temporary = Write(cacheRoot);
            // Of two that make the first one, both take what the one wrote that came first.
            var error = present is null ? Posix.Link(temporary, path) : Posix.Rename(temporary, path);
            File.Delete(temporary);
            if (error is not (0 or Posix.EEXIST))
                throw Posix.Failure(error, "link", path);
        }
    }

    /// <summary>Gives the cache another identity.</summary>
    public static void Renew(string cacheRoot)
    {
        var path = PathOf(cacheRoot);
        var error = Posix.Rename(Write(cacheRoot), path);
        if (error != 0)
            throw Posix.Failure(error, "rename", path);
    }

    private static string PathOf(string cacheRoot) => Path.Combine(cacheRoot, "identity");

    private static string Write(string cacheRoot)
    {
        Directory.CreateDirectory(cacheRoot);
        var identity = Guid.NewGuid().ToString("N");
        var temporary = $"{PathOf(cacheRoot)}.{identity}";
        File.WriteAllText(temporary, identity);
        return temporary;
    }
}
