// A folder of this host with a foreign recipe. Only read.

using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Importing;

/// <summary>Files of a foreign recipe on this host.</summary>
/// <param name="Root">Absolute path of the folder that paths are relative to.</param>
/// <param name="Main">The recipe's own file, relative to it.</param>
internal sealed record HostFolder(string Root, string Main)
{
    // No recipe is longer; what is, is something else.
    private const long MostBytes = 4 << 20;

    /// <summary>The folder as readers see it.</summary>
    public ForeignFiles Files => new(Text, folder => Directory.Exists(Path.Combine(Root, folder)) ? Directory.EnumerateFiles(Path.Combine(Root, folder)).Select(file => Path.GetRelativePath(Root, file)) : []);

    /// <summary>Where a file of it is.</summary>
    public string PathOf(string file) => Path.Combine(Root, file);

    /// <summary>A package of Buildroot's.</summary>
    /// <param name="path">Its folder, or its <c>.mk</c> file.</param>
    /// <exception cref="ProblemException">There is none.</exception>
    public static HostFolder OfBuildroot(string path)
    {
        var full = Path.GetFullPath(path).TrimEnd('/');
        if (File.Exists(full))
            return full.EndsWith(".mk", StringComparison.Ordinal) ? new(Path.GetDirectoryName(full)!, Path.GetFileName(full)) : throw ProblemException.User($"`{path}` is no file of make", "Name a folder of Buildroot's `package/`, or the `.mk` file in it");
        if (!Directory.Exists(full))
            throw ProblemException.User($"There is no `{path}`", "Name a folder of Buildroot's `package/`, or the `.mk` file in it");
        var name = $"{Path.GetFileName(full)}.mk";
        var all = Directory.EnumerateFiles(full, "*.mk").Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal).ToList();
        return all.Contains(name) ? new(full, name) : all is [var only] ? new(full, only)
            : throw ProblemException.User($"`{path}` has no `{name}`", all.Count == 0 ? "Name the folder of a package, as `package/busybox`" : $"Name one of [{string.Join(", ", all)}]");
    }

    /// <summary>A recipe of Yocto's, with its layer.</summary>
    /// <param name="path">Its <c>.bb</c> file.</param>
    /// <exception cref="ProblemException">There is none.</exception>
    public static HostFolder OfYocto(string path)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
            throw ProblemException.User(Directory.Exists(full) ? $"`{path}` is a folder" : $"There is no `{path}`", Directory.Exists(full) && Directory.EnumerateFiles(full, "*.bb").Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } recipes ? $"Name one of [{string.Join(", ", recipes)}]" : "Name a `.bb` file");
        if (!full.EndsWith(".bb", StringComparison.Ordinal))
            throw ProblemException.User($"`{path}` is no recipe of Yocto's", full.EndsWith(".bbappend", StringComparison.Ordinal) ? "Import the `.bb` file that it changes, and write the change into what comes out" : "Name a `.bb` file");
        var folder = Path.GetDirectoryName(full)!;
        for (var layer = folder; layer is not null; layer = Path.GetDirectoryName(layer))
            if (File.Exists(Path.Combine(layer, "conf/layer.conf")))
                return new(layer, Path.GetRelativePath(layer, full));
        return new(folder, Path.GetFileName(full));
    }

    private string? Text(string file) => new FileInfo(PathOf(file)) is { Exists: true, Length: <= MostBytes } ? File.ReadAllText(PathOf(file)) : null;
}
