// The mode and time that every object has, by which one stat tells whether anyone touched it. Unaware of where objects lie.

using Imagecraft.Engine.Files;

namespace Imagecraft.Engine.Store;

internal static class ObjectForm
{
    /// <summary>The time stamp of every object and every file of a materialized tree, in seconds since 1970: 2026-01-01T00:00:00Z.</summary>
    internal const long Time = 1_767_225_600;

    /// <summary>Whether the time of a file is that of objects.</summary>
    internal static bool HasTime(in FileStat stat) => stat.Modified == Time * 1_000_000_000;

    /// <summary>0444, and 0555 of an executable.</summary>
    internal static uint Mode(bool executable) => executable ? 0x16du : 0x124u;
}
