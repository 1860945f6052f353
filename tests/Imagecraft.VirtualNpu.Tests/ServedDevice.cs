// A device that listens while a test runs. Unaware of which.

using Imagecraft.VfioUser;

namespace Imagecraft.VirtualNpu.Tests;

internal sealed class ServedDevice : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _server;

    private ServedDevice(PciDescription description, DeviceFactory factory, TaskCompletionSource listening) =>
        _server = new DeviceServer(description, factory).RunAsync(Path, line =>
        {
            lock (Log)
                Log.Add(line);
        }, listening.SetResult, _end.Token);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"vnpu-{Guid.NewGuid():N}.sock");

    public List<string> Log { get; } = [];

    public static async Task<ServedDevice> StartAsync(PciDescription description, DeviceFactory factory)
    {
        var listening = new TaskCompletionSource();
        var served = new ServedDevice(description, factory, listening);
        await Task.WhenAny(listening.Task, served._server);
        return served;
    }

    public static Task<ServedDevice> StartNpuAsync(Faults? faults = null, Action? gone = null) =>
        StartAsync(NpuDevice.Description, (memory, interrupts) => new NpuDevice(memory, interrupts, faults ?? new(), gone ?? (() => { }), 2));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _server;
        _end.Dispose();
    }
}
