// A changed program on a machine that runs: built, copied, its service restarted, and nothing else touched.

using System.Diagnostics;
using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.EndToEnd.Tests;

public sealed class DeployTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly DeskWorkspace _desk = new();

    [Fact]
    public async Task What_was_changed_is_put_onto_the_machine_of_run_and_its_service_restarts()
    {
        _desk.WriteBoard("command-line: \"console=ttyAMA0 kpti=off root=PARTLABEL=root rw panic=-1\"\npartitions: [ { name: root, type: linux-root-arm64, content: rootfs } ]\n", $"{DeskWorkspace.Disk}, -device, virtio-serial-pci, -device, \"virtserialport,$CHANNEL\"");
        _desk.WriteImage("tiny", $"{DeskWorkspace.KnownKernel}packages: [ base-files, busybox, greeter ]\n");
        _desk.Write("layers/mine/recipes/greeter/program/Makefile", "greeter: greeter.c\n\t$(CC) $(CFLAGS) -o $@ $<\ninstall: greeter\n\tinstall -D greeter $(DESTDIR)/usr/bin/greeter\n\tinstall -D -m 0644 words $(DESTDIR)/usr/share/greeter/words\n\tln -s words $(DESTDIR)/usr/share/greeter/link\n");
        _desk.Write("layers/mine/recipes/greeter/program/words", "the same\n");
        _desk.Write("layers/mine/recipes/greeter/greeter.yaml", """
            recipe: greeter
            version: "1"
            license: MIT
            sources: [ { url: "file:program" } ]
            build: { system: make }
            packages:
              - { name: greeter, files: [ "/usr/**" ], requires: [ libc ], attributes: [ { path: /usr/bin/greeter, mode: "0750", owner: root, group: render } ] }
            services: [ { name: greeter, run: "exec greeter", kind: respawn } ]

            """);
        Write("one");
        Assert.Contains("No machine of `tiny` on `desk` runs that could be reached", (await RunAsync(3, "deploy", "greeter", "--to", "qemu")), StringComparison.Ordinal);
        await _desk.BuildAsync("tiny");
        using var run = ProcessHearing.StartCli(_desk.PathOf(""), "run", "--board", "desk", "--locked", "--deploy");
        var errors = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = new StringBuilder();
        try
        {
            await run.HearAsync(said, "login: ");
            Assert.Contains("Nothing to do: the machine of `run` has all 3 files as they are", await RunAsync(0, "deploy", "greeter", "--to", "qemu"), StringComparison.Ordinal);

            Write("two");
            var text = await RunAsync(0, "deploy", "greeter", "--to", "qemu");
            Assert.Contains("\n/usr/bin/greeter\nRestarted: service greeter\nDeployed 1 of 3 files to the machine of `run`", text, StringComparison.Ordinal);

            await run.StandardInput.WriteAsync("root\n");
            await run.HearAsync(said, "# ");
            await run.StandardInput.WriteAsync("rm /usr/share/greeter/link; echo other > /usr/share/greeter/words; greeter now; stat -c '%a %G' /usr/bin/greeter; tr '\\0' ' ' < /proc/$(cat /run/services/greeter/pid)/cmdline; grep -c two /var/log/messages; echo all-''done\n");
            var heard = await run.HearAsync(said, "all-done");
            Assert.Contains("Hello two", heard, StringComparison.Ordinal);
            Assert.Contains("750 render", heard, StringComparison.Ordinal);

            text = await RunAsync(0, "deploy", "greeter", "--to", "qemu");
            Assert.Contains("\n/usr/share/greeter/link\n/usr/share/greeter/words\n", text, StringComparison.Ordinal);
            Assert.Contains("Nothing to do", await RunAsync(0, "deploy", "greeter", "--to", "qemu"), StringComparison.Ordinal);
            Assert.Contains("has no file of [htop]", await RunAsync(3, "deploy", "htop", "--to", "qemu"), StringComparison.Ordinal);
        }
        finally
        {
            run.StandardInput.Close();
            await run.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        }

        Assert.True(run.ExitCode == 0, said + await errors);
        Assert.Contains("runs that could be reached", await RunAsync(3, "deploy", "greeter", "--to", "qemu"), StringComparison.Ordinal);
        Assert.Contains("is no address of a board", await RunAsync(3, "deploy", "greeter", "--to", "nowhere"), StringComparison.Ordinal);
    }

    public void Dispose() => _desk.Dispose();

    private static string Program => Path.Combine(AppContext.BaseDirectory, "imagecraft.dll");

    private void Write(string word) => _desk.Write("layers/mine/recipes/greeter/program/greeter.c", $"#include <stdio.h>\n#include <unistd.h>\nint main(int count, char **words)\n{{\n    puts(\"Hello {word}\");\n    fflush(stdout);\n    if (count == 1)\n        pause();\n    return 0;\n}}\n");

    private async Task<string> RunAsync(int exitCode, params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var result = await CliWrap.Cli.Wrap("dotnet").WithArguments(["exec", Program, .. arguments, "--board", "desk", "--locked"]).WithEnvironmentVariables(e => e.Set("IMAGECRAFT_WORKSPACE", _desk.PathOf("")))
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token);
        var text = result.StandardOutput + result.StandardError;
        Assert.True(result.ExitCode == exitCode, text);
        return text;
    }
}
