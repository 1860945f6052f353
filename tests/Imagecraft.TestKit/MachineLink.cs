// A network cable between two machines. Unaware of what they say to each other.

using System.Collections.Immutable;

namespace Imagecraft.TestKit;

/// <summary>Joins two machines (<see cref="MachineOptions.Link"/>) by one Ethernet interface each. Needs no rights on the host; machines may be restarted in any order.</summary>
/// <remarks>Source: QEMU's documentation, <c>-netdev dgram</c> with Unix sockets.</remarks>
public sealed class MachineLink : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("icl-");
    private int ends;

    /// <summary>Takes the cable away; end its machines first.</summary>
    public void Dispose() => folder.Delete(recursive: true);

    internal LinkEnd Join()
    {
        int end = Interlocked.Increment(ref ends);
        if (end > 2)
            throw new InvalidOperationException("A link has two ends, and both are taken; make another link");
        return new(Path.Combine(folder.FullName, $"{end}"), Path.Combine(folder.FullName, $"{3 - end}"), $"52:54:00:69:63:0{end}");
    }
}

/// <summary>One machine's end of a cable.</summary>
/// <param name="Local">Its socket.</param>
/// <param name="Remote">The other's socket.</param>
/// <param name="Address">Its Ethernet address.</param>
internal sealed record LinkEnd(string Local, string Remote, string Address)
{
    public ImmutableArray<string> Arguments =>
    [
        "-netdev", $"dgram,id=ic-link,local.type=unix,local.path={Local},remote.type=unix,remote.path={Remote}",
        "-device", $"virtio-net-pci,netdev=ic-link,mac={Address},romfile=,addr=f",
    ];
}
