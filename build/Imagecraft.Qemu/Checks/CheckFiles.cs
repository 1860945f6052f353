// Results of checks as files: JUnit XML and one log a check. Unaware of how checks run.

using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Imagecraft.Qemu.Checks;

/// <summary>Writes what CI systems and people read.</summary>
public static class CheckFiles
{
    /// <summary>JUnit XML: one suite a boot, one case a check.</summary>
    /// <remarks>Source: the schema of Jenkins' xUnit plugin, <c>junit-10.xsd</c>.</remarks>
    public static string JUnitXml(IEnumerable<CheckReport> reports) =>
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + new XElement("testsuites", reports.Select(Suite)) + "\n";

    /// <summary>Writes <c>OWNER.NAME.log</c> for each check into a folder.</summary>
    public static async Task WriteLogsAsync(CheckReport report, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        foreach (CheckResult result in report.Results)
            await File.WriteAllTextAsync(Path.Combine(folder, LogName(result.Check)), Log(result), cancellationToken);
    }

    /// <summary>File name of a check's log.</summary>
    public static string LogName(Check check, string extension = ".log") =>
        string.Concat($"{check.Owner}.{check.Name}".Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' ? character : '_')) + extension;

    private static XElement Suite(CheckReport report)
    {
        var suite = new XElement("testsuite",
            new XAttribute("name", report.Name),
            new XAttribute("tests", report.Results.Length),
            new XAttribute("failures", Count(report, CheckOutcome.Failed)),
            new XAttribute("errors", Count(report, CheckOutcome.Broken)),
            new XAttribute("skipped", Count(report, CheckOutcome.LeftOut) + Count(report, CheckOutcome.KnownFailure)),
            new XAttribute("time", Seconds(report.Results.Aggregate(TimeSpan.Zero, (sum, result) => sum + result.Duration))));
        if (report.Figures is { } figures)
            suite.Add(new XElement("properties",
                figures.BootTime is { } time ? Property("boot-time", Seconds(time)) : null,
                figures.FreeMemory is { } memory ? Property("free-memory", memory.ToString(CultureInfo.InvariantCulture)) : null));
        suite.Add(report.Results.Select(result => Case(report.Name, result)));
        return suite;
    }

    private static XElement Case(string suite, CheckResult result)
    {
        var element = new XElement("testcase",
            new XAttribute("classname", $"{suite}.{result.Check.Owner}"),
            new XAttribute("name", result.Check.Name),
            new XAttribute("time", Seconds(result.Duration)));
        string? outcome = result.Outcome switch
        {
            CheckOutcome.Failed => "failure",
            CheckOutcome.Broken => "error",
            CheckOutcome.LeftOut or CheckOutcome.KnownFailure => "skipped",
            _ => null,
        };
        if (outcome is not null)
            element.Add(new XElement(outcome,
                new XAttribute("message", (result.Outcome == CheckOutcome.KnownFailure ? $"Known failure: {Printable(result.Check.KnownFailure!)}" : Printable(result.Problems.FirstOrDefault(""))).Split('\n')[0]),
                Printable(string.Join('\n', result.Problems))));
        if (result.Output.Length > 0)
            element.Add(new XElement("system-out", Printable(result.Output)));
        if (result.Outcome == CheckOutcome.UnexpectedPass)
            element.Add(new XElement("system-err", Printable(string.Join('\n', result.Problems))));
        return element;
    }

    private static XElement Property(string name, string value) => new("property", new XAttribute("name", name), new XAttribute("value", value));

    private static int Count(CheckReport report, CheckOutcome outcome) => report.Results.Count(result => result.Outcome == outcome);

    private static string Log(CheckResult result) =>
        $"$ {result.Check.Run}\n{result.Output}{(result.Output.EndsWith('\n') || result.Output.Length == 0 ? "" : "\n")}"
        + $"# {result.Outcome} in {Seconds(result.Duration)} s\n{string.Concat(result.Problems.Select(problem => $"# {problem}\n"))}";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    // XML 1.0 has no control characters, terminals have many.
    private static string Printable(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            clean.Append(rune.Value is >= 0x20 and not 0x7f and not 0xfffe and not 0xffff || rune.Value is '\n' or '\t' ? rune.ToString() : "\ufffd");
        return clean.ToString();
    }
}
