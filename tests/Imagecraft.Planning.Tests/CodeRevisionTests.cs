// That the code's revision is that of its sources, and of nothing else.

using System.Security.Cryptography;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Execution;

namespace Imagecraft.Planning.Tests;

public sealed class CodeRevisionTests
{
    [Fact]
    public void It_is_a_hash_of_the_files_of_the_project()
    {
        var folder = Path.Combine(Repository.Root, "build", "Imagecraft.Engine");
        var lines = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => "./" + Path.GetRelativePath(folder, file))
            .Where(file => !file.StartsWith("./bin/", StringComparison.Ordinal) && !file.StartsWith("./obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(file => $"{Hash(File.ReadAllBytes(Path.Combine(folder, file)))}  {file}\n");
        Assert.Equal(Hash(Encoding.UTF8.GetBytes(string.Concat(lines))), CodeRevision.Of(typeof(BuildEngine).Assembly));
    }

    static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
