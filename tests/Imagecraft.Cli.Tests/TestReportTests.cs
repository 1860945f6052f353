// What becomes of the reports of test executables.

using Imagecraft.Cli.Testing;

namespace Imagecraft.Cli.Tests;

public class TestReportTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Errors_count_as_failed_and_skipped_tests_are_counted() =>
        Assert.Equal(new TestReport("P", 5, 4, Second) { Skipped = 2 }, TestReport.Read("P", "<assemblies><assembly passed=\"5\" failed=\"1\" skipped=\"2\" errors=\"3\" /></assemblies>", Second));

    [Fact]
    public void Root_and_CI_skip_nothing()
    {
        if (Environment.IsPrivilegedProcess || Environment.GetEnvironmentVariable("CI") is { Length: > 0 })
            Assert.False(TestRun.MaySkip);
        else
            Assert.True(TestRun.MaySkip);
    }

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
