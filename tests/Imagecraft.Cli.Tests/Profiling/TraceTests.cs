// Traces as the kernel prints them, who ran when by them, and what other programs get.

using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Imagecraft.Cli.Inspecting;
using Imagecraft.Cli.Profiling;

namespace Imagecraft.Cli.Tests.Profiling;

public class TraceTests
{
    private const string Text = """
        # tracer: nop
        #
        # entries-in-buffer/entries-written: 8/8   #P:2
                  <idle>-0       [000] d..2.    10.000000: sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=a b next_pid=7 next_prio=120
                     a b-7       [000] d.h1.    10.001000: sched_wakeup: comm=kworker/u4:1 pid=9 prio=120 target_cpu=001
                     a b-7       [000] .....    10.001500: ksys_write <-__arm64_sys_write
        CPU:1 [LOST 12 EVENTS]
                  <idle>-0       [001] d..2.    10.003000: sched_switch: prev_comm=swapper/1 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=kworker/u4:1 next_pid=9 next_prio=120
                  <idle>-0       [001] d.h.     10.003500: irq_handler_entry: irq=3 name=virtio2-input.0
            kworker/u4:1-9       [001] d..2.    10.004000: sched_switch: prev_comm=kworker/u4:1 prev_pid=9 prev_prio=120 prev_state=I ==> next_comm=swapper/1 next_pid=0 next_prio=120
                     a b-7       [000] d..2.    10.005000: sched_switch: prev_comm=a b prev_pid=7 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120
            dhcp-client-12      (     12) [001] d..2.    10.006000: sys_enter: NR 64 (1, 2, 3)

        """;

    [Fact]
    public void Events_are_read_with_names_that_have_blanks_and_hyphens()
    {
        var (events, lost) = TraceEvent.Parse(new StringReader(Text));
        Assert.Equal(12, lost);
        Assert.Equal(8, events.Length);
        Assert.Equal(("a b", "7", "S"), (events[0].Field("next_comm"), events[0].Field("next_pid"), events[6].Field("prev_state")));
        Assert.Equal(new TraceEvent("a b", 7, 0, 10.0015, "ksys_write", "<-__arm64_sys_write"), events[2]);
        Assert.Equal(new TraceEvent("dhcp-client", 12, 1, 10.006, "sys_enter", "NR 64 (1, 2, 3)"), events[7]);
        Assert.Null(events[7].Field("pid"));
    }

    [Theory]
    [InlineData("what is this")]
    [InlineData("a-1 [000] d..2. x: y: z")]
    public void A_line_of_another_form_is_told(string line) => Assert.Contains("is no event", Assert.Throws<FormatException>(() => TraceEvent.Parse(new StringReader(line + "\n"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Who_ran_and_who_waited_is_counted()
    {
        var trace = SchedulerTrace.Of(TraceEvent.Parse(new StringReader(Text)).Events);
        Assert.Equal(["1 kworker/u4:1 9 10.003 10.004", "0 a b 7 10.000 10.005"], trace.Slices.Select(s => FormattableString.Invariant($"{s.Cpu} {s.Task} {s.Id} {s.Start:0.000} {s.End:0.000}")));
        Assert.Equal(["a b 5.0 1 0.0", "kworker/u4:1 1.0 1 2.0"], trace.Tasks.Select(t => FormattableString.Invariant($"{t.Task} {t.Running * 1e3:0.0} {t.Slices} {t.LongestWait * 1e3:0.0}")));
    }

    [Fact]
    public void A_trace_of_nothing_is_one_of_nothing() => Assert.Equal((0, 0), (SchedulerTrace.Of([]).Slices.Length, SchedulerTrace.Of([]).Tasks.Length));

    [Fact]
    public void Other_programs_get_slices_and_events()
    {
        var events = TraceEvent.Parse(new StringReader(Text)).Events;
        var written = new MemoryStream();
        TraceJson.Write(written, events, SchedulerTrace.Of(events));
        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(written.ToArray()));
        var all = json.RootElement.GetProperty("traceEvents").EnumerateArray().ToList();
        Assert.Equal(["M processor", "M processor", "X kworker/u4:1 3000 1000", "X a b 0 5000", "i sched_wakeup 1000", "i ksys_write 1500", "i irq_handler_entry 3500", "i sys_enter 6000"], all.Select(one =>
            $"{one.GetProperty("ph")} {(one.GetProperty("ph").GetString() == "M" ? "processor" : one.GetProperty("name"))}{(one.TryGetProperty("ts", out var time) ? $" {time}" : "")}{(one.TryGetProperty("dur", out var length) ? $" {length}" : "")}"));
    }

    [Fact]
    public void The_picture_has_a_row_for_each_processor()
    {
        var slices = SchedulerTrace.Of(TraceEvent.Parse(new StringReader(Text)).Events).Slices;
        var page = HtmlPage.Write("trace", ProcessorRows.Draw("rows", slices.Add(new(0, "<b>&", 5, 10.005, 10.0051))));
        var picture = XDocument.Parse(page[page.IndexOf('\n', StringComparison.Ordinal)..]).Descendants().First(e => e.Name.LocalName == "svg");
        Assert.Equal("0 0 1080 52", picture.Attribute("viewBox")!.Value);
        Assert.Equal(3, picture.Descendants().Count(e => e.Name.LocalName == "rect"));
    }
}
