// The compiler cache: a declared tool cache that cannot change what is built.

using System.Collections.Immutable;

namespace Imagecraft.Planning.Systems;

internal static class Ccache
{
    private const string Folder = "/ccache";

    /// <summary>The cache's mount.</summary>
    public static ImmutableSortedDictionary<string, string> Mounts { get; } = ImmutableSortedDictionary<string, string>.Empty.Add("ccache", Folder);

    /// <summary>Its settings. All files have one time stamp, so compilers are told apart by content. Not in depend mode: each kernel symbol stands in a header that every file includes, and only preprocessed text tells which files it concerns.</summary>
    public static ImmutableSortedDictionary<string, string> Environment { get; } = ImmutableSortedDictionary<string, string>.Empty
        .Add("CCACHE_DIR", Folder)
        .Add("CCACHE_COMPILERCHECK", "content")
        .Add("CCACHE_SLOPPINESS", "include_file_ctime,include_file_mtime")
        .Add("CCACHE_UMASK", "000")
        .Add("CCACHE_NOCOMPRESS", "1")
        .Add("CCACHE_TEMPDIR", "/ccache/tmp");
}
