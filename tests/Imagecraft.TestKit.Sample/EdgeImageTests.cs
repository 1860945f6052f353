// One boot, several tests: commands, files, services, and what QEMU tells.

using Imagecraft.TestKit;

namespace Imagecraft.TestKit.Sample;

[Board("qemu-arm64", Image = "edge-ml")]
public class EdgeImageTests(BootedMachine booted) : IClassFixture<BootedMachine>
{
    private Machine Machine => booted.Machine;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_kernel_is_for_arm64()
    {
        var result = await Machine.RunAsync("uname -m", cancellationToken: Cancellation);
        Assert.True(result.Succeeded);
        Assert.Equal("aarch64\n", result.Output);
    }

    [Fact]
    public async Task A_failing_command_says_what_it_printed()
    {
        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => Machine.ExpectAsync("ls /no/such/folder", cancellationToken: Cancellation));
        Assert.Contains("No such file or directory", failure.Result.Output);
    }

    [Fact]
    public async Task A_file_comes_back_as_it_was_sent()
    {
        string sent = Path.GetTempFileName(), received = Path.GetTempFileName();
        await File.WriteAllBytesAsync(sent, [.. Enumerable.Range(0, 20_000).Select(number => (byte)(number * 17))], Cancellation);
        await Machine.CopyToAsync(sent, "/tmp/sample", Cancellation);
        await Machine.CopyFromAsync("/tmp/sample", received, Cancellation);
        Assert.Equal(await File.ReadAllBytesAsync(sent, Cancellation), await File.ReadAllBytesAsync(received, Cancellation));
        File.Delete(sent);
        File.Delete(received);
    }

    [Fact]
    public async Task A_service_is_waited_for_and_asked_over_HTTP()
    {
        await Machine.ExpectAsync("""
            printf '#!/bin/sh\nread -r method path rest\nprintf "HTTP/1.0 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\n$method $path"\n' > /tmp/answer
            chmod +x /tmp/answer
            (sleep 1; touch /tmp/ready; exec tcpsvd -E 0.0.0.0 8080 /tmp/answer) > /dev/null 2>&1 &
            """, cancellationToken: Cancellation);
        await Machine.WaitForNetworkAsync(cancellationToken: Cancellation);
        await Machine.WaitForFileAsync("/tmp/ready", cancellationToken: Cancellation);
        await Machine.WaitForServiceAsync("tcpsvd", cancellationToken: Cancellation);
        await Machine.WaitForPortAsync(8080, cancellationToken: Cancellation);
        using HttpClient client = await Machine.HttpAsync(8080, Cancellation);
        Assert.Equal("GET /state", await client.GetStringAsync(new Uri("state", UriKind.Relative), Cancellation));
    }

    [Fact]
    public async Task What_QEMU_tells_can_be_awaited()
    {
        await Machine.Qemu.Qmp!.ExecuteAsync("stop", null, Cancellation);
        await Machine.Qemu.Qmp.ExecuteAsync("cont", null, Cancellation);
        await Machine.WaitForEventAsync("STOP", cancellationToken: Cancellation);
        await Machine.WaitForEventAsync("RESUME", cancellationToken: Cancellation);
    }

    [Fact]
    public async Task What_a_program_prints_on_the_console_can_be_awaited()
    {
        await Machine.ExpectAsync("(sleep 1; echo 'listening on port 8080' > /dev/console) >/dev/null 2>&1 &", cancellationToken: Cancellation);
        var match = await Machine.WaitForConsoleAsync(@"listening on port (\d+)\s", cancellationToken: Cancellation);
        Assert.Equal("8080", match.Groups[1].Value);
        Assert.Contains("listening on port 8080", Machine.ConsoleText());
    }
}
