// What a check of an image said, in counts: of its boots, or of the JUnit file that they left. Unaware of how checks run.

using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Imagecraft.Qemu.Checks;

namespace Imagecraft.Cli.Boards;

/// <summary>The counts of a check.</summary>
/// <param name="Passed">Checks that passed.</param>
/// <param name="Failed">Checks that failed or broke.</param>
/// <param name="Boot">Time to the login prompt; null when it never came.</param>
/// <param name="When">When it was written.</param>
public sealed record CheckRecord(int Passed, int Failed, TimeSpan? Boot, DateTimeOffset When)
{
    /// <summary>Checks that were not run, or are known to fail.</summary>
    public int Skipped { get; init; }

    /// <summary>The folder of a check's report and logs, below an image's.</summary>
    public const string Folder = "check";

    /// <summary>The same of a check on a real board.</summary>
    public const string BoardFolder = "check-on-board";

    /// <summary>The report in it.</summary>
    public const string FileName = "junit.xml";

    /// <summary>Counts the results of all boots; the time is that of the first one that came to a login.</summary>
    public static CheckRecord Of(IReadOnlyCollection<CheckReport> boots, DateTimeOffset when)
    {
        var outcomes = boots.SelectMany(b => b.Results).CountBy(r => r.Outcome).ToDictionary();
        return new(
            outcomes.GetValueOrDefault(CheckOutcome.Passed) + outcomes.GetValueOrDefault(CheckOutcome.UnexpectedPass),
            outcomes.GetValueOrDefault(CheckOutcome.Failed) + outcomes.GetValueOrDefault(CheckOutcome.Broken),
            boots.Select(b => b.Figures?.BootTime).FirstOrDefault(t => t is not null),
            when)
        {
            Skipped = outcomes.GetValueOrDefault(CheckOutcome.LeftOut) + outcomes.GetValueOrDefault(CheckOutcome.KnownFailure),
        };
    }

    /// <summary>Reads the report below the folder of an image; null when there is none that can be read.</summary>
    /// <param name="imageFolder">Where the image's artifacts are.</param>
    /// <param name="folder"><see cref="Folder"/> or <see cref="BoardFolder"/>.</param>
    public static CheckRecord? Read(string imageFolder, string folder = Folder)
    {
        var path = Path.Combine(imageFolder, folder, FileName);
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
        return new(suites.Sum(s => Count(s, "tests") - Count(s, "skipped")) - bad, bad, double.TryParse(boot, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null, when)
        {
            Skipped = suites.Sum(s => Count(s, "skipped")),
        };
    }

    private static int Count(XElement suite, string name) => int.TryParse(suite.Attribute(name)?.Value, CultureInfo.InvariantCulture, out var count) ? count : 0;
}
