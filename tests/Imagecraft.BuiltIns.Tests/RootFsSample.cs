// A small root file system, as a request and its inputs, and what comes out of it. Unaware of what is tested.

using System.Formats.Tar;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.BuiltIns.Tests;

internal static class RootFsSample
{
    /// <summary>An image with nothing of its own.</summary>
    public static MakeRootFsRequest Plan { get; } = new()
    {
        Image = "base", Board = "virt", Hostname = "target", Console = "ttyAMA0", Triplet = "aarch64-linux-gnu",
        Packages = [new("tool", [])],
        Users = [new("root", 0), new("ml", 1000)],
    };

    /// <summary>The request with a package that has one program.</summary>
    public static TestContext Of(MakeRootFsRequest plan) => new TestContext().Asking(plan).WithTree("/package/tool", ("/usr/bin/tool", "program"));

    /// <summary>Entries of the tar by path, with their texts.</summary>
    public static Dictionary<string, (PaxTarEntry Entry, string Text)> Read(TestContext context)
    {
        using var reader = new TarReader(context.Store.OpenRead(context.Outputs["tar"].Digest));
        var entries = new Dictionary<string, (PaxTarEntry, string)>(StringComparer.Ordinal);
        while (reader.GetNextEntry(copyData: true) is { } entry)
            entries.Add(entry.Name.TrimEnd('/')[1..], (entry as PaxTarEntry ?? new PaxTarEntry(entry), entry.DataStream is { } data ? new StreamReader(data, leaveOpen: true).ReadToEnd() : ""));
        return entries;
    }

    /// <summary>Mode and owner of an entry.</summary>
    public static string Attributes(PaxTarEntry entry) => $"{Convert.ToString((int)entry.Mode, 8)} {entry.Uid}:{entry.Gid}";
}
