// The options of all commands that load a network. Unaware of what is done with it.

using Imagecraft.Infer.Deployed;
using Imagecraft.Infer.Network;

namespace Imagecraft.Infer.Commands;

static class Loading
{
    const string Threads = "--threads", AtLoad = "--optimize-at-load", Cache = "--load-cache";

    /// <summary>All of them.</summary>
    public static readonly string[] Options = [Threads, AtLoad, Cache];

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
        return new(arguments.Number(Threads, 1, 1, 1024), arranges, arguments.Last(Cache));
    }
}
