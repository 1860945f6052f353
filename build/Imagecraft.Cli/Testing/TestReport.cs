// Reads what one test executable reported. Unaware of how it was run.

using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Imagecraft.Cli.Testing;

/// <summary>The counts of one test executable.</summary>
/// <param name="Project">Its name.</param>
/// <param name="Passed">Tests that passed.</param>
/// <param name="Failed">Tests that failed, and errors outside of tests.</param>
/// <param name="Duration">Wall time of the executable.</param>
/// <param name="Remark">Why there are no counts, or null.</param>
public sealed record TestReport(string Project, int Passed, int Failed, TimeSpan Duration, string? Remark = null)
{
    /// <summary>Tests that cannot run as this user or on this machine; see <see cref="TestRun.MaySkip"/>.</summary>
    public int Skipped { get; init; }

    /// <summary>Of each test that failed its name and the first line of its message, so that they stand together after pages of output.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>Reads the runner's XML (xUnit.net v2 schema: <c>assemblies/assembly</c> with its counts as attributes). An executable without tests, or with a report that is cut off, counts as failed: it proves nothing.</summary>
    public static TestReport Read(string project, string xml, TimeSpan duration)
    {
        List<XElement> assemblies;
        try
        {
            assemblies = [.. XDocument.Parse(xml).Root!.Elements("assembly")];
        }
        catch (XmlException problem)
        {
            return Broken(project, duration, $"left a report that cannot be read: {problem.Message.TrimEnd('.')}");
        }

        var passed = assemblies.Sum(a => Count(a, "passed"));
        var failed = assemblies.Sum(a => Count(a, "failed") + Count(a, "errors"));
        return passed + failed == 0
            ? Broken(project, duration, "has no tests")
            : new TestReport(project, passed, failed, duration) { Skipped = assemblies.Sum(a => Count(a, "skipped")), Failures = [.. assemblies.SelectMany(Named)] };
    }

    // `assembly/collection/test` and `assembly/errors/error`, each with `failure/message`.
    private static IEnumerable<string> Named(XElement assembly) =>
        from failure in assembly.Descendants("failure")
        let name = failure.Parent!.Attribute("name")?.Value ?? "outside of tests"
        let message = failure.Element("message")?.Value.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault()
        select message is null ? name : $"{name}: {message}";

    /// <summary>An executable that gave no report: counts as one failure.</summary>
    public static TestReport Broken(string project, TimeSpan duration, string remark) => new(project, 0, 1, duration, remark);

    private static int Count(XElement element, string name) =>
        int.TryParse(element.Attribute(name)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
}
