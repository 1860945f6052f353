// Reads drivers' tables out of C files, and assignments out of the kernel's makefiles, without a preprocessor. Unaware of where the files lie.

using System.Globalization;
using System.Text.RegularExpressions;

namespace Imagecraft.Boards.Drivers;

/// <summary>Makes the lines of a <see cref="DriverIndex"/>, file by file.</summary>
/// <param name="protocols">The text of <c>include/linux/scmi_protocol.h</c>, which numbers the protocols of SCMI; null when the sources have none.</param>
public sealed partial class DriverSources(string? protocols = null)
{
    // Drivers of parts are looked for only where a device tree's properties lead to.
    private static readonly string[] PartFolders = ["drivers/regulator/", "drivers/clk/", "drivers/gpio/", "drivers/pinctrl/", "drivers/pmdomain/", "drivers/reset/", "drivers/rtc/"];

    private readonly Dictionary<string, string> numbers = protocols is null ? [] : Protocol().Matches(protocols).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value.ToLowerInvariant(), StringComparer.Ordinal);

    /// <summary>Whether a path is that of a file with drivers or of a makefile.</summary>
    public static bool IsSource(string path) =>
        (path.StartsWith("drivers/", StringComparison.Ordinal) || path.StartsWith("sound/", StringComparison.Ordinal) || path.StartsWith("net/", StringComparison.Ordinal) || path.StartsWith("arch/", StringComparison.Ordinal)) && IsDriverOrMakefile(path);

    /// <summary>The same for the sources of one module, whose root is no kernel's.</summary>
    public static bool IsDriverOrMakefile(string path) => path.EndsWith(".c", StringComparison.Ordinal) || path[(path.LastIndexOf('/') + 1)..] is "Makefile" or "Kbuild";

    /// <summary>Whether bytes of a C file can have a table at all: most have none.</summary>
    public static bool MayDrive(string path, ReadOnlySpan<byte> text) =>
        !path.EndsWith(".c", StringComparison.Ordinal) || text.IndexOf(".compatible"u8) >= 0 || text.IndexOf("OF_DECLARE"u8) >= 0 || text.IndexOf("IRQCHIP_"u8) >= 0 || text.IndexOf("scmi_device_id"u8) >= 0
        || IsPart(path) || path.StartsWith("drivers/mfd/", StringComparison.Ordinal);

    /// <summary>The facts of one file.</summary>
    /// <param name="path">From the root of the sources.</param>
    /// <param name="text">Its content.</param>
    public IEnumerable<DriverLine> Of(string path, string text) => path.EndsWith(".c", StringComparison.Ordinal) ? OfCode(path, text) : OfMakefile(path, text);

    private IEnumerable<DriverLine> OfCode(string path, string text)
    {
        var named = Compatible().Matches(text).Select(m => m.Groups["text"] is { Success: true } quoted ? quoted.Value : Defined(text, m.Groups["macro"].Value));
        // An early console is no driver.
        var declared = Declaration().Matches(text).Where(m => !m.Groups["macro"].Value.Contains("EARLYCON", StringComparison.Ordinal)).Select(m => m.Groups["text"].Value);
        var scmi = text.Contains("scmi_device_id", StringComparison.Ordinal)
            ? ProtocolEntry().Matches(text).Select(m => numbers.GetValueOrDefault(m.Groups[1].Value)).OfType<string>().Select(number => $"scmi-protocol@{number}") : [];
        foreach (var name in named.OfType<string>().Concat(declared).Concat(scmi).Distinct(StringComparer.Ordinal))
            yield return new(DriverFact.Drives, path, name);
        var part = path.StartsWith("drivers/mfd/", StringComparison.Ordinal) ? DriverFact.Makes : IsPart(path) && text.Contains("platform_driver", StringComparison.Ordinal) ? DriverFact.DrivesPart : (DriverFact?)null;
        foreach (var name in part is null ? [] : PartName().Matches(text).Select(m => m.Groups["text"] is { Success: true } quoted ? quoted.Value : Defined(text, m.Groups["macro"].Value)).OfType<string>().Distinct(StringComparer.Ordinal))
            yield return new(part!.Value, path, name);
    }

    private static IEnumerable<DriverLine> OfMakefile(string path, string text)
    {
        var folder = path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : ".";
        foreach (var line in Continued().Replace(text, " ").Split('\n'))
        {
            var assignment = Comment().Replace(line, "");
            if (Assignment().IsMatch(assignment))
                yield return new(DriverFact.Compiles, folder, Blanks().Replace(assignment, " ").Trim());
        }
    }

    private static bool IsPart(string path) => PartFolders.Any(f => path.StartsWith(f, StringComparison.Ordinal));

    private static string? Defined(string text, string macro) =>
        Regex.Match(text, string.Create(CultureInfo.InvariantCulture, $"^#define[ \t]+{macro}[ \t]+\"([^\"\n]+)\""), RegexOptions.Multiline) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex("""(SCMI_PROTOCOL_[A-Z_]+)\s*=\s*0x([0-9A-Fa-f]+)""")]
    private static partial Regex Protocol();

    [GeneratedRegex("""\{\s*(SCMI_PROTOCOL_[A-Z_]+)\s*,""")]
    private static partial Regex ProtocolEntry();

    [GeneratedRegex("""\.compatible\s*=\s*(?:"(?<text>[^"\n]+)"|(?<macro>[A-Za-z_][A-Za-z0-9_]*))""")]
    private static partial Regex Compatible();

    [GeneratedRegex("""^\s*(?<macro>[A-Z0-9_]*(?:OF_DECLARE|IRQCHIP_DECLARE|IRQCHIP_MATCH)[A-Z0-9_]*)\([^")]*"(?<text>[^"\n]+)["]""", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex("""(?:\.name\s*=\s*|MFD_CELL_[A-Z_]+\(|"platform:)(?:"?(?<text>[a-z0-9][a-z0-9_-]+)["']|(?<macro>[A-Z][A-Z0-9_]*)\b)""")]
    private static partial Regex PartName();

    [GeneratedRegex("""\\[ \t]*\n""")]
    private static partial Regex Continued();

    [GeneratedRegex("#.*")]
    private static partial Regex Comment();

    [GeneratedRegex("[ \t]+")]
    private static partial Regex Blanks();

    [GeneratedRegex("""^\s*[A-Za-z0-9_.$(), :=-]+?\s*(?:\+|:)?=.*(?:\.o|/)(?:\s|$)""")]
    private static partial Regex Assignment();
}
