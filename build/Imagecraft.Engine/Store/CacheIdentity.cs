// Tells one cache from another, and from itself after it lost something. Unaware of what is kept in it.

using Imagecraft.Engine.Files;

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
            if (present is not null)
            {
                Renew(cacheRoot);
                continue;
            }

            var identity = New();
            var temporary = $"{path}.{identity}";
            AtomicFile.Create(temporary, System.Text.Encoding.ASCII.GetBytes(identity));
            // Of two that make the first one, both take what the one wrote that came first.
            var error = Posix.Link(temporary, path);
            File.Delete(temporary);
            if (error is not (0 or Posix.EEXIST))
                throw Posix.Failure(error, "link", path);
        }
    }

    /// <summary>Gives the cache another identity.</summary>
    public static void Renew(string cacheRoot) => AtomicFile.Write(PathOf(cacheRoot), New());

    private static string PathOf(string cacheRoot) => Path.Combine(cacheRoot, "identity");

    private static string New() => Guid.NewGuid().ToString("N");
}
