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
}
