// What lock files of languages pin. Unaware of their grammar and of where modules come from.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>A package of a language's registry that a lock file pins.</summary>
/// <param name="Name">Its name in the registry.</param>
/// <param name="Version">Its version.</param>
/// <param name="Integrity">The hash that the lock file has of it: hexadecimal SHA-256 (Cargo), <c>sha512-BASE64</c> (npm) or <c>h1:BASE64</c> (Go).</param>
/// <param name="Place">What it is in its place: npm's folder (<c>node_modules/a</c>), Go's <c>zip</c> or <c>mod</c>; empty for crates.</param>
public sealed record LockedModule(string Name, string Version, string Integrity, string Place);

/// <summary>A lock file of a language and all that it pins.</summary>
/// <param name="File">Workspace-relative path.</param>
/// <param name="Modules">In the order of the file.</param>
public sealed record LanguageLock(Sited<string> File, ImmutableArray<LockedModule> Modules);
