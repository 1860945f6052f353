// A kernel's final configuration, as far as drivers go. Unaware of fragments.

namespace Imagecraft.Boards.Drivers;

/// <summary>Whether something is compiled; ordered, so the least of several decides what needs all of them.</summary>
public enum Compiled
{
    /// <summary>Not at all.</summary>
    No,

    /// <summary>As a module.</summary>
    Module,

    /// <summary>Into the kernel.</summary>
    BuiltIn,
}

/// <summary>Symbols by name.</summary>
/// <param name="text">A final <c>.config</c>.</param>
public sealed class KernelConfiguration(string text)
{
    private const string Prefix = "CONFIG_";

    private readonly Dictionary<string, Compiled> symbols = text.Split('\n')
        .Where(line => line.StartsWith(Prefix, StringComparison.Ordinal) && line.Length > Prefix.Length + 2 && line[^2] == '=' && line[^1] is 'y' or 'm')
        .ToDictionary(line => line[Prefix.Length..^2], line => line[^1] == 'y' ? Compiled.BuiltIn : Compiled.Module, StringComparer.Ordinal);

    /// <summary>The value of a symbol without <c>CONFIG_</c>; whatever the text has not is <see cref="Compiled.No"/>.</summary>
    public Compiled this[string symbol] => symbols.GetValueOrDefault(symbol);
}
