// The kernel of a machine that runs tells who had which processor, and what it called.

using System.Text.Json;
using System.Text.RegularExpressions;

namespace Imagecraft.EndToEnd.Tests;

public sealed class TraceTests : IDisposable
{
    private readonly GreeterMachine _machine = new();

    [Fact]
    public async Task Events_of_a_program_and_of_all_are_recorded_and_what_does_not_exist_is_told()
    {
        await _machine.StartAsync(DeskWorkspace.LayeredKernel);
        var text = await _machine.RunAsync(0, "trace", "greeter", "--to", "qemu", "--functions", "ksys_write", "--", "spin");
        Assert.Matches(new Regex(@"\d events in \d"), text);
        Assert.Matches(new Regex(@" ms  greeter \(\d+\), \d+ times"), text);
        Assert.Matches(new Regex(@" \d+  ksys_write\b"), text);
        Assert.Matches(new Regex(@"greeter-\d+ .*: ksys_write <-"), await _machine.TextAsync("out/desk/tiny/trace/trace.txt"));
        using (var json = JsonDocument.Parse(await _machine.TextAsync("out/desk/tiny/trace/trace.json")))
            Assert.Contains(json.RootElement.GetProperty("traceEvents").EnumerateArray(), one => one.GetProperty("ph").GetString() == "X" && one.GetProperty("name").GetString() == "greeter");
        Assert.Contains(" events in ", await _machine.RunAsync(0, "trace", "--to", "qemu", "--for", "1", "--events", "sched,irq:irq_handler_*"), StringComparison.Ordinal);
        Assert.Contains("the kernel has no event sched:nothing", await _machine.RunAsync(3, "trace", "--to", "qemu", "--events", "irq,sched:nothing"), StringComparison.Ordinal);
        Assert.Contains("the kernel has no function no_such", await _machine.RunAsync(3, "trace", "--to", "qemu", "--functions", "no_such_*"), StringComparison.Ordinal);
        Assert.Contains("is no list of events", await _machine.RunAsync(3, "trace", "--to", "qemu", "--events", "sched; reboot"), StringComparison.Ordinal);
        await _machine.EndAsync();
    }

    public void Dispose() => _machine.Dispose();
}
