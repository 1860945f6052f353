// Gathers constants in as few buffers as they fit in. Unaware of commands.

using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Imagecraft.Vnpu.Commands;

namespace Imagecraft.Vnpu.Compilation;

/// <summary>The same bytes are kept once.</summary>
/// <param name="most">Bytes of a buffer.</param>
internal sealed class ConstantPool(long most)
{
    private readonly List<List<byte>> _buffers = [];
    private readonly Dictionary<ReadOnlyMemory<byte>, Operand> _places = new(SameBytes.Instance);

    /// <summary>Whether one was larger than a buffer.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>All buffers; the first has the number 1.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Buffers => [.. _buffers.Select(buffer => (ReadOnlyMemory<byte>)buffer.ToArray())];

    /// <summary>Of all buffers.</summary>
    public long Bytes => _buffers.Sum(buffer => (long)buffer.Count);

    /// <summary>Where a constant lies.</summary>
    public Operand Add(ReadOnlyMemory<byte> constant)
    {
        if (_places.TryGetValue(constant, out var place))
            return place;
        IsTooLarge |= constant.Length > most;
        if (_buffers.Count == 0 || Arena.Align(_buffers[^1].Count) + constant.Length > most)
            _buffers.Add([]);
        var buffer = _buffers[^1];
        CollectionsMarshal.SetCount(buffer, (int)Arena.Align(buffer.Count));
        place = new((uint)_buffers.Count, (ulong)buffer.Count);
        buffer.AddRange(constant.Span);
        return _places[constant] = place;
    }

    private sealed class SameBytes : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static readonly SameBytes Instance = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> bytes)
        {
            var hash = new HashCode();
            hash.AddBytes(bytes.Span);
            return hash.ToHashCode();
        }
    }
}
