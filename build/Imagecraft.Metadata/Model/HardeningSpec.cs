// Which measures against attackers a recipe is compiled without. Unaware of compilers' arguments.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>What a recipe cannot take of the usual hardening.</summary>
/// <param name="Without">Words of <see cref="HardeningWords"/>.</param>
/// <param name="Because">Why; null when it takes everything.</param>
public sealed record HardeningSpec(ImmutableArray<Sited<string>> Without, string? Because)
{
    /// <summary>Everything is taken.</summary>
    public static HardeningSpec Whole { get; } = new([], null);

    /// <summary>Whether a measure is taken.</summary>
    public bool Has(string measure) => Without.All(w => w.Value != measure);
}

/// <summary>The measures that compiled programs have.</summary>
public static class HardeningWords
{
    /// <summary>Functions with arrays notice that their frame was written over.</summary>
    public const string StackProtector = "stack-protector";

    /// <summary>Calls of the C library are checked against the sizes of what they write to.</summary>
    public const string Fortify = "fortify";

    /// <summary>Programs lie at addresses that are drawn anew.</summary>
    public const string Pie = "pie";

    /// <summary>What the loader fills in is only read afterwards.</summary>
    public const string Relro = "relro";

    /// <summary>The loader fills in everything before the program begins, so that all of it is only read.</summary>
    public const string BindNow = "bind-now";

    /// <summary>What the instruction set has against jumps to where nobody meant to (CET, BTI), and against steps over the stack's guard.</summary>
    public const string Architecture = "architecture";

    /// <summary>All of them.</summary>
    public static ImmutableArray<string> All { get; } = [Architecture, BindNow, Fortify, Pie, Relro, StackProtector];
}
