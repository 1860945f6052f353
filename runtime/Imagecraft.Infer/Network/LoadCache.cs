// Networks that are arranged for this machine's processor already, in files. Unaware of sessions.

using System.Security.Cryptography;
using System.Text;

namespace Imagecraft.Infer.Network;

/// <summary>
/// A folder of arranged networks in ONNX Runtime's own format. The name of each is the hash of all that it depends on: the network, ONNX Runtime's version, what was left out, and the processor. Who may write there decides what is
/// computed, so a folder that others may write is refused.
/// </summary>
static class LoadCache
{
    // What of /proc/cpuinfo tells the instructions of a processor and its caches' kind: x86 and Arm, in Linux' words.
    static readonly string[] Traits = ["vendor_id", "cpu family", "model", "stepping", "flags", "Features", "CPU implementer", "CPU architecture", "CPU variant", "CPU part", "isa", "uarch"];

    /// <summary>Where the arranged form of a network is, or shall be. The folder is made when it is missing.</summary>
    /// <param name="folder">The cache.</param>
    /// <param name="network">The file's bytes.</param>
    /// <param name="runtime">ONNX Runtime's version.</param>
    /// <param name="leftOut">Optimizers that are left out.</param>
    public static string PathOf(string folder, ReadOnlySpan<byte> network, string runtime, string leftOut)
    {
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if ((File.GetUnixFileMode(folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
                throw new InferException($"Others may write the cache `{folder}`, and so decide what is computed; make it 0755, or name another folder");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new InferException($"Cannot use the cache `{folder}`: {problem.Message.Split('\n')[0]}", problem);
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(network));
        hash.AppendData(Encoding.UTF8.GetBytes($"{runtime}\n{leftOut}\n{Processor()}"));
        return Path.Combine(folder, $"{Convert.ToHexStringLower(hash.GetHashAndReset())}.ort");
    }

    /// <summary>Lets a file that was made take the place of the cached one at once, or not at all.</summary>
    public static void Keep(string made, string path)
    {
        try
        {
            if (File.Exists(made))
                File.Move(made, path, overwrite: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It was made for nothing.
        }
    }

    static string Processor() => string.Join('\n', File.ReadLines("/proc/cpuinfo")
        .Where(line => Array.IndexOf(Traits, line.Split(':')[0].TrimEnd()) >= 0)
        .Distinct()
        .Order(StringComparer.Ordinal));
}
