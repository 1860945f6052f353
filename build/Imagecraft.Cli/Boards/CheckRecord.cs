// What the last `check` of an image said, read from its JUnit file. Unaware of how checks run.

using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Imagecraft.Cli.Boards;

/// <summary>The counts of a check.</summary>
/// <param name="Passed">Checks that passed.</param>
/// <param name="Failed">Checks that failed or broke.</param>
/// <param name="Boot">Time to the login prompt; null when it never came.</param>
/// <param name="When">When it was written.</param>
public sealed record CheckRecord(int Passed, int Failed, TimeSpan? Boot, DateTimeOffset When)
{
    /// <summary>Where <c>check</c> leaves its report, below an image's folder.</summary>
    public const string Place = "check/junit.xml";

    /// <summary>Reads the report below the folder of an image; null when there is none that can be read.</summary>
    public static CheckRecord? Read(string imageFolder)
    {
        var path = Path.Combine(imageFolder, Place);
        try
        {
            return File.Exists(path) ? Parse(File.ReadAllText(path), File.GetLastWriteTimeUtc(path)) : null;
        }
        catch (XmlException)
        {
            // A check was ended while it wrote: nothing is known of it.
            return null;
        }
    }

    /// <summary>Reads the text of a report.</summary>
    /// <exception cref="XmlException">It is no XML.</exception>
    public static CheckRecord Parse(string xml, DateTimeOffset when)
    {
        var suites = XDocument.Parse(xml).Descendants("testsuite").ToList();
        var bad = suites.Sum(s => Count(s, "failures") + Count(s, "errors"));
        var boot = suites.Descendants("property").FirstOrDefault(p => p.Attribute("name")?.Value == "boot-time")?.Attribute("value")?.Value;
        return new(suites.Sum(s => Count(s, "tests")) - bad, bad, double.TryParse(boot, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null, when);
    }

    private static int Count(XElement suite, string name) => int.TryParse(suite.Attribute(name)?.Value, CultureInfo.InvariantCulture, out var count) ? count : 0;
}
