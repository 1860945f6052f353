// The same tests in QEMU and, with `IMAGECRAFT_TEST_SSH=ssh://root@192.0.2.7`, on the board there.

using Imagecraft.TestKit;

namespace Imagecraft.TestKit.Sample;

[Board("qemu-arm64", Image = "edge-ml")]
public class AnyMachineTests(TestTarget target) : IClassFixture<TestTarget>
{
    private ITestMachine Machine => target.Machine;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_runs_Linux() => Assert.Equal("Linux", await Machine.ExpectAsync("uname -s", cancellationToken: Cancellation));

    [Fact]
    public async Task It_takes_remote_logins()
    {
        await Machine.WaitForServiceAsync("dropbear", cancellationToken: Cancellation);
        await Machine.WaitForPortAsync(22, cancellationToken: Cancellation);
    }
}
