// The running program behind an accelerator. Unaware of QEMU.

namespace Imagecraft.Qemu.Machines;

/// <summary>Owns the process: it ends with this object, and with this process however that ends.</summary>
internal sealed class AcceleratorServer : IAsyncDisposable
{
    private const string Ready = "listening";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly ChildProcess process;

    private AcceleratorServer(ChildProcess process) => this.process = process;

    /// <summary>What it said when it ended by itself; null: it runs.</summary>
    public async Task<string?> EndAsync() => process.Exited.IsCompleted ? await process.DescribeEndAsync() : null;

    /// <summary>Starts it; machines may connect when this returns.</summary>
    /// <param name="accelerator">What it serves.</param>
    /// <param name="socket">Path of its socket, which must not exist.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="MachineStartException">It does not come so far; the message has its words.</exception>
    public static async Task<AcceleratorServer> StartAsync(ServedAccelerator accelerator, string socket, CancellationToken cancellationToken)
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ChildProcess process = await ChildProcess.StartAsync($"The server of accelerator `{accelerator.Name}`", [.. accelerator.Server, socket], line =>
        {
            if (line == Ready)
                ready.TrySetResult();
        });
        var server = new AcceleratorServer(process);
        try
        {
            if (await Task.WhenAny(ready.Task, process.Exited, Task.Delay(StartLimit, cancellationToken)) == ready.Task)
                return server;
            cancellationToken.ThrowIfCancellationRequested();
            throw new MachineStartException(await server.EndAsync() ?? $"The server of accelerator `{accelerator.Name}` did not listen within {StartLimit.TotalSeconds:0} s");
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await process.TerminateAsync(EndLimit);
        process.Dispose();
    }
}
