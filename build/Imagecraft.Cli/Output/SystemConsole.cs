// The process's own streams. Unaware of what is said.

using System.Text;

namespace Imagecraft.Cli.Output;

/// <summary>Standard output and error; opened when first used, because a call with nothing to say should not pay for it.</summary>
public sealed class SystemConsole(Func<string, string?> variable) : IConsole
{
    private readonly Lazy<TextWriter> _terminal = new(() => Open(System.Console.OpenStandardOutput()));
    private readonly Lazy<TextWriter> _error = new(() => Open(System.Console.OpenStandardError()));
    private TextWriter? _out, _diagnostics;

    /// <inheritdoc/>
    public TextWriter Out => _out ??= new VisibleWriter(_terminal.Value, HasColor, Program);

    /// <inheritdoc/>
    public TextWriter Diagnostics => _diagnostics ??= new VisibleWriter(_error.Value, HasColor, Program);

    private string Program => variable("IMAGECRAFT_PROGRAM") is { Length: > 0 } name ? name : VisibleWriter.Script;

    /// <inheritdoc/>
    public TextWriter Terminal => _terminal.Value;

    /// <inheritdoc/>
    public bool IsInteractive { get; } = !System.Console.IsOutputRedirected && variable("TERM") is not (null or "" or "dumb");

    /// <inheritdoc/>
    public bool HasColor => IsInteractive && !System.Console.IsErrorRedirected && string.IsNullOrEmpty(variable("NO_COLOR"));

    /// <inheritdoc/>
    public int Width => IsInteractive ? Math.Max(40, System.Console.WindowWidth) : 120;

    private static TextWriter Open(Stream stream) =>
        TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
}
