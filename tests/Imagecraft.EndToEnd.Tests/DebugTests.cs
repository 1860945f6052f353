// A debugger looks into a program of a machine that runs, and into one that died there; a profiler shows where its time goes. Programs, symbols and sources are the image's.

using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Imagecraft.EndToEnd.Tests;

public sealed class DebugTests : IDisposable
{
    private readonly GreeterMachine _machine = new();

    [Fact]
    public async Task Programs_that_run_and_programs_that_died_are_shown_with_symbols_and_sources()
    {
        await _machine.StartAsync(DeskWorkspace.KnownKernel);
        string[] bySsh = ["--to", $"ssh://root@127.0.0.1:{_machine.SshPort}", "--identity", _machine.Key];
        var text = await _machine.RunAsync(0, "debug", "greeter", "--to", "qemu", "--execute", "break greet", "--execute", "continue", "--execute", "backtrace", "--execute", "print word", "--execute", "list", "--execute", "continue", "--", "two words");
        Assert.Contains("Breakpoint 1, greet (word=", text, StringComparison.Ordinal);
        Assert.Matches(new Regex(@"#1 .* main \(count=.*greeter\.c:"), text);
        Assert.Contains("\"two words\"", text, StringComparison.Ordinal);
        Assert.Contains("/* here it begins */", text, StringComparison.Ordinal);
        Assert.Contains("exited with code 05", text, StringComparison.Ordinal);
        Assert.Contains("  Hello two words\n", text, StringComparison.Ordinal);

        text = await _machine.RunAsync(0, "debug", "greeter", "--to", "qemu", "--attach", "--execute", "backtrace", "--execute", "detach");
        Assert.Matches(new Regex(@"pause .*\n(.*\n)*.* main \(count=1, .*greeter\.c:"), text);

        var said = new StringBuilder();
        using (var typed = ProcessHearing.StartOnTerminal(_machine.Desk.PathOf(""), "debug", "greeter", "--to", "qemu", "--board", "desk", "--locked", "--", "typed"))
        {
            await typed.HearAsync(said, "(gdb) ");
            await typed.StandardInput.WriteAsync("break greet\n");
            await typed.HearAsync(said, "Breakpoint 1 at ");
            await typed.StandardInput.WriteAsync("continue\n");
            await typed.HearAsync(said, "Breakpoint 1, ");
            await typed.StandardInput.WriteAsync("quit\n");
            await typed.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(typed.ExitCode == 0, said.ToString());
        }

        Assert.Contains("Nothing to do: ", await _machine.RunAsync(0, ["deploy", "greeter", .. bySsh]), StringComparison.Ordinal);
        text = await _machine.RunAsync(0, ["debug", "greeter", .. bySsh, "--execute", "break greet", "--execute", "continue", "--execute", "print word", "--execute", "continue", "--", "far"]);
        Assert.Contains("\"far\"", text, StringComparison.Ordinal);
        Assert.Contains("exited with code 05", text, StringComparison.Ordinal);

        await _machine.TypeAsync("root", "# ");
        var heard = await _machine.TypeAsync("tr '\\0' ' ' < /proc/$(cat /run/services/greeter/pid)/cmdline; echo; greeter crash; sleep 3; ls /var/crash/*; echo all-''done", "all-done");
        Assert.Matches(new Regex(@"\ngreeter \r?\n"), heard);
        var dump = Regex.Match(heard, @"/var/crash/greeter\.\d+\.\d+\.core\.gz").Value;
        Assert.NotEmpty(dump);

        text = await _machine.RunAsync(0, "core", dump, "--from", "qemu", "--execute", "backtrace", "--execute", "list");
        Assert.Contains("greeter crash died by signal 11", text, StringComparison.Ordinal);
        Assert.Contains("greet (word=", text, StringComparison.Ordinal);
        Assert.Contains("/* here it dies */", text, StringComparison.Ordinal);

        text = await _machine.RunAsync(0, "perf", "greeter", "--to", "qemu", "--frequency", "199", "--", "spin");
        Assert.Matches(new Regex(@"\d samples of cpu-clock, \d"), text);
        Assert.Matches(new Regex(@" %  spin\b"), text);
        Assert.Matches(new Regex(@"(?m)^greeter;.*;spin \d+$"), await _machine.TextAsync("out/desk/tiny/perf/stacks.folded"));
        var page = await _machine.TextAsync("out/desk/tiny/perf/flame.html");
        Assert.Contains(XDocument.Parse(page[page.IndexOf('\n', StringComparison.Ordinal)..]).Descendants(), element => element.Name.LocalName == "title" && element.Value.StartsWith("spin: ", StringComparison.Ordinal));
        Assert.Contains(" samples of cpu-clock", await _machine.RunAsync(0, "perf", "--to", "qemu", "--for", "2"), StringComparison.Ordinal);
        Assert.Contains("perf record", await _machine.RunAsync(3, "perf", "greeter", "--to", "qemu", "--event", "no-such-event", "--", "once"), StringComparison.Ordinal);
        Assert.Contains("takes a program and no arguments", await _machine.RunAsync(3, "perf", "--to", "qemu", "--attach"), StringComparison.Ordinal);

        Assert.Contains("has no program `greeting`", await _machine.RunAsync(3, "debug", "greeting", "--to", "qemu", "--execute", "continue"), StringComparison.Ordinal);
        Assert.Contains("is no compiled program", await _machine.RunAsync(3, "debug", "/usr/sbin/service", "--to", "qemu", "--execute", "continue"), StringComparison.Ordinal);
        Assert.Contains("already has its arguments", await _machine.RunAsync(3, "debug", "greeter", "--attach", "--to", "qemu", "--execute", "continue", "--", "word"), StringComparison.Ordinal);
        Assert.Contains("A debugger needs a terminal", await _machine.RunAsync(3, "debug", "greeter", "--to", "qemu"), StringComparison.Ordinal);
        Assert.Contains("/var/crash/none", await _machine.RunAsync(3, "core", "/var/crash/none", "--from", "qemu", "--execute", "backtrace"), StringComparison.Ordinal);
        _machine.Desk.Write("garbage", "no dump");
        Assert.Contains("is no core dump that can be read", await _machine.RunAsync(3, "core", _machine.Desk.PathOf("garbage"), "--execute", "backtrace"), StringComparison.Ordinal);
        Assert.Contains("There is no file `nowhere`", await _machine.RunAsync(3, "core", "nowhere", "--execute", "backtrace"), StringComparison.Ordinal);

        // Another build of the program, which the machine does not have.
        _machine.Desk.Write(GreeterMachine.Source, await _machine.TextAsync(GreeterMachine.Source) + "int other(void) { return 1; }\n");
        Assert.Contains("has another `/usr/bin/greeter` than is here", await _machine.RunAsync(3, "debug", "greeter", "--to", "qemu", "--execute", "continue"), StringComparison.Ordinal);
        Assert.Contains("is of another build of `/usr/bin/greeter`", await _machine.RunAsync(3, "core", dump, "--from", "qemu", "--execute", "backtrace"), StringComparison.Ordinal);
        await _machine.EndAsync();
    }

    public void Dispose() => _machine.Dispose();
}
