// The guest's memory as the device sees it. Unaware of messages.

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.VfioUser;

/// <summary>
/// Regions of addresses that are backed by files, mapped into this process. Whoever touches them holds them meanwhile (<see cref="Hold"/>), so that none goes away below his hands; the guest may write to them at any time.
/// </summary>
public sealed unsafe class GuestMemory : IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new();
    private readonly List<Region> _regions = [];
    private bool _isReachable;

    // Each is a mapping of this process, of which the kernel allows some ten thousand. A machine has some dozen.
    private const int MostRegions = 4096;

    /// <summary>Whether the device may reach memory at all: bus mastering of its configuration space.</summary>
    public bool IsReachable
    {
        get => _isReachable;
        internal set
        {
            // Whoever holds memory may still touch it.
            _lock.EnterWriteLock();
            _isReachable = value;
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Keeps all regions where they are until disposed; short, since the machine waits meanwhile.</summary>
    public Held Hold()
    {
        _lock.EnterReadLock();
        return new(_lock);
    }

    /// <summary>Where an address lies in this process; null when not all bytes are one region's, or it may not be written to. Only while held.</summary>
    /// <param name="address">The device's address.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="isWritten">Whether they are written to.</param>
    public byte* Find(ulong address, ulong length, bool isWritten)
    {
        if (!IsReachable)
            return null;
        foreach (var region in _regions)
            if (address >= region.Address && length <= region.Length && address - region.Address <= region.Length - length)
                return region.Start != null && (region.IsWritable || !isWritten) ? region.Start + (address - region.Address) : null;
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        _lock.Dispose();
    }

    /// <summary>Adds a region.</summary>
    /// <param name="address">Its first address.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="isWritable">Whether the device may write.</param>
    /// <param name="file">What backs it; null: nothing that can be reached.</param>
    /// <param name="offset">Where it begins in the file.</param>
    /// <returns>False when it overlaps another, leaves the file, cannot be mapped, or is one too many.</returns>
    internal bool Map(ulong address, ulong length, bool isWritable, SafeFileHandle? file, ulong offset)
    {
        if (length == 0 || address > ulong.MaxValue - length || length > long.MaxValue || offset > long.MaxValue - length)
            return false;
        _lock.EnterWriteLock();
        try
        {
            if (_regions.Count >= MostRegions || _regions.Exists(region => address < region.Address + region.Length && region.Address < address + length))
                return false;
            var start = file is null ? null : Mapped(file, length, isWritable, offset);
            if (file is not null && start == null)
                return false;
            _regions.Add(new(address, length, isWritable, start));
            return true;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Takes a region away; false when there is none that begins and ends so.</summary>
    internal bool Unmap(ulong address, ulong length)
    {
        _lock.EnterWriteLock();
        try
        {
            var at = _regions.FindIndex(region => region.Address == address && region.Length == length);
            if (at < 0)
                return false;
            _regions[at].Release();
            _regions.RemoveAt(at);
            return true;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Takes all regions away.</summary>
    internal void Clear()
    {
        _lock.EnterWriteLock();
        foreach (var region in _regions)
            region.Release();
        _regions.Clear();
        _lock.ExitWriteLock();
    }

    // Beyond the end of a file there is a mapping, and a signal for whoever touches it.
    private static byte* Mapped(SafeFileHandle file, ulong length, bool isWritable, ulong offset)
    {
        try
        {
            if ((ulong)RandomAccess.GetLength(file) < offset + length)
                return null;
        }
        catch (Exception problem) when (problem is IOException or NotSupportedException or UnauthorizedAccessException)
        {
            return null;
        }

        var start = Native.Map(null, (nuint)length, Native.ProtectRead | (isWritable ? Native.ProtectWrite : 0), Native.MapShared, file, (long)offset);
        return start == -1 ? null : (byte*)start;
    }

    /// <summary>Lets go when disposed.</summary>
    public readonly struct Held(ReaderWriterLockSlim held) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => held.ExitReadLock();
    }

    private sealed class Region(ulong address, ulong length, bool isWritable, byte* start)
    {
        public ulong Address => address;

        public ulong Length => length;

        public bool IsWritable => isWritable;

        public byte* Start => start;

        public void Release()
        {
            if (start != null)
                _ = Native.Unmap(start, (nuint)length);
        }
    }
}
