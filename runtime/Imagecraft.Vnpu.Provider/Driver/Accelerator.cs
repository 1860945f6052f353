// The accelerator behind one open file of its driver. Unaware of networks and of ONNX Runtime.

using System.ComponentModel;
using System.Runtime.InteropServices;
using Imagecraft.Vnpu.Commands;

namespace Imagecraft.Vnpu.Provider.Driver;

/// <summary>What is known of an accelerator.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Driver">Version of the driver's interface.</param>
/// <param name="Hardware">Version of the device.</param>
/// <param name="Firmware">Version of its firmware.</param>
/// <param name="ClockHertz">Its nominal clock.</param>
internal sealed record AcceleratorInfo(string Path, string Driver, string Hardware, string Firmware, ulong ClockHertz);

/// <summary>One client of the driver; its buffers are its own. For one thread at a time.</summary>
internal sealed unsafe class Accelerator : IDisposable
{
    private const string Folder = "/dev/accel", DriverName = "vnpu";
    private const int ReadWrite = 2, CloseOnExec = 0x80000, Interrupted = 4;

    private readonly int _file;

    private Accelerator(string path, int file)
    {
        _file = file;
        var (name, major, minor) = Version();
        if (name != DriverName)
            throw new NotSupportedException($"`{path}` belongs to the driver `{name}`");
        if (major != Uapi.Major || minor < Uapi.Minor)
            throw new NotSupportedException($"the driver of `{path}` speaks version {major}.{minor}, this provider {Uapi.Major}.{Uapi.Minor}; build `vnpu-driver` and `vnpu-provider` of one version");
        Info = new(path, $"{major}.{minor}", Number(Param(VnpuParam.HardwareVersion)), Number(Param(VnpuParam.FirmwareVersion)), Param(VnpuParam.ClockHertz));
    }

    /// <summary>What it is.</summary>
    public AcceleratorInfo Info { get; }

    /// <summary>All accelerators of this driver, and why others are not used.</summary>
    public static (List<AcceleratorInfo> Found, List<string> Reasons) List()
    {
        var (found, reasons) = (new List<AcceleratorInfo>(), new List<string>());
        var paths = Directory.Exists(Folder) ? Directory.GetFiles(Folder, "accel*").Order(StringComparer.Ordinal).ToArray() : [];
        foreach (var path in paths)
        {
            try
            {
                using var accelerator = Open(path);
                found.Add(accelerator.Info);
            }
            catch (Exception problem) when (problem is IOException or NotSupportedException)
            {
                reasons.Add(problem.Message);
            }
        }

        if (paths.Length == 0)
            reasons.Add($"`{Folder}` has no accelerator; whether its driver found one says `dmesg`");
        return (found, reasons);
    }

    /// <summary>Opens one; an <see cref="IOException"/> or <see cref="NotSupportedException"/> says why it can't be used.</summary>
    public static Accelerator Open(string path)
    {
        var file = Uapi.Open(path, ReadWrite | CloseOnExec);
        if (file < 0)
            throw Failed($"`{path}` cannot be opened");
        try
        {
            return new(path, file);
        }
        catch
        {
            _ = Uapi.Close(file);
            throw;
        }
    }

    /// <summary>Makes a buffer of zeros.</summary>
    public AcceleratorBuffer CreateBuffer(long bytes)
    {
        const int ReadAndWrite = 3, Shared = 1;
        var made = new VnpuBoCreate { Size = (ulong)bytes };
        Control(Uapi.CreateBuffer, &made, $"a buffer of {bytes} bytes cannot be made");
        var start = Uapi.Map(0, (nuint)bytes, ReadAndWrite, Shared, _file, (long)made.MapOffset);
        return start != -1 ? new(this, made.Handle, start, bytes) : throw Failed($"a buffer of {bytes} bytes cannot be mapped");
    }

    /// <summary>Runs commands and waits for them.</summary>
    /// <param name="commands">The commands.</param>
    /// <param name="buffers">What they name, the first of which is written.</param>
    /// <param name="timeoutMilliseconds">How long the device may take.</param>
    /// <returns>How it ended: <see cref="VnpuStatus.Done"/>, or at which command with what.</returns>
    public VnpuWait Run(ReadOnlySpan<Command> commands, ReadOnlySpan<AcceleratorBuffer> buffers, uint timeoutMilliseconds)
    {
        var table = new VnpuBuffer[buffers.Length];
        for (var i = 0; i < table.Length; i++)
            table[i] = new() { Handle = buffers[i].Handle, Flags = i == 0 ? 1u : 0 };
        fixed (Command* first = commands)
        fixed (VnpuBuffer* named = table)
        {
            var job = new VnpuSubmit { Commands = (ulong)first, Buffers = (ulong)named, CommandCount = (uint)commands.Length, BufferCount = (uint)table.Length, TimeoutMilliseconds = timeoutMilliseconds };
            Control(Uapi.Submit, &job, "the driver takes no job");
            var end = new VnpuWait { Job = job.Job, TimeoutNanoseconds = -1 };
            Control(Uapi.Wait, &end, "the driver does not tell how a job ended");
            return end;
        }
    }

    public void Dispose() => _ = Uapi.Close(_file);

    internal void Free(uint handle)
    {
        var close = new DrmGemClose { Handle = handle };
        _ = Uapi.Control(_file, Uapi.CloseBuffer, &close);
    }

    private (string Name, int Major, int Minor) Version()
    {
        var name = stackalloc byte[32];
        var version = new DrmVersion { Name = name, NameLength = 32 };
        Control(Uapi.GetVersion, &version, "it is no device of DRM");
        return (System.Text.Encoding.ASCII.GetString(name, (int)Math.Min(version.NameLength, 32)), version.Major, version.Minor);
    }

    private ulong Param(VnpuParam which)
    {
        var param = new VnpuGetParam { Param = which };
        Control(Uapi.GetParam, &param, $"the driver does not tell its {which}");
        return param.Value;
    }

    private static string Number(ulong version) => $"{version >> 16}.{version & 0xffff}";

    // A signal interrupts a wait; it goes on.
    private void Control(uint request, void* argument, string failure)
    {
        while (Uapi.Control(_file, request, argument) != 0)
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw Failed(failure);
    }

    private static IOException Failed(string what) => new($"{what}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
}

/// <summary>Memory that program and accelerator share.</summary>
internal sealed unsafe class AcceleratorBuffer(Accelerator owner, uint handle, nint start, long bytes) : IDisposable
{
    /// <summary>Its name in the driver.</summary>
    public uint Handle { get; } = handle;

    /// <summary>Its first byte.</summary>
    public byte* Start { get; } = (byte*)start;

    public void Dispose()
    {
        _ = Uapi.Unmap((nint)Start, (nuint)bytes);
        owner.Free(Handle);
    }
}
