// A machine of `run` with a small program on it, and the command line beside it. Unaware of what is looked at.

using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.EndToEnd.Tests;

/// <summary>The program <c>greeter</c> greets, dies or spins; without words it is a service that waits.</summary>
internal sealed class GreeterMachine : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly StringBuilder _said = new();
    private Process? _run;
    private Task<string>? _errors;

    /// <summary>The workspace.</summary>
    public DeskWorkspace Desk { get; } = new();

    /// <summary>A key of its user root.</summary>
    public string Key => Desk.PathOf("key");

    /// <summary>The port of this host that leads to its SSH server.</summary>
    public string SshPort => Regex.Match(_said.ToString(), @"ssh -p (\d+)").Groups[1].Value;

    /// <summary>Path of the program's source in the workspace.</summary>
    public const string Source = "layers/mine/recipes/greeter/program/greeter.c";

    /// <summary>Writes its board.</summary>
    public void WriteBoard() => Desk.WriteBoard("command-line: \"console=ttyAMA0 kpti=off root=PARTLABEL=root rw panic=-1\"\npartitions: [ { name: root, type: linux-root-arm64, content: rootfs } ]\n", $"{DeskWorkspace.Disk}, -device, virtio-serial-pci, -device, \"virtserialport,$CHANNEL\", -netdev, \"user,id=net0\", -device, \"virtio-net-pci,netdev=net0\"");

    /// <summary>Builds and boots it.</summary>
    /// <param name="kernel">Line with the kernel's fragments.</param>
    public async Task StartAsync(string kernel)
    {
        WriteBoard();
        using (var made = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", Key]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        Desk.WriteImage("tiny", $"{kernel}packages: [ base-files, busybox, greeter ]\nfeatures: [ core-dumps, dhcp, ssh ]\n", $", authorized-keys: [ \"{File.ReadAllText(Key + ".pub").Trim()}\" ]");
        Desk.Write("layers/mine/recipes/greeter/program/Makefile", "greeter: greeter.c\n\t$(CC) $(CFLAGS) -o $@ $<\ninstall: greeter\n\tinstall -D greeter $(DESTDIR)/usr/bin/greeter\n");
        Desk.Write(Source, """
            #include <stdio.h>
            #include <string.h>
            #include <time.h>
            #include <unistd.h>

            static int *nowhere;
            static volatile unsigned sum;

            static __attribute__((noinline)) void spin(void)
            {
                for (unsigned i = 0; i < 100000; i++)
                    sum += i * i;
            }

            static __attribute__((noinline)) void work(void)
            {
                clock_t end = clock() + 2 * CLOCKS_PER_SEC;
                while (clock() < end)
                    spin();
                sum = 0;
            }

            static __attribute__((noinline)) void greet(const char *word)
            {
                sum++; /* here it begins */
                printf("Hello %s\n", word);
                if (!strcmp(word, "crash"))
                    *nowhere = 1; /* here it dies */
            }

            int main(int count, char **words)
            {
                greet(count > 1 ? words[1] : "all");
                fflush(stdout);
                if (count > 1 && !strcmp(words[1], "spin"))
                    work();
                while (count == 1)
                    pause();
                return 5;
            }

            """);
        Desk.Write("layers/mine/recipes/greeter/greeter.yaml", """
            recipe: greeter
            version: "1"
            license: MIT
            sources: [ { url: "file:program" } ]
            build: { system: make }
            packages: [ { name: greeter, files: [ "/usr/**" ], requires: [ libc ] } ]
            services: [ { name: greeter, run: "exec greeter", kind: respawn } ]

            """);
        await Desk.BuildAsync("tiny");
        _run = ProcessHearing.StartCli(Desk.PathOf(""), "run", "--board", "desk", "--locked", "--deploy", "--ssh");
        _errors = _run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await _run.HearAsync(_said, "login: ");
    }

    /// <summary>Types on its console, as root once that has logged in, and gives what is said up to a word.</summary>
    public async Task<string> TypeAsync(string line, string awaited)
    {
        await _run!.StandardInput.WriteAsync(line + "\n");
        return await _run.HearAsync(_said, awaited);
    }

    /// <summary>Ends it, which must go well.</summary>
    public async Task EndAsync()
    {
        _run!.StandardInput.Close();
        await _run.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.True(_run.ExitCode == 0, _said + await _errors!);
    }

    /// <summary>Runs a verb on the workspace, and gives all that it printed.</summary>
    public async Task<string> RunAsync(int exitCode, params string[] words)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var result = await CliWrap.Cli.Wrap("dotnet").WithArguments(["exec", Path.Combine(AppContext.BaseDirectory, "imagecraft.dll"), words[0], "--board", "desk", "--locked", .. words[1..]])
            .WithEnvironmentVariables(e => e.Set("IMAGECRAFT_WORKSPACE", Desk.PathOf(""))).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token);
        var text = result.StandardOutput + result.StandardError;
        Assert.True(result.ExitCode == exitCode, text);
        return text;
    }

    /// <summary>A file of the workspace.</summary>
    public Task<string> TextAsync(string path) => File.ReadAllTextAsync(Desk.PathOf(path), TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_run is { HasExited: false })
            _run.Kill(entireProcessTree: true);
        _run?.Dispose();
        Desk.Dispose();
    }
}
