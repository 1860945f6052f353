// A console that keeps what is written.

using Imagecraft.Cli.Output;

namespace Imagecraft.Cli.Tests;

internal sealed class TextConsole : IConsole
{
    public TextWriter Out { get; } = new StringWriter();

    public TextWriter Diagnostics { get; } = new StringWriter();

    public string ErrorText => Diagnostics.ToString()!;

    public bool IsInteractive => false;

    public bool HasColor => false;

    public int Width => 100;
}
