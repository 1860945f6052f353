// Interrupts of a device as event descriptors. Unaware of messages.

using Microsoft.Win32.SafeHandles;

namespace Imagecraft.VfioUser;

/// <summary>One vector for each interrupt; a vector without a descriptor is off, and its interrupt is lost.</summary>
public sealed unsafe class Interrupts(int count) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SafeFileHandle?[] _vectors = new SafeFileHandle?[count];

    /// <summary>How many vectors there are.</summary>
    public int Count => count;

    /// <summary>Raises an interrupt; what the device wrote before is seen by whoever is woken.</summary>
    /// <param name="vector">Which.</param>
    /// <returns>Whether somebody takes it.</returns>
    public bool Raise(int vector)
    {
        Thread.MemoryBarrier();
        lock (_lock)
        {
            var one = 1UL;
            return _vectors[vector] is { } file && Native.Write(file, &one, sizeof(ulong)) == sizeof(ulong);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Set(0, new SafeFileHandle?[count]);

    /// <summary>Sets vectors from a first one on; those before stay as they are.</summary>
    internal void Set(int first, ReadOnlySpan<SafeFileHandle?> files)
    {
        lock (_lock)
            for (var i = 0; i < files.Length; i++)
            {
                _vectors[first + i]?.Dispose();
                _vectors[first + i] = files[i];
                // A counter that is full has an interrupt waiting; nobody waits for it to be taken.
                if (files[i] is { } file)
                    _ = Native.Control(file, Native.SetFlags, Native.Control(file, Native.GetFlags, 0) | Native.NonBlocking);
            }
    }
}
