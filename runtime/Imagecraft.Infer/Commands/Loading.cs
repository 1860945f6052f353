// The options of all commands that load a network. Unaware of what is done with it.

using Imagecraft.Infer.Accelerators;
using Imagecraft.Infer.Deployed;
using Imagecraft.Infer.Network;

namespace Imagecraft.Infer.Commands;

static class Loading
{
    const string Threads = "--threads", AtLoad = "--optimize-at-load", Cache = "--load-cache", Device = "--device", Required = "--require-device";

    /// <summary>All of them that have a value.</summary>
    public static readonly string[] Options = [Threads, AtLoad, Cache, Device];

    /// <summary>Those that have none.</summary>
    public static readonly string[] Flags = [Required];

    /// <summary>What the options say; what they leave open, the card beside the network.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="model">The network's file.</param>
    public static LoadOptions Read(Arguments arguments, string model)
    {
        var arranges = arguments.Last(AtLoad) switch
        {
            null => ModelFolder.Arranges(model),
            "all" => true,
            "none" => false,
            var other => throw new InferException($"`{AtLoad} {other}` is neither `all` nor `none`"),
        };
        var device = arguments.Last(Device) switch
        {
            // Whoever requires the accelerator need not ask for it, too.
            null => arguments.Has(Required) ? DeviceKind.Npu : DeviceKind.Cpu,
            "cpu" => DeviceKind.Cpu,
            "npu" => DeviceKind.Npu,
            "auto" => DeviceKind.Auto,
            var other => throw new InferException($"`{Device} {other}` is none of [cpu, npu, auto]"),
        };
        return new(arguments.Number(Threads, 1, 1, 1024), arranges, arguments.Last(Cache)) { Device = new(device, arguments.Has(Required)) };
    }
}
