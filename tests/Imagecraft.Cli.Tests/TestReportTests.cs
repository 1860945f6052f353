// What becomes of the reports of test executables.

using Imagecraft.Cli.Testing;

namespace Imagecraft.Cli.Tests;

public class TestReportTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Errors_count_as_failed_and_skipped_tests_are_counted()
    {
        var report = TestReport.Read("P", "<assemblies><assembly passed=\"5\" failed=\"1\" skipped=\"2\" errors=\"3\" /></assemblies>", Second);
        Assert.Equal((5, 4, 2, Second, null), (report.Passed, report.Failed, report.Skipped, report.Duration, report.Remark));
        Assert.Empty(report.Failures);
    }

    [Fact]
    public void What_failed_is_named_with_the_first_line_of_its_message()
    {
        var report = TestReport.Read("P", """
            <assemblies><assembly passed="1" failed="2" errors="1">
              <errors><error type="test-cleanup-failure" name="A.B"><failure><message>Disk is full</message></failure></error></errors>
              <collection><test name="A.B(x: 1)" result="Pass"/><test name="A.C" result="Fail"><failure exception-type="E"><message>
            Expected: 1
            Actual: 2</message><stack-trace>at A.C()</stack-trace></failure></test><test name="A.D" result="Fail"><failure/></test></collection>
            </assembly></assemblies>
            """, Second);
        Assert.Equal(["A.B: Disk is full", "A.C: Expected: 1", "A.D"], report.Failures);
    }

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
