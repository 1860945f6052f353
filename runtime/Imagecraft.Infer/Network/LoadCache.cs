// Networks that are arranged for this machine's processor already, in files. Unaware of sessions.

using System.Text;
using Imagecraft.Infer.Data;
using Imagecraft.Infer.Host;

namespace Imagecraft.Infer.Network;

/// <summary>
/// A folder of arranged networks in ONNX Runtime's own format. The name of each is the hash of all that it depends on: the network, ONNX Runtime's version, what was left out, and the processor. Who may write there decides what is
/// computed, so a folder or file that is another user's, or that others may write, is refused. The networks that were loaded last stay.
/// </summary>
static class LoadCache
{
    // More than a board has networks at a time, with those before an update.
    const int Most = 16;

    // What of /proc/cpuinfo tells the instructions of a processor and its caches' kind: x86 and Arm, in Linux' words.
    static readonly string[] Traits = ["vendor_id", "cpu family", "model", "stepping", "flags", "Features", "CPU implementer", "CPU architecture", "CPU variant", "CPU part", "isa", "uarch"];

    /// <summary>Where the arranged form of a network is, or shall be. The folder is made when it is missing.</summary>
    /// <param name="folder">The cache.</param>
    /// <param name="network">The file's bytes.</param>
    /// <param name="runtime">ONNX Runtime's version.</param>
    /// <param name="leftOut">Optimizers that are left out.</param>
    public static string PathOf(string folder, ReadOnlyMemory<byte> network, string runtime, string leftOut)
    {
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Own(folder, "cache", "make it 0755, or name another folder");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new InferException($"Cannot use the cache `{folder}`: {problem.Message.Split('\n')[0]}", problem);
        }
        var digest = Sha256.Of(Sha256.Of(network), Encoding.UTF8.GetBytes($"{runtime}\n{leftOut}\n{Processor()}"));
        return Path.Combine(folder, $"{Convert.ToHexStringLower(digest)}.ort");
    }

    /// <summary>The bytes of a cached file that may be trusted, which counts as used now.</summary>
    /// <exception cref="InferException">It cannot be read, or somebody else may have written it.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            Own(path, "cached network", "remove it");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Another program may have removed it.
            throw new InferException($"Cannot read `{path}`: {problem.Message.Split('\n')[0]}", problem);
        }

        try
        {
            // The time tells which were used last. A day is exact enough, and spares the flash. Before a board knows the time, all were written in the future.
            if ((DateTime.UtcNow - File.GetLastWriteTimeUtc(path)).Duration() > TimeSpan.FromDays(1))
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // A cache that can only be read is as good.
        }
        return Files.ReadAll(path);
    }

    /// <summary>Lets a file that was made take the place of the cached one at once, or not at all, and removes what was used longest ago.</summary>
    public static void Keep(string made, string path)
    {
        try
        {
            if (!File.Exists(made))
                return;
            // Whatever the program's own mask says.
            File.SetUnixFileMode(made, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            File.Move(made, path, overwrite: true);
            foreach (var old in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, "*.ort").Where(other => other != path).OrderByDescending(File.GetLastWriteTimeUtc).Skip(Most - 1))
                File.Delete(old);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It was made for nothing.
        }
    }

    static void Own(string path, string kind, string remedy)
    {
        if (FileOwner.Of(path) is var owner && owner != 0 && owner != FileOwner.Self)
            throw new InferException($"The {kind} `{path}` is another user's (id {owner}), who so decides what is computed; {remedy}");
        if ((File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
            throw new InferException($"Others may write the {kind} `{path}`, and so decide what is computed; {remedy}");
    }

    static string Processor() => string.Join('\n', File.ReadLines("/proc/cpuinfo")
        .Where(line => Array.IndexOf(Traits, line.Split(':')[0].TrimEnd()) >= 0)
        .Distinct()
        .Order(StringComparer.Ordinal));
}
