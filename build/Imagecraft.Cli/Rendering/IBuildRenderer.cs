// The contract of those who show a build. Unaware of how.

using Imagecraft.Engine.Events;

namespace Imagecraft.Cli.Rendering;

/// <summary>Consumes the events of one build, in order, from any thread.</summary>
public interface IBuildRenderer : IDisposable
{
    /// <summary>Takes note of <paramref name="buildEvent"/>.</summary>
    void Handle(BuildEvent buildEvent);
}
