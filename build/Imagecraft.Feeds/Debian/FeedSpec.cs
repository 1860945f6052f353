// One Debian suite as configured. Unaware of mirrors.

using System.Collections.Immutable;

namespace Imagecraft.Feeds.Debian;

/// <summary>A Debian suite whose packages may be used.</summary>
/// <param name="Name">Name in requests and in the lock.</param>
/// <param name="Suite">Suite or code name as in `dists/`.</param>
/// <param name="Components">Components, as a rule `main`.</param>
/// <param name="KeyFiles">Paths of OpenPGP keys that may sign it.</param>
/// <param name="Base">Feed that this one completes, or null.</param>
public sealed record FeedSpec(string Name, string Suite, ImmutableArray<string> Components, ImmutableArray<string> KeyFiles, string? Base);
