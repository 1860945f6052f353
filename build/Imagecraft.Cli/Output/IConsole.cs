// Where everything visible goes. Unaware of what is said.

namespace Imagecraft.Cli.Output;

/// <summary>Two streams and what they can show.</summary>
public interface IConsole
{
    /// <summary>Results and progress.</summary>
    TextWriter Out { get; }

    /// <summary>Diagnostics.</summary>
    TextWriter Diagnostics { get; }

    /// <summary>The stream below <see cref="Out"/>, for who draws on it; whatever others wrote must be made <see cref="VisibleText"/> before.</summary>
    TextWriter Terminal => Out;

    /// <summary>Output is a terminal on which lines can be rewritten.</summary>
    bool IsInteractive { get; }

    /// <summary>Escape sequences for colors are welcome: a terminal, and <c>NO_COLOR</c> is not set.</summary>
    bool HasColor { get; }

    /// <summary>Columns.</summary>
    int Width { get; }
}

/// <summary>The few forms that all verbs share.</summary>
public static class ConsoleExtensions
{
    /// <summary>A problem and its remedy on the error stream.</summary>
    public static void WriteError(this IConsole console, string message, string? hint) => Write(console, "error", "31", message, hint);

    /// <summary>Something to know on the error stream.</summary>
    public static void WriteWarning(this IConsole console, string message, string? hint = null) => Write(console, "warning", "33", message, hint);

    /// <summary><paramref name="text"/> in an ANSI color (<c>32</c> is green) where colors are shown.</summary>
    public static string Paint(this IConsole console, string color, string text) => console.HasColor ? $"\e[{color}m{text}\e[0m" : text;

    private static void Write(IConsole console, string word, string color, string message, string? hint)
    {
        console.Diagnostics.WriteLine($"{console.Paint($"1;{color}", word + ":")} {VisibleText.Of(message)}");
        if (hint is not null)
            console.Diagnostics.WriteLine($"  {VisibleText.Of(hint)}");
    }
}
