// The process's own streams. Unaware of what is said.

using System.Text;

namespace Imagecraft.Cli.Output;

/// <summary>Standard output and error; opened when first used, because a call with nothing to say should not pay for it.</summary>
public sealed class SystemConsole(Func<string, string?> variable) : IConsole
{
    private readonly Lazy<TextWriter> _out = new(() => Open(System.Console.OpenStandardOutput()));
    private readonly Lazy<TextWriter> _error = new(() => Open(System.Console.OpenStandardError()));

    /// <inheritdoc/>
    public TextWriter Out => _out.Value;

    /// <inheritdoc/>
    public TextWriter Diagnostics => _error.Value;

    /// <inheritdoc/>
    public bool IsInteractive { get; } = !System.Console.IsOutputRedirected && variable("TERM") is not (null or "" or "dumb");

    /// <inheritdoc/>
    public bool HasColor => IsInteractive && !System.Console.IsErrorRedirected && string.IsNullOrEmpty(variable("NO_COLOR"));

    /// <inheritdoc/>
    public int Width => IsInteractive ? Math.Max(40, System.Console.WindowWidth) : 120;

    private static TextWriter Open(Stream stream) =>
        TextWriter.Synchronized(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
}
