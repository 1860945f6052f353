// Programs for the machine's shell, which are files of this assembly so that shellcheck reads them. Unaware of consoles.

using System.Reflection;

namespace Imagecraft.Qemu.Consoles;

/// <summary>Their texts, in the forms in which a shell that is asked over a console takes them. Comments stay at home.</summary>
internal static class ShellProgram
{
    /// <summary>A command that gives a program its arguments.</summary>
    /// <param name="name">A file of <c>Scripts/</c>.</param>
    /// <param name="arguments">Its <c>$1</c>, <c>$2</c> and so on, any text.</param>
    public static string Command(string name, params IEnumerable<string> arguments)
    {
        string[] words = [.. arguments.Select(ShellText.Quote)];
        return (words.Length == 0 ? "" : $"set -- {string.Join(' ', words)}\n") + string.Join('\n', Lines(name));
    }

    /// <summary>A program whose statements all end with a semicolon, as one line.</summary>
    /// <param name="name">A file of <c>Scripts/</c>.</param>
    public static string Line(string name) => string.Join(' ', Lines(name).Select(line => line.Trim()));

    private static IEnumerable<string> Lines(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"No embedded program `{name}`");
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.TrimStart() is not ("" or ['#', ..]))];
    }
}
