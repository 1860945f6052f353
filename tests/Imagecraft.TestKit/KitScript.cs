// Programs for the machine's shell, which are files of this assembly so that shellcheck reads them. Unaware of machines.

using System.Reflection;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.TestKit;

internal static class KitScript
{
    /// <summary>A command that gives a program its arguments.</summary>
    /// <param name="name">A file of <c>Scripts/</c>.</param>
    /// <param name="arguments">Its <c>$1</c>, <c>$2</c> and so on, any text.</param>
    public static string Command(string name, params IEnumerable<string> arguments)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"No embedded program `{name}`");
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n').Where(line => line.TrimStart() is not ("" or ['#', ..]));
        return $"set -- {string.Join(' ', arguments.Select(ShellText.Quote))}\n{string.Join('\n', lines)}";
    }
}
