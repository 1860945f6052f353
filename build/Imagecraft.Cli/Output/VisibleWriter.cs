// A stream on which nothing reaches the terminal but text and our own colors. Unaware of what is said.

using System.Text;

namespace Imagecraft.Cli.Output;

/// <summary>Passes text on as <see cref="VisibleText"/> has it.</summary>
/// <param name="inner">The terminal, or what stands in its place.</param>
/// <param name="colors">Our own colors may pass.</param>
/// <param name="program">What people call this program by.</param>
public sealed class VisibleWriter(TextWriter inner, bool colors, string program = VisibleWriter.Script) : TextWriter
{
    /// <summary>What sentences call it by.</summary>
    public const string Script = "./build.sh";

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
            inner.Write(Shown(value));
    }

    /// <inheritdoc/>
    public override void WriteLine(string? value) => inner.WriteLine(string.IsNullOrEmpty(value) ? "" : Shown(value));

    private string Shown(string value)
    {
        var named = program == Script ? value : value.Replace(Script, program, StringComparison.Ordinal);
        return colors ? VisibleText.WithColors(named) : VisibleText.Of(named);
    }

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();
}
