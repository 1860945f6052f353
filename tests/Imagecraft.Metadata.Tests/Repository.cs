// The repository's own files, for tests on real data. Unaware of what is tested.

namespace Imagecraft.Metadata.Tests;

static class Repository
{
    /// <summary>The folder with <c>Imagecraft.sln</c> above the tests.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Imagecraft.sln"))
            ? folder
            : Find(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) ?? throw new DirectoryNotFoundException("No Imagecraft.sln above the tests"));
}
