// Results of checks as files: JUnit XML and one log a check. Unaware of how checks run.

using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Imagecraft.Qemu.Checks;

/// <summary>Writes what CI systems and people read.</summary>
public static class CheckFiles
{
    /// <summary>JUnit XML: one suite, one case a check.</summary>
    /// <remarks>Source: the schema of Jenkins' xUnit plugin, <c>junit-10.xsd</c>.</remarks>
    public static string JUnitXml(CheckReport report)
    {
        var suite = new XElement("testsuite",
            new XAttribute("name", report.Name),
            new XAttribute("tests", report.Results.Length),
            new XAttribute("failures", report.Results.Count(result => result.Outcome == CheckOutcome.Failed)),
            new XAttribute("errors", report.Results.Count(result => result.Outcome == CheckOutcome.Broken)),
            new XAttribute("time", Seconds(report.Results.Aggregate(TimeSpan.Zero, (sum, result) => sum + result.Duration))));
        if (report.BootTime is { } boot)
            suite.Add(new XElement("properties", new XElement("property", new XAttribute("name", "boot-time"), new XAttribute("value", Seconds(boot)))));
        foreach (CheckResult result in report.Results)
        {
            var element = new XElement("testcase",
                new XAttribute("classname", $"{report.Name}.{result.Check.Owner}"),
                new XAttribute("name", result.Check.Name),
                new XAttribute("time", Seconds(result.Duration)));
            if (result.Outcome != CheckOutcome.Passed)
                element.Add(new XElement(result.Outcome == CheckOutcome.Failed ? "failure" : "error",
                    new XAttribute("message", Printable(result.Problems.FirstOrDefault("")).Split('\n')[0]),
                    Printable(string.Join('\n', result.Problems))));
            if (result.Output.Length > 0)
                element.Add(new XElement("system-out", Printable(result.Output)));
            suite.Add(element);
        }

        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + new XElement("testsuites", suite) + "\n";
    }

    /// <summary>Writes <c>junit.xml</c> and <c>OWNER.NAME.log</c> for each check into a folder.</summary>
    /// <returns>Path of the JUnit file.</returns>
    public static async Task<string> WriteAsync(CheckReport report, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        foreach (CheckResult result in report.Results)
            await File.WriteAllTextAsync(Path.Combine(folder, LogName(result.Check)), Log(result), cancellationToken);
        string path = Path.Combine(folder, "junit.xml");
        await File.WriteAllTextAsync(path, JUnitXml(report), cancellationToken);
        return path;
    }

    /// <summary>File name of a check's log.</summary>
    public static string LogName(Check check) =>
        string.Concat($"{check.Owner}.{check.Name}".Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' ? character : '_')) + ".log";

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
