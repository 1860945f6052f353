// Scripts and templates that are part of this assembly.

using System.Reflection;

namespace Imagecraft.Planning;

internal static class EmbeddedText
{
    /// <summary>The text of the embedded file <paramref name="name"/>.</summary>
    public static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"No embedded text `{name}`");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>A command for a machine's shell that gives the embedded program <paramref name="name"/> its arguments. Comments stay at home.</summary>
    public static string Command(string name, params IEnumerable<string> arguments)
    {
        var words = arguments.Select(argument => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'");
        var lines = Read(name).Split('\n').Where(line => line.TrimStart() is not ("" or ['#', ..]));
        return string.Join('\n', lines.Prepend($"set -- {string.Join(' ', words)}"));
    }
}
