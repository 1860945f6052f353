// Executors that do what buildbox cannot be made to do: connections that break, restarts that forget, inputs that vanish.

using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Remote;
using Imagecraft.Remote.LongRunning;
using Imagecraft.Remote.Reapi;
using EngineReapi = Imagecraft.Engine.Reapi;

namespace Imagecraft.Remote.Tests;

public class ExecutorTests
{
    static readonly Digest action = Digest.Of("action"u8);

    static Operation Done(Rpc.Status? status = null, string name = "op") => new()
    {
        Name = name,
        Done = true,
        Response = Any.Pack(new ExecuteResponse { Result = new EngineReapi.ActionResult { ExitCode = 0 }, Status = status }),
    };

    static Task<RemoteRun> RunAsync(StoredContent content) => RunUntilAsync(content, TestContext.Current.CancellationToken);

    static async Task<RemoteRun> RunUntilAsync(StoredContent content, CancellationToken cancellationToken)
    {
        await using var server = await FakeServer.GrpcAsync(content);
        await using var executor = new GrpcExecutor(new RemoteAddress { Uri = server.Uri });
        await executor.ConnectAsync(cancellationToken);
        return await executor.ExecuteAsync(action, afresh: false, cancellationToken);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_made_again_and_the_action_is_waited_for()
    {
        var content = new StoredContent { Runs = [[new Operation { Name = "op" }, null], [Done()]] };
        Assert.Equal(RemoteEnd.Exited, (await RunAsync(content)).End);
        Assert.Equal(["execute", "wait op"], content.Calls.Where(call => call is "execute" or "wait op"));
    }

    [Fact]
    public async Task A_server_that_forgot_it_runs_it_anew()
    {
        var content = new StoredContent { Runs = [[new Operation { Name = "op" }, null], [], [Done(name: "second")]], Forgets = true };
        Assert.Equal(RemoteEnd.Exited, (await RunAsync(content)).End);
        Assert.Equal(["execute", "wait op", "execute"], content.Calls.Where(call => call is "execute" or "wait op"));
    }

    [Theory]
    [InlineData(StatusCode.FailedPrecondition, "missing", RemoteEnd.InputsMissing)]
    [InlineData(StatusCode.Internal, "Tree is not completely available", RemoteEnd.InputsMissing)]
    [InlineData(StatusCode.DeadlineExceeded, "", RemoteEnd.TimedOut)]
    public async Task Ends_that_are_no_exit_are_told_apart(StatusCode code, string message, RemoteEnd expected) =>
        Assert.Equal(expected, (await RunAsync(new StoredContent { Runs = [[Done(new Rpc.Status { Code = (int)code, Message = message })]] })).End);

    [Theory]
    [InlineData(StatusCode.ResourceExhausted, RemoteFault.Exhausted)]
    [InlineData(StatusCode.PermissionDenied, RemoteFault.Refused)]
    public async Task What_cannot_be_run_is_a_fault(StatusCode code, RemoteFault expected) =>
        Assert.Equal(expected, (await Assert.ThrowsAsync<RemoteException>(() => RunAsync(new StoredContent { Runs = [[Done(new Rpc.Status { Code = (int)code })]] }))).Fault);

    [Fact]
    public async Task A_server_that_only_caches_is_told() =>
        Assert.Contains("runs no actions", (await Assert.ThrowsAsync<RemoteException>(() => RunAsync(new StoredContent { Executes = false }))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Who_stops_has_it_ended_there()
    {
        using var stop = new CancellationTokenSource();
        var content = new StoredContent { Runs = [[new Operation { Name = "op" }, new Operation { Name = "wait for it" }]] };
        content.Before = async call =>
        {
            if (call != "operation")
                return;
            // Until the client has heard of it.
            await Task.Delay(3000);
            await stop.CancelAsync();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunUntilAsync(content, stop.Token));
        Assert.Contains("cancel op", content.Calls);
    }
}
