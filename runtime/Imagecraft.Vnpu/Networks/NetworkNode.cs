// One operation of a network, with all that is known of its operands. Unaware of where it came from: a file, or a session of ONNX Runtime.

using System.Collections.Immutable;

namespace Imagecraft.Vnpu.Networks;

/// <summary>A node.</summary>
/// <param name="Name">Its name, which may be empty.</param>
/// <param name="Domain">Of its operator; empty for ONNX' own.</param>
/// <param name="Kind">Its operator.</param>
/// <param name="Inputs">What it reads; null for an optional input that is left out.</param>
/// <param name="Outputs">What it makes; null for one that nobody wants.</param>
public sealed record NetworkNode(string Name, string Domain, string Kind, ImmutableArray<NetworkValue?> Inputs, ImmutableArray<NetworkValue?> Outputs)
{
    /// <summary>Attributes of the kinds integer and list of integers, as lists.</summary>
    public ImmutableDictionary<string, ImmutableArray<long>> Integers { get; init; } = ImmutableDictionary<string, ImmutableArray<long>>.Empty;

    /// <summary>Attributes that are numbers.</summary>
    public ImmutableDictionary<string, float> Numbers { get; init; } = ImmutableDictionary<string, float>.Empty;

    /// <summary>Attributes that are texts.</summary>
    public ImmutableDictionary<string, string> Texts { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The same as their bytes, which need not be text.</summary>
    public ImmutableDictionary<string, ReadOnlyMemory<byte>> Blobs { get; init; } = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty;

    /// <summary>How messages call it.</summary>
    public string Display => Name.Length > 0 ? $"`{Name}` ({Kind})" : $"the {Kind} that makes `{Outputs.FirstOrDefault(output => output is not null)?.Name}`";

    /// <summary>An attribute that is a list of integers; empty when it is absent.</summary>
    public ImmutableArray<long> List(string name) => Integers.GetValueOrDefault(name, []);

    /// <summary>An attribute that is one integer.</summary>
    public long Integer(string name, long otherwise) => List(name) is [var value] ? value : otherwise;
}
