// The compiler cache: a declared tool cache that cannot change what is built. For kernels whose patches change often; a changed configuration needs none.

using System.Collections.Immutable;

namespace Imagecraft.Planning.Systems;

/// <summary>The cache for compilers of one tool root.</summary>
/// <param name="compiler">What tells this compiler from others. All files of tool roots have one time stamp, so time cannot; their packages do.</param>
public sealed class Ccache(string compiler)
{
    private const string Folder = "/ccache";

    /// <summary>The cache's mount.</summary>
    public static ImmutableSortedDictionary<string, string> Mounts { get; } = ImmutableSortedDictionary<string, string>.Empty.Add("ccache", Folder);

    /// <summary>Its settings. Not in depend mode: each kernel symbol stands in a header that every file includes, and only preprocessed text tells which files it concerns.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; } = ImmutableSortedDictionary<string, string>.Empty
        .Add("CCACHE_DIR", Folder)
        .Add("CCACHE_COMPILERCHECK", $"string:{compiler}")
        .Add("CCACHE_SLOPPINESS", "include_file_ctime,include_file_mtime")
        .Add("CCACHE_UMASK", "000")
        .Add("CCACHE_NOCOMPRESS", "1")
        .Add("CCACHE_TEMPDIR", "/ccache/tmp");
}
