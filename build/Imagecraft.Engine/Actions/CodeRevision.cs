// What stands for the code of an assembly in keys. Unaware of which code that is.

using System.Reflection;

namespace Imagecraft.Engine.Actions;

/// <summary>A hash of the files that an assembly was compiled from: the same for the same sources, whatever compiler made it.</summary>
public static class CodeRevision
{
    const string Name = "CodeRevision";

    /// <summary>Of an assembly of ours: 64 hexadecimal characters, SHA-256 over the sorted list of its project's files and their hashes, as `build/Directory.Build.targets` wrote it. Of a package, which nobody compiles anew: its module's id.</summary>
    public static string Of(Assembly assembly) =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == Name)?.Value
            ?? assembly.ManifestModule.ModuleVersionId.ToString("N");
}
