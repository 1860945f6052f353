// Gives checks fake machines: each check's is booted anew, as if from a snapshot.

using Imagecraft.Qemu.Checks;

namespace Imagecraft.Qemu.Tests;

internal sealed class FakeMachines(string script = "login; shell", string kernelLog = "") : ICheckMachines
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("imagecraft-");
    private readonly Lock gate = new();
    private int now;

    public string Folder => folder.FullName;

    public int MostAtOnce { get; private set; }

    public int Reboots { get; private set; }

    public bool OutliveReboots { get; init; }

    public Task<CheckMachine> BootAsync(CancellationToken cancellationToken) => LogInAsync(null);

    public async Task<string?> KeepAsync(CheckMachine booted, CancellationToken cancellationToken)
    {
        await booted.DisposeAsync();
        return null;
    }

    public Task<CheckMachine> AgainAsync(Check check, CancellationToken cancellationToken)
    {
        lock (gate)
            MostAtOnce = Math.Max(MostAtOnce, ++now);
        return LogInAsync(() =>
        {
            lock (gate)
                now--;
        });
    }

    public Task<CheckMachine> RebootedAsync(Check check, CancellationToken cancellationToken)
    {
        Reboots++;
        return LogInAsync(null);
    }

    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<CheckMachine> LogInAsync(Action? ended)
    {
        FakeMachine machine = FakeMachine.Start(script, kernelLog, channel: true);
        try
        {
            await machine.Console.LoginAsync(FakeMachine.Login(), TestContext.Current.CancellationToken);
            return new(machine.Console, new Ending(machine, ended));
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    private sealed class Ending(FakeMachine machine, Action? ended) : IAsyncDisposable
    {
        private bool disposed;

        public async ValueTask DisposeAsync()
        {
            if (disposed)
                return;
            disposed = true;
            ended?.Invoke();
            await machine.DisposeAsync();
        }
    }
}
