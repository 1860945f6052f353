// QEMU's answers and events on one connection, from a fake and from the real one.

using System.Net.Sockets;
using System.Text.Json.Nodes;
using Imagecraft.Qemu.Machines;
using Imagecraft.TestKit;

namespace Imagecraft.Qemu.Tests;

public sealed class QmpTests : IDisposable
{
    private readonly BareMachines machines = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => machines.Dispose();

    [Fact]
    public async Task Events_between_answers_reach_every_reader_and_answers_reach_who_asked()
    {
        await using var fake = await FakeQmp.StartAsync(
            """{"return": {}, "id": 1}""",
            """{"event": "STOP", "timestamp": {"seconds": 10, "microseconds": 500}}""",
            """{"return": "late", "id": 77}""",
            """{"event": "RTC_CHANGE", "data": {"offset": 3}, "timestamp": {"seconds": 11, "microseconds": 0}}""",
            """{"return": "mine", "id": 2}""");
        Assert.Equal("mine", (await fake.Client.ExecuteAsync("query", null, Cancellation))!.GetValue<string>());
        fake.End();

        for (int reader = 0; reader < 2; reader++)
        {
            var seen = new List<string>();
            await foreach (QmpEvent told in fake.Client.Events.ReadAsync(cancellationToken: Cancellation))
                seen.Add(told.ToString());
            Assert.Equal(["STOP", """RTC_CHANGE {"offset":3}"""], seen);
        }

        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(10).AddMicroseconds(500), fake.Client.Events.SoFar[0].Time);
        await Assert.ThrowsAsync<IOException>(() => fake.Client.ExecuteAsync("query", null, Cancellation));
    }

    [Fact]
    public async Task Who_waits_for_an_answer_when_the_connection_ends_is_told()
    {
        await using var fake = await FakeQmp.StartAsync("""{"return": {}, "id": 1}""");
        Task<JsonNode?> asked = fake.Client.ExecuteAsync("query", null, Cancellation);
        fake.End();
        Assert.Equal("QEMU closed the QMP connection", (await Assert.ThrowsAsync<IOException>(() => asked)).Message);
    }

    [Fact]
    public async Task Whoever_asks_a_QEMU_that_is_gone_is_told_so_each_time()
    {
        await using var fake = await FakeQmp.StartAsync("""{"return": {}, "id": 1}""");
        fake.Vanish();
        // The first goes into a socket that nobody reads, later ones into a broken pipe.
        for (int time = 0; time < 4; time++)
            Assert.Equal("QEMU closed the QMP connection", (await Assert.ThrowsAsync<IOException>(() => fake.Client.ExecuteAsync("query", null, Cancellation))).Message);
    }

    [Fact]
    public async Task An_event_is_awaited_after_those_before_and_one_that_does_not_come_is_told_with_those_that_did()
    {
        await using Machine machine = await Machine.StartAsync(new() { Description = machines.Describe("here\n", powerOff: false), Login = null }, Cancellation);
        for (int number = 0; number < 2; number++)
        {
            await machine.Qemu.Qmp!.ExecuteAsync("stop", null, Cancellation);
            await machine.Qemu.Qmp.ExecuteAsync("cont", null, Cancellation);
        }

        await machine.WaitForEventAsync("STOP", cancellationToken: Cancellation);
        await machine.WaitForEventAsync("STOP", cancellationToken: Cancellation);
        var late = await Assert.ThrowsAsync<TimeoutException>(() => machine.WaitForEventAsync("STOP", TimeSpan.FromMilliseconds(100), Cancellation));
        Assert.Equal("QEMU told no event `STOP` within 0.1 s; it told [`RESUME`]", late.Message);
        Assert.Equal("RESUME", (await machine.WaitForEventAsync("RESUME", cancellationToken: Cancellation)).Name);
    }

    [Fact]
    public async Task A_machine_that_switches_itself_off_tells_so()
    {
        await using Machine machine = await Machine.StartAsync(new() { Description = machines.Describe("", powerOff: true), Login = null }, Cancellation);
        Assert.Equal("guest-shutdown", (await machine.WaitForEventAsync("SHUTDOWN", cancellationToken: Cancellation)).Data["reason"]!.GetValue<string>());
        var over = await Assert.ThrowsAsync<TimeoutException>(() => machine.WaitForEventAsync("RESET", cancellationToken: Cancellation));
        Assert.StartsWith("QEMU told no event `RESET` before QEMU ended", over.Message);
    }

    // Says its lines when the second request has come.
    private sealed class FakeQmp : IAsyncDisposable
    {
        private readonly Socket server;

        private FakeQmp(Socket server, QmpClient client) => (this.server, Client) = (server, client);

        public QmpClient Client { get; }

        public static async Task<FakeQmp> StartAsync(params string[] lines)
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
            listener.Listen(1);
            var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await near.ConnectAsync(listener.LocalEndPoint!, Cancellation);
            Socket server = await listener.AcceptAsync(Cancellation);
            Say(server, """{"QMP": {"version": {}, "capabilities": []}}""");
            _ = Task.Run(async () =>
            {
                using var reader = new StreamReader(new NetworkStream(server));
                foreach (string line in lines)
                {
                    if (line.Contains("\"id\": 1}", StringComparison.Ordinal) || line == lines[1])
                        await reader.ReadLineAsync(Cancellation);
                    Say(server, line);
                }
            }, Cancellation);
            return new(server, await QmpClient.ConnectAsync(new NetworkStream(near, ownsSocket: true), Cancellation));
        }

        public void End() => server.Shutdown(SocketShutdown.Send);

        public void Vanish() => server.Dispose();

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            server.Dispose();
        }

        private static void Say(Socket server, string line) => server.Send(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
    }
}
