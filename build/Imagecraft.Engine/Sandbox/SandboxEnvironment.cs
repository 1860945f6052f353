// What is the same in every sandbox. Unaware of actions.

using System.Collections.Immutable;

namespace Imagecraft.Engine.Sandbox;

/// <summary>The sandbox's fixed part, which is in the key of every process.</summary>
public static class SandboxEnvironment
{
    /// <summary>Raised whenever a change of the sandbox may change what actions give.</summary>
    public const string Revision = "2";

    /// <summary>Host name inside.</summary>
    public const string HostName = "imagecraft";

    /// <summary>Seconds since 1970 of 2026-01-01, the one time of all builds.</summary>
    public const string SourceDateEpoch = "1767225600";

    /// <summary>Variables that every process has unless it sets them itself.</summary>
    public static ImmutableSortedDictionary<string, string> Fixed { get; } = new Dictionary<string, string>
    {
        ["HOME"] = "/build",
        ["LC_ALL"] = "C.UTF-8",
        ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin",
        ["SOURCE_DATE_EPOCH"] = SourceDateEpoch,
        // The user inside is 0 and alone: owners in archives, and of inputs whose group is nobody's inside, cannot be given to files.
        ["TAR_OPTIONS"] = "--no-same-owner",
        ["TZ"] = "UTC",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>As <see cref="Fixed"/>, for tools that run several jobs at once: where nobody hands out slots, make takes the processors of the machine, which it asks for itself.</summary>
    public static ImmutableSortedDictionary<string, string> Parallel { get; } = Fixed.SetItem("MAKEFLAGS", " -j$(shell nproc)");

    /// <summary>What a machine must be to run any process: the tool roots are of this system and processor.</summary>
    /// <remarks>Source of names and values: the Remote Execution API's lexicon of platform properties.</remarks>
    public static ImmutableSortedDictionary<string, string> Platform { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("ISA", "x86-64").Add("OSFamily", "linux");

    /// <summary>Folders that every sandbox has, whatever its trees have.</summary>
    public static ImmutableArray<string> Folders { get; } = ["/build", "/dev", "/out", "/proc", "/tmp"];
}
