// The cases of a check, read back from the JUnit file that it left. Unaware of how checks run.

using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Imagecraft.Cli.Inspecting;

/// <summary>A case of a check.</summary>
/// <param name="Name">Owner and name.</param>
/// <param name="Outcome"><c>passed</c>, <c>failed</c>, <c>broken</c> or <c>left out</c>.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Words">The first line of its problems; empty when there are none.</param>
public sealed record CheckedCase(string Name, string Outcome, double Seconds, string Words)
{
    /// <summary>The median latency that it printed, in milliseconds; null when it measured none.</summary>
    public double? Latency { get; init; }
}

/// <summary>The cases of the first boot of a check.</summary>
/// <param name="Cases">In the order of the file.</param>
/// <param name="BootSeconds">Time to the login prompt; null when it never came.</param>
/// <param name="FreeMemory">Bytes after the boot; null when nothing is known of them.</param>
public sealed partial record CheckedCases(ImmutableArray<CheckedCase> Cases, double? BootSeconds, long? FreeMemory)
{
    /// <summary>Of an image that was not checked.</summary>
    public static CheckedCases None { get; } = new([], null, null);

    /// <summary>Reads a report.</summary>
    /// <exception cref="XmlException">It is no XML.</exception>
    public static CheckedCases Parse(string xml)
    {
        var suite = XDocument.Parse(xml).Descendants("testsuite").FirstOrDefault();
        return suite is null ? None : new([.. suite.Elements("testcase").Select(Case)], Number(Property(suite, "boot-time")), (long?)Number(Property(suite, "free-memory")));
    }

    private static CheckedCase Case(XElement element)
    {
        var bad = element.Element("failure") ?? element.Element("error") ?? element.Element("skipped");
        var outcome = bad?.Name.LocalName switch { null => "passed", "failure" => "failed", "error" => "broken", _ => "left out" };
        var group = ((string?)element.Attribute("classname") ?? "").Split('.').Last();
        var output = (string?)element.Element("system-out") ?? "";
        return new($"{group}/{(string?)element.Attribute("name")}", outcome, Number((string?)element.Attribute("time")) ?? 0, (string?)bad?.Attribute("message") ?? "")
        {
            Latency = Median().Match(output) is { Success: true } match ? Number(match.Groups[1].Value) : null,
        };
    }

    private static string? Property(XElement suite, string name) => (string?)suite.Descendants("property").FirstOrDefault(p => (string?)p.Attribute("name") == name)?.Attribute("value");

    private static double? Number(string? text) => double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    // As `imagecraft-infer bench` prints it, with `--json` and without.
    [GeneratedRegex("""(?:"p50_ms":\s*|\bp50 )([0-9.]+)""")]
    private static partial Regex Median();
}
