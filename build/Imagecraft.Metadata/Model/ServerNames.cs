// The programs that stand for hardware in QEMU. Unaware of how they are started.

namespace Imagecraft.Metadata.Model;

/// <summary>Words of an accelerator's <c>server</c>.</summary>
public static class ServerNames
{
    /// <summary>Serves the virtual accelerator.</summary>
    public const string VirtualNpu = "imagecraft-vnpu";

    /// <summary>All of them.</summary>
    public static string[] All { get; } = [VirtualNpu];
}
