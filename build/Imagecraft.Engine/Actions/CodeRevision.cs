// What stands for the code of an assembly in keys. Unaware of which code that is.

using System.Reflection;

namespace Imagecraft.Engine.Actions;

/// <summary>A hash of the files that an assembly was compiled from: the same for the same sources, whatever compiler made it.</summary>
public static class CodeRevision
{
    const string Name = "CodeRevision";

    /// <summary>64 hexadecimal characters: SHA-256 over the sorted list of the project's files and their hashes, as the build wrote it into the assembly.</summary>
    /// <exception cref="InvalidOperationException">The assembly was built without it.</exception>
    public static string Of(Assembly assembly) =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == Name)?.Value
            ?? throw new InvalidOperationException($"`{assembly.GetName().Name}` does not say what it was compiled from; `Directory.Build.targets` of Imagecraft writes that into it");
}
