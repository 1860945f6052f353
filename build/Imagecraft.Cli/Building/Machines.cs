// Names of the machine that builds. Unaware of targets.

using System.Runtime.InteropServices;
using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Building;

/// <summary>The build host.</summary>
public static class Machines
{
    /// <summary>Debian's name of its architecture.</summary>
    public static string HostArchitecture => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.Arm64 => "arm64",
        var other => throw ProblemException.Environment($"No build host is supported on `{other}`", "Build on x86-64 or arm64"),
    };
}
