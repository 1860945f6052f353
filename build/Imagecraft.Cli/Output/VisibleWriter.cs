// A stream on which nothing reaches the terminal but text and our own colors. Unaware of what is said.

using System.Text;

namespace Imagecraft.Cli.Output;

/// <summary>Passes text on as <see cref="VisibleText"/> has it.</summary>
/// <param name="inner">The terminal, or what stands in its place.</param>
/// <param name="colors">Our own colors may pass.</param>
public sealed class VisibleWriter(TextWriter inner, bool colors) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Write(value.ToString());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        if (!string.IsNullOrEmpty(value))
            inner.Write(colors ? VisibleText.WithColors(value) : VisibleText.Of(value));
    }

    /// <inheritdoc/>
    public override void WriteLine(string? value) => inner.WriteLine(string.IsNullOrEmpty(value) ? "" : colors ? VisibleText.WithColors(value) : VisibleText.Of(value));

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();
}
