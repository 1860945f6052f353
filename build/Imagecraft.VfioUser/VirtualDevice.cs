// What a device of one's own has to do. Unaware of QEMU and of messages.

namespace Imagecraft.VfioUser;

/// <summary>A device that a <see cref="DeviceServer"/> puts on a machine's bus. All calls but <see cref="IDisposable.Dispose"/> come one after the other.</summary>
public interface IVirtualDevice : IDisposable
{
    /// <summary>The machine read a region.</summary>
    /// <param name="bar">Number of the region.</param>
    /// <param name="offset">First byte, within the region as all others are.</param>
    /// <param name="target">Takes the bytes; 1, 2, 4 or 8 as a rule.</param>
    void Read(int bar, ulong offset, Span<byte> target);

    /// <summary>The machine wrote to a region. It does not wait, so what takes long is done by another thread.</summary>
    /// <param name="bar">Number of the region.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="source">The bytes.</param>
    void Write(int bar, ulong offset, ReadOnlySpan<byte> source);

    /// <summary>Power-on, and each restart of the machine.</summary>
    void Reset();
}

/// <summary>Makes the device of a machine that has come.</summary>
/// <param name="memory">Its memory.</param>
/// <param name="interrupts">Where interrupts go.</param>
public delegate IVirtualDevice DeviceFactory(GuestMemory memory, Interrupts interrupts);
