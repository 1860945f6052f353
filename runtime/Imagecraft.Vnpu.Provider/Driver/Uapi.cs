// What programs ask of the kernel driver, as `recipes/vnpu-driver/vnpu_accel.h` has it. Unaware of networks.

using System.Runtime.InteropServices;

namespace Imagecraft.Vnpu.Provider.Driver;

/// <summary>Structures and numbers of the driver's interface; a test holds them against the header.</summary>
internal static partial class Uapi
{
    public const int Major = 1, Minor = 0;

    private const uint ReadWrite = 3, WriteOnly = 1, CommandBase = 0x40;

    public static readonly uint GetVersion = Number<DrmVersion>(ReadWrite, 0x00);
    public static readonly uint CloseBuffer = Number<DrmGemClose>(WriteOnly, 0x09);
    public static readonly uint GetParam = Number<VnpuGetParam>(ReadWrite, CommandBase + 0);
    public static readonly uint CreateBuffer = Number<VnpuBoCreate>(ReadWrite, CommandBase + 1);
    public static readonly uint Submit = Number<VnpuSubmit>(ReadWrite, CommandBase + 2);
    public static readonly uint Wait = Number<VnpuWait>(ReadWrite, CommandBase + 3);

    // As Linux' _IOC: direction, size, the letter of DRM, number.
    private static unsafe uint Number<T>(uint direction, uint number)
        where T : unmanaged => (direction << 30) | ((uint)sizeof(T) << 16) | ((uint)'d' << 8) | number;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static unsafe partial int Control(int file, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(nint address, nuint length);
}

/// <summary><c>struct drm_version</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DrmVersion
{
    public int Major, Minor, Patch;
    public nuint NameLength;
    public byte* Name;
    public nuint DateLength;
    public byte* Date;
    public nuint DescriptionLength;
    public byte* Description;
}

/// <summary><c>struct drm_gem_close</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DrmGemClose
{
    public uint Handle, Pad;
}

/// <summary><c>enum vnpu_param</c>.</summary>
internal enum VnpuParam : uint
{
    HardwareVersion = 0,
    FirmwareVersion = 1,
    ClockHertz = 2,
}

/// <summary><c>struct vnpu_get_param</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VnpuGetParam
{
    public VnpuParam Param;
    public uint Pad;
    public ulong Value;
}

/// <summary><c>struct vnpu_bo_create</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VnpuBoCreate
{
    public ulong Size, MapOffset;
    public uint Handle, Pad;
}

/// <summary><c>struct vnpu_buffer</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VnpuBuffer
{
    public uint Handle, Flags;
}

/// <summary><c>struct vnpu_submit</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VnpuSubmit
{
    public ulong Commands, Buffers;
    public uint CommandCount, BufferCount, TimeoutMilliseconds, Pad;
    public ulong Job;
}

/// <summary><c>enum vnpu_status</c>.</summary>
internal enum VnpuStatus : uint
{
    Done = 1,
    BadDescriptor = 2,
    BadCommand = 3,
    UnknownOperation = 4,
    OutOfBuffer = 5,
    MemoryFault = 6,
    Aborted = 7,
    Timeout = 0x100,
    Gone = 0x101,
}

/// <summary><c>struct vnpu_wait</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VnpuWait
{
    public ulong Job;
    public long TimeoutNanoseconds;
    public VnpuStatus Status;
    public uint Command;
    public ulong Cycles, Products;
}
