// The Remote Execution API's execution service over gRPC. Unaware of what actions mean.

using Google.Protobuf;
using Grpc.Core;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Remote;
using Imagecraft.Remote.LongRunning;
using Imagecraft.Remote.Reapi;

namespace Imagecraft.Remote;

/// <summary>Machines behind a server that speaks the Remote Execution API v2.</summary>
public sealed class GrpcExecutor : IRemoteExecutor
{
    const int Attempts = 5;
    readonly GrpcTransport transport;
    readonly RemoteAddress address;
    readonly Execution.ExecutionClient execution;
    readonly Operations.OperationsClient operations;

    /// <summary>Prepares a connection; nothing is sent yet.</summary>
    /// <exception cref="RemoteException">A file of certificates cannot be read.</exception>
    public GrpcExecutor(RemoteAddress address)
    {
        this.address = address;
        transport = new GrpcTransport(address);
        execution = new(transport.Channel);
        operations = new(transport.Channel);
    }

    /// <inheritdoc/>
    public string Name => address.Name;

    /// <inheritdoc/>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await transport.ConnectAsync(cancellationToken);
        if (transport.Server?.ExecutionCapabilities is not { ExecEnabled: true })
            throw new RemoteException(RemoteFault.Refused, "it runs no actions, it only caches");
    }

    /// <inheritdoc/>
    public async Task<RemoteRun> ExecuteAsync(Digest action, bool afresh, CancellationToken cancellationToken)
    {
        string? name = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var call = name is null
                    ? execution.Execute(new ExecuteRequest { InstanceName = address.Instance, ActionDigest = action.ToReapi(), SkipCacheLookup = afresh }, transport.CallHeaders, cancellationToken: cancellationToken)
                    : execution.WaitExecution(new WaitExecutionRequest { Name = name }, transport.CallHeaders, cancellationToken: cancellationToken);
                while (await call.ResponseStream.MoveNext(cancellationToken))
                {
                    var operation = call.ResponseStream.Current;
                    // What was heard of is there: from now on it is waited for, and a connection that breaks later has its own attempts.
                    (name, attempt) = (operation.Name, 1);
                    if (operation.Done)
                        return Ended(operation);
                }

                if (attempt == Attempts)
                    throw new RemoteException(RemoteFault.Unavailable, "it ends the call before the action");
            }
            catch (Exception e) when (cancellationToken.IsCancellationRequested && e is OperationCanceledException or RpcException)
            {
                await CancelAsync(name);
                throw new OperationCanceledException(e.Message, e, cancellationToken);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound && name is not null)
            {
                // It was restarted and knows nothing of it: it runs anew.
                name = null;
                if (attempt == Attempts)
                    throw GrpcTransport.Fault(e.StatusCode, e.Status.Detail, e);
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Unknown or StatusCode.Cancelled or StatusCode.Aborted && attempt < Attempts)
            {
                // The connection broke, or the server is being restarted.
            }
            catch (RpcException e)
            {
                throw GrpcTransport.Fault(e.StatusCode, e.Status.DebugException?.GetBaseException().Message ?? e.Status.Detail, e);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(200 << attempt, 5000) * (0.5 + (Random.Shared.NextDouble() / 2))), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => transport.DisposeAsync();

    static RemoteRun Ended(Operation operation)
    {
        if (operation.Error is { Code: not 0 } error)
            return Judged(error, null, "");
        if (operation.Response is null || !operation.Response.TryUnpack<ExecuteResponse>(out var response))
            throw new RemoteException(RemoteFault.Wrong, "it ends an action with something else than a result");
        return response.Status is { Code: not 0 } status
            ? Judged(status, response.Result, response.Message)
            : new RemoteRun(RemoteEnd.Exited, response.Result ?? throw new RemoteException(RemoteFault.Wrong, "it ends an action without a result"), response.Message);
    }

    static RemoteRun Judged(Rpc.Status status, Engine.Reapi.ActionResult? result, string message)
    {
        var code = (StatusCode)status.Code;
        // buildbox says INTERNAL of inputs that it lost, where the protocol has FAILED_PRECONDITION.
        if (code == StatusCode.FailedPrecondition || (code == StatusCode.Internal && status.Message.Contains("not completely available", StringComparison.Ordinal)))
            return new RemoteRun(RemoteEnd.InputsMissing, null, status.Message);
        if (code == StatusCode.DeadlineExceeded)
            return new RemoteRun(RemoteEnd.TimedOut, result, message);
        throw GrpcTransport.Fault(code, status.Message, null);
    }

    async Task CancelAsync(string? name)
    {
        if (name is null)
            return;
        try
        {
            await operations.CancelOperationAsync(new CancelOperationRequest { Name = name }, transport.CallHeaders, DateTime.UtcNow.AddSeconds(2));
        }
        catch (RpcException)
        {
            // Servers need not know this; then it runs to its end there, and is cached.
        }
    }
}
