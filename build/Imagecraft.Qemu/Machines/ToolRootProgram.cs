// How a program of a tool root is started on the host. Unaware of sandboxes.

using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Imagecraft.Qemu.Machines;

/// <summary>A program with the tool root's own loader and libraries, so that the host's are not used.</summary>
/// <param name="Program">Host path of the loader.</param>
/// <param name="Arguments">The loader's arguments up to and including the program.</param>
public sealed record ToolRootProgram(string Program, ImmutableArray<string> Arguments)
{
    /// <summary>Finds the program in a tool root in Debian's layout.</summary>
    /// <param name="toolRoot">Host folder.</param>
    /// <param name="path">Path of the program in it, e.g. <c>/usr/bin/qemu-img</c>.</param>
    /// <exception cref="MachineStartException">The tool root, its loader or the program is missing.</exception>
    public static ToolRootProgram Find(string toolRoot, string path)
    {
        string program = Path.Join(toolRoot, path);
        if (!Directory.Exists(toolRoot))
            throw new MachineStartException($"Tool root `{toolRoot}` does not exist; build or fetch it again");
        if (!File.Exists(program))
            throw new MachineStartException($"Tool root `{toolRoot}` has no `{path}`; add the package with it to the tool root");
        var (loader, triplet) = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.Arm64 => ("lib/ld-linux-aarch64.so.1", "aarch64-linux-gnu"),
            Architecture.X64 => ("lib64/ld-linux-x86-64.so.2", "x86_64-linux-gnu"),
            var other => throw new MachineStartException($"Tool roots are not known for hosts of architecture `{other}`; use an x86-64 or arm64 host"),
        };
        string loaderPath = Path.Join(toolRoot, loader);
        if (!File.Exists(loaderPath))
            throw new MachineStartException($"Tool root `{toolRoot}` has no loader `/{loader}`; add `libc6` to the tool root");
        string libraries = string.Join(':', ((string[])[$"usr/lib/{triplet}", $"lib/{triplet}", "usr/lib"]).Select(folder => Path.Join(toolRoot, folder)));
        return new(loaderPath, ["--library-path", libraries, program]);
    }
}
