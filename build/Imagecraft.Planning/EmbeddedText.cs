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
}
