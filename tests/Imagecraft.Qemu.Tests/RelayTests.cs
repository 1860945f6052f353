// A program of the machine speaks with somebody here through the terminal: byte for byte, and the shell is there again afterwards.

using System.Net;
using System.Net.Sockets;

namespace Imagecraft.Qemu.Tests;

public class RelayTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("login; shell", false)]
    [InlineData("login; shell bash", false)]
    [InlineData("login; shell", true)]
    [InlineData("login; export PS1='# ' ENV=; exec sh -i </dev/tty >/dev/tty 2>&1", false)]
    public async Task Every_byte_goes_both_ways_as_it_is(string script, bool channel)
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(script, channel: channel);
        var (near, far) = await PairAsync();
        await using (near)
        await using (far)
        {
            Task<int> relay = machine.Console.RelayAsync("head -c 4096", far, default, Limit, Cancellation);
            byte[] sent = [.. Enumerable.Range(0, 4096).Select(i => (byte)((i * 7) + (i / 256)))];
            await near.WriteAsync(sent, Cancellation);
            byte[] received = new byte[sent.Length];
            await near.ReadExactlyAsync(received, Cancellation);
            Assert.Equal(sent, received);
            Assert.Equal(0, await relay);
        }

        Assert.Equal("back\n\ttoo", (await machine.RunAsync("printf 'back\\n\\ttoo'")).Output);
    }

    [Fact]
    public async Task The_exit_code_of_the_program_is_told_and_what_it_said_last_arrives()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        var (near, far) = await PairAsync();
        await using (near)
        {
            Assert.Equal(7, await machine.Console.RelayAsync("sh -c 'printf last; exit 7'", far, default, Limit, Cancellation));
            await far.DisposeAsync();
            using var reader = new StreamReader(near);
            Assert.Equal("last", await reader.ReadToEndAsync(Cancellation));
        }
    }

    [Fact]
    public async Task A_program_whose_peer_is_gone_is_told_so_in_its_own_words()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        var (near, far) = await PairAsync();
        await near.DisposeAsync();
        await using (far)
            Assert.Equal(3, await machine.Console.RelayAsync("sh -c 'while read -r word; do [ \"$word\" != bye ] || exit 3; done'", far, "bye\n"u8.ToArray(), Limit, Cancellation));
        Assert.Equal("back", (await machine.RunAsync("printf back")).Output);
    }

    [Fact]
    public async Task A_terminal_that_cannot_be_set_is_told_and_the_shell_stays()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync(without: ["stty"]);
        var (near, far) = await PairAsync();
        await using (near)
        await using (far)
            Assert.Contains("it needs `stty`", (await Assert.ThrowsAsync<MachineStartException>(() => machine.Console.RelayAsync("cat", far, default, Limit, Cancellation))).Message, StringComparison.Ordinal);
        Assert.Equal("back", (await machine.RunAsync("printf back")).Output);
    }

    [Fact]
    public async Task A_machine_that_ends_meanwhile_is_told()
    {
        await using FakeMachine machine = await FakeMachine.LoggedInAsync();
        var (near, far) = await PairAsync();
        await using (near)
        await using (far)
            await Assert.ThrowsAsync<MachineExitException>(() => machine.Console.RelayAsync("kill -9 $PPID $$", far, default, Limit, Cancellation));
    }

    private static async Task<(Stream Near, Stream Far)> PairAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var near = new TcpClient();
        await near.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Cancellation);
        return (near.GetStream(), (await listener.AcceptTcpClientAsync(Cancellation)).GetStream());
    }
}
