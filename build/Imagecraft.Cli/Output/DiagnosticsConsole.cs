// A console on which progress leaves standard output to the result. Unaware of what is said.

namespace Imagecraft.Cli.Output;

/// <summary>Writes everything to the error stream of another console, in plain lines.</summary>
public sealed class DiagnosticsConsole(IConsole inner) : IConsole
{
    /// <inheritdoc/>
    public TextWriter Out => inner.Diagnostics;

    /// <inheritdoc/>
    public TextWriter Diagnostics => inner.Diagnostics;

    /// <inheritdoc/>
    public bool IsInteractive => false;

    /// <inheritdoc/>
    public bool HasColor => inner.HasColor;

    /// <inheritdoc/>
    public int Width => inner.Width;
}
