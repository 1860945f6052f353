// What one look at the machine found. Unaware of how it was looked at.

namespace Imagecraft.Cli.Doctor;

/// <summary>Something a build needs, whether it is there, and what to do when it is not.</summary>
/// <param name="Subject">A word or two, e.g. <c>user namespaces</c>.</param>
/// <param name="IsMissing">A build cannot work without it.</param>
/// <param name="Observation">What was seen, with figures.</param>
/// <param name="Remedy">What to do; null when all is well.</param>
public sealed record Finding(string Subject, bool IsMissing, string Observation, string? Remedy)
{
    /// <summary>It is there.</summary>
    public static Finding Fine(string subject, string observation) => new(subject, false, observation, null);

    /// <summary>It is not.</summary>
    public static Finding Missing(string subject, string observation, string remedy) => new(subject, true, observation, remedy);
}
