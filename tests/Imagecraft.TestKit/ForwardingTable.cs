// Which ports of a switch a frame leaves by. Pure; unaware of sockets and time.

using System.Buffers.Binary;

namespace Imagecraft.TestKit;

/// <summary>Learns behind which port a station is from the frames that it sends; what it does not know goes everywhere.</summary>
/// <remarks>Source: IEEE 802.1Q-2022, 8.6 and 8.7 (relaying and learning); without VLANs, spanning tree and ageing.</remarks>
internal sealed class ForwardingTable
{
    private const int ShortestFrame = 14;

    private readonly Lock gate = new();
    private readonly Dictionary<ulong, int> ports = [];

    /// <summary>The ports, of <paramref name="count"/>, that a frame leaves by. What is too short for a frame leaves by none.</summary>
    /// <param name="frame">From the destination's address on.</param>
    /// <param name="from">The port that it came in by.</param>
    /// <param name="count">How many ports there are, numbered from 0.</param>
    public IReadOnlyList<int> Route(ReadOnlySpan<byte> frame, int from, int count)
    {
        if (frame.Length < ShortestFrame)
            return [];
        ulong to = AddressAt(frame), source = AddressAt(frame[6..]);
        lock (gate)
        {
            if (!IsGroup(source))
                ports[source] = from;
            if (!IsGroup(to) && ports.TryGetValue(to, out int known))
                return known == from ? [] : [known];
        }

        return [.. Enumerable.Range(0, count).Where(port => port != from)];
    }

    private static bool IsGroup(ulong address) => (address >> 40 & 1) == 1;

    private static ulong AddressAt(ReadOnlySpan<byte> frame) => (ulong)BinaryPrimitives.ReadUInt16BigEndian(frame) << 32 | BinaryPrimitives.ReadUInt32BigEndian(frame[2..]);
}
