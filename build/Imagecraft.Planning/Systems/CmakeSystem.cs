// CMake with a generated toolchain file and Makefiles, which share the jobserver.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class CmakeSystem
{
    private const string ToolchainPath = "/imagecraft/toolchain.cmake";

    public static OutputRef Plan(BuildJob job, BuildSpec.Cmake build)
    {
        var triplet = job.Target.Architecture.Triplet.Value;
        var toolchain = $"""
            set(CMAKE_SYSTEM_NAME Linux)
            set(CMAKE_SYSTEM_PROCESSOR {job.Target.Architecture.Cpu})
            set(CMAKE_C_COMPILER {triplet}-gcc)
            set(CMAKE_CXX_COMPILER {triplet}-g++)
            set(CMAKE_LIBRARY_ARCHITECTURE {triplet})
            set(CMAKE_SYSROOT {Toolchain.Sysroot})
            set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
            set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
            set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
            set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

            """ + (job.Emulator.IsEmpty ? "" : $"set(CMAKE_CROSSCOMPILING_EMULATOR {string.Join(' ', job.Emulator)})\n");
        ImmutableArray<string> how = job.Target.IsHost ? [] : [$"-DCMAKE_TOOLCHAIN_FILE={ToolchainPath}"];
        ImmutableArray<InputEdge> told = job.Target.IsHost ? [] : [new(ToolchainPath, new InputSource.Inline(toolchain), "CMake's description of the toolchain")];
        return job.Build(new Steps()
            .Then("cd", job.SourceFolder)
            .ThenText("before", job.Before)
            .Then(["env", "-u", "CC", "-u", "CXX", "cmake", "-G", "Unix Makefiles", "-S", job.SourceFolder, "-B", "/build", .. how, "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_INSTALL_PREFIX=/usr", $"-DCMAKE_INSTALL_LIBDIR=lib/{triplet}", .. job.Variables.Expand(build.Options)])
            .Then("make", "-C", "/build")
            .Then("make", "-C", "/build", $"DESTDIR={BuildJob.Destination}", "install"),
            [.. job.Inputs(), .. told]);
    }
}
