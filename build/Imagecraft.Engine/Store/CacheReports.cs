// What cache management tells. Unaware of how it is shown.

using System.Collections.Immutable;
using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Store;

/// <summary>What the cache holds.</summary>
/// <param name="Objects">Blobs, counting an executable twin as one more.</param>
/// <param name="ObjectBytes">Their sizes.</param>
/// <param name="Trees">Materialized trees; their files are names of objects and take no space of their own, except those with a mode of their own.</param>
/// <param name="Results">Recorded results of actions.</param>
/// <param name="ResultBytes">Their sizes.</param>
/// <param name="Leases">Builds that are running.</param>
public sealed record CacheStatistics(long Objects, long ObjectBytes, long Trees, long Results, long ResultBytes, int Leases);

/// <summary>What a garbage collection removed and what is left.</summary>
public sealed record CollectionReport(long ObjectsRemoved, long BytesRemoved, int TreesRemoved, int ResultsRemoved, long BytesLeft);

/// <summary>What a verification found.</summary>
/// <param name="ObjectsChecked">Objects hashed.</param>
/// <param name="BytesChecked">Their sizes.</param>
/// <param name="Damaged">Objects that were damaged and are removed.</param>
/// <param name="TreesRemoved">Materialized trees that held something damaged.</param>
/// <param name="ResultsRemoved">Results that were torn, whose outputs are not whole any more, or whose actions read something damaged: they run again.</param>
public sealed record VerificationReport(long ObjectsChecked, long BytesChecked, ImmutableArray<Digest> Damaged, int TreesRemoved, int ResultsRemoved);

/// <summary>What a scrub found.</summary>
/// <param name="ObjectsChecked">Objects hashed.</param>
/// <param name="BytesChecked">Their sizes.</param>
/// <param name="Damaged">Objects that were damaged and are removed.</param>
/// <param name="ResultsRemoved">Results of actions that read something damaged: they run again.</param>
public sealed record ScrubReport(long ObjectsChecked, long BytesChecked, ImmutableArray<Digest> Damaged, int ResultsRemoved);
