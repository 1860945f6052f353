// A value with its place in a file, so that every later problem can be shown where it was written.

namespace Imagecraft.Metadata.Model;

/// <summary>A place in a file; line and column count from one, length in characters (0 when unknown).</summary>
/// <param name="File">Path relative to the workspace, with forward slashes.</param>
public sealed record SourceSpan(string File, int Line, int Column, int Length)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>A value and where it was written: in a merged recipe, which layer's file set it.</summary>
public sealed record Sited<T>(T Value, SourceSpan Span)
{
    /// <summary>The value alone.</summary>
    public static implicit operator T(Sited<T> sited) => sited.Value;

    /// <inheritdoc/>
    public override string ToString() => Value?.ToString() ?? "";
}
