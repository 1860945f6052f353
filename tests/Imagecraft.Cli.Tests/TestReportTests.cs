// What becomes of the reports of test executables.

using Imagecraft.Cli.Testing;

namespace Imagecraft.Cli.Tests;

public class TestReportTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Skipped_tests_and_errors_count_as_failed() =>
        Assert.Equal(new TestReport("P", 5, 6, Second), TestReport.Read("P", "<assemblies><assembly passed=\"5\" failed=\"1\" skipped=\"2\" errors=\"3\" /></assemblies>", Second));

    [Theory]
    [InlineData("", "left a report that cannot be read: Root element is missing")]
    [InlineData("<assemblies><assembly passed=\"5\"", "left a report that cannot be read: ")]
    [InlineData("<assemblies />", "has no tests")]
    public void A_report_that_tells_nothing_is_a_failure_that_says_so(string xml, string remark)
    {
        var report = TestReport.Read("P", xml, Second);
        Assert.Equal((0, 1), (report.Passed, report.Failed));
        Assert.StartsWith(remark, report.Remark, StringComparison.Ordinal);
    }
}
