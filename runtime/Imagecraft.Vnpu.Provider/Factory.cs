// What ONNX Runtime loads: the library's two functions, and the factory that they make. Unaware of networks.

using System.Runtime.InteropServices;
using System.Text;
using Imagecraft.Vnpu.Compilation;
using Imagecraft.Vnpu.Provider.Driver;
using Imagecraft.Vnpu.Provider.Ort;

namespace Imagecraft.Vnpu.Provider;

/// <summary>Offers accelerators that are there, and makes an <see cref="Ep"/> for each session that wants one.</summary>
/// <remarks>Source: onnxruntime_ep_c_api.h, API version 31.</remarks>
internal sealed unsafe class Factory : IDisposable
{
    /// <summary>As sessions call it.</summary>
    public const string Name = CompiledContext.Source;

    /// <summary>Its own version.</summary>
    public const string Version = "1.0.0";

    private const string Vendor = "Imagecraft", TimeoutOption = "ep.imagecraftvnpu.timeout_ms";
    private const uint VendorId = 0x1234, DeviceId = 0x11e9, DefaultTimeout = 10_000;

    private static readonly byte* NameText = Keep(Name), VendorText = Keep(Vendor), VersionText = Keep(Version);

    private readonly List<nint> _hardware = [];
    private readonly Dictionary<nint, string> _paths = [];

    public void Dispose()
    {
        foreach (var hardware in _hardware)
            OrtApi.ReleaseHardware(hardware);
    }

    /// <summary>The library's entry. A failure before ONNX Runtime's tables are there can only be told on the standard error.</summary>
    [UnmanagedCallersOnly(EntryPoint = "CreateEpFactories")]
    private static nint CreateEpFactories(byte* registrationName, nint* apiBase, nint logger, nint* factories, nuint most, nuint* count)
    {
        try
        {
            OrtApi.Load(apiBase);
        }
        catch (InvalidOperationException problem)
        {
            Console.Error.WriteLine(problem.Message);
            *count = 0;
            return 0;
        }

        return Native.Try(() =>
        {
            var table = Native.Make(FactorySlot.Count, new Factory());
            table[FactorySlot.GetName] = (nint)(delegate* unmanaged<nint, byte*>)&GetName;
            table[FactorySlot.GetVendor] = (nint)(delegate* unmanaged<nint, byte*>)&GetVendor;
            table[FactorySlot.GetVendorId] = (nint)(delegate* unmanaged<nint, uint>)&GetVendorId;
            table[FactorySlot.GetVersion] = (nint)(delegate* unmanaged<nint, byte*>)&GetVersion;
            table[FactorySlot.GetSupportedDevices] = (nint)(delegate* unmanaged<nint, nint*, nuint, nint*, nuint, nuint*, nint>)&GetSupportedDevices;
            table[FactorySlot.CreateEp] = (nint)(delegate* unmanaged<nint, nint*, nint*, nuint, nint, nint, nint*, nint>)&CreateEp;
            table[FactorySlot.ReleaseEp] = (nint)(delegate* unmanaged<nint, nint, void>)&ReleaseEp;
            table[FactorySlot.CreateDataTransfer] = (nint)(delegate* unmanaged<nint, nint*, nint>)&CreateDataTransfer;
            factories[0] = (nint)table;
            *count = 1;
        });
    }

    [UnmanagedCallersOnly(EntryPoint = "ReleaseEpFactory")]
    private static nint ReleaseEpFactory(nint factory) => Native.Try(() => Native.Release(factory, FactorySlot.Count));

    /// <summary>Writes the report as JSON.</summary>
    /// <param name="buffer">Takes it when it is large enough.</param>
    /// <param name="size">Bytes of the buffer.</param>
    /// <returns>Bytes of the report.</returns>
    [UnmanagedCallersOnly(EntryPoint = "imagecraft_provider_report")]
    private static nuint WriteReport(byte* buffer, nuint size)
    {
        try
        {
            var report = ProviderReport.Write();
            if ((nuint)report.Length <= size)
                report.CopyTo(new Span<byte>(buffer, report.Length));
            return (nuint)report.Length;
        }
        catch (Exception)
        {
            return 0;
        }
    }

    [UnmanagedCallersOnly]
    private static byte* GetName(nint factory) => NameText;

    [UnmanagedCallersOnly]
    private static byte* GetVendor(nint factory) => VendorText;

    [UnmanagedCallersOnly]
    private static uint GetVendorId(nint factory) => VendorId;

    [UnmanagedCallersOnly]
    private static byte* GetVersion(nint factory) => VersionText;

    [UnmanagedCallersOnly]
    private static nint GetSupportedDevices(nint factory, nint* hardware, nuint hardwareCount, nint* offered, nuint most, nuint* count) => Native.Try(() =>
    {
        var own = Native.Owner<Factory>(factory, FactorySlot.Count);
        *count = 0;
        foreach (var device in Accelerator.List().Found.Take((int)most))
        {
            var (made, offer) = OrtApi.CreateDevice(factory, VendorId, DeviceId, Vendor, [("is_virtual", "1"), ("path", device.Path), ("driver", device.Driver), ("firmware", device.Firmware), ("hardware", device.Hardware)]);
            own._hardware.Add(made);
            own._paths[made] = device.Path;
            offered[(*count)++] = offer;
        }
    });

    [UnmanagedCallersOnly]
    private static nint CreateEp(nint factory, nint* devices, nint* metadata, nuint count, nint sessionOptions, nint logger, nint* made) => Native.Try(() =>
    {
        var path = count > 0 && Native.Owner<Factory>(factory, FactorySlot.Count)._paths.TryGetValue(devices[0], out var known) ? known : throw new AcceleratorException("The session names no accelerator of this provider");
        var timeout = OrtApi.Option(sessionOptions, TimeoutOption) is { } text ? uint.TryParse(text, out var number) && number > 0 ? number : throw new AcceleratorException($"The option `timeout_ms` is `{text}`, expected milliseconds above 0") : DefaultTimeout;
        var table = Native.Make(EpSlot.Count, new Ep(path, timeout));
        table[EpSlot.GetName] = (nint)(delegate* unmanaged<nint, byte*>)&GetName;
        table[EpSlot.GetCapability] = (nint)(delegate* unmanaged<nint, nint, nint, nint>)&GetCapability;
        table[EpSlot.Compile] = (nint)(delegate* unmanaged<nint, nint*, nint*, nuint, nint*, nint*, nint>)&Compile;
        table[EpSlot.ReleaseNodeComputeInfos] = (nint)(delegate* unmanaged<nint, nint*, nuint, void>)&ReleaseComputeInfos;
        *made = (nint)table;
    });

    [UnmanagedCallersOnly]
    private static void ReleaseEp(nint factory, nint ep) => Native.Release(ep, EpSlot.Count);

    // ONNX Runtime wants the function, and takes "none" from it: tensors stay in the CPU's memory.
    [UnmanagedCallersOnly]
    private static nint CreateDataTransfer(nint factory, nint* transfer)
    {
        *transfer = 0;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static nint GetCapability(nint ep, nint graph, nint supportInfo) => Native.Try(() => Native.Owner<Ep>(ep, EpSlot.Count).Choose(graph, supportInfo));

    [UnmanagedCallersOnly]
    private static nint Compile(nint ep, nint* graphs, nint* fusedNodes, nuint count, nint* infos, nint* contexts) => Native.Try(() =>
    {
        var own = Native.Owner<Ep>(ep, EpSlot.Count);
        for (nuint i = 0; i < count; i++)
        {
            var table = Native.Make(ComputeSlot.Count, own.Compile(graphs[i]));
            table[ComputeSlot.CreateState] = (nint)(delegate* unmanaged<nint, nint, nint*, nint>)&CreateState;
            table[ComputeSlot.Compute] = (nint)(delegate* unmanaged<nint, nint, nint, nint>)&Compute;
            table[ComputeSlot.ReleaseState] = (nint)(delegate* unmanaged<nint, nint, void>)&ReleaseState;
            infos[i] = (nint)table;
        }
    });

    [UnmanagedCallersOnly]
    private static void ReleaseComputeInfos(nint ep, nint* infos, nuint count)
    {
        for (nuint i = 0; i < count; i++)
            if (infos[i] != 0)
                Native.Release(infos[i], ComputeSlot.Count);
    }

    [UnmanagedCallersOnly]
    private static nint CreateState(nint info, nint context, nint* state)
    {
        *state = info;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static nint Compute(nint info, nint state, nint context) => Native.Try(() => Native.Owner<CompiledPart>(info, ComputeSlot.Count).Run(context));

    [UnmanagedCallersOnly]
    private static void ReleaseState(nint info, nint state)
    {
    }

    private static byte* Keep(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text + '\0');
        var kept = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(kept, bytes.Length));
        return kept;
    }
}
