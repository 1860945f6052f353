// Who compiles parts of networks for accelerators while building. Unaware of networks.

namespace Imagecraft.Metadata.Model;

/// <summary>Words of an accelerator's <c>contexts</c>.</summary>
public static class ContextNames
{
    /// <summary>For the virtual accelerator.</summary>
    public const string VirtualNpu = "vnpu";

    /// <summary>All of them.</summary>
    public static string[] All { get; } = [VirtualNpu];
}
