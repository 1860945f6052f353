// Ctrl-C: the first asks to stop, the second to stop at once. Unaware of what is stopped.

using System.Runtime.InteropServices;

namespace Imagecraft.Cli;

/// <summary>Listens from the first <see cref="Listen"/> on; a call that ends before never pays for signal handling.</summary>
public sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _gentle = new();
    private readonly CancellationTokenSource _hard = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Cancelled by the first Ctrl-C or SIGTERM: start nothing more, end children gently.</summary>
    public CancellationToken Gentle => _gentle.Token;

    /// <summary>Cancelled by the second: kill.</summary>
    public CancellationToken Hard => _hard.Token;

    /// <summary>At least one came.</summary>
    public bool Requested => _gentle.IsCancellationRequested;

    /// <summary>Takes over Ctrl-C and SIGTERM.</summary>
    public Interrupts Listen()
    {
        if (_registrations.Count == 0)
        {
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Arrived));
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Arrived));
        }

        return this;
    }

    /// <summary>What a Ctrl-C does; also for tests.</summary>
    public void Arrive()
    {
        if (Requested)
            _hard.Cancel();
        else
            _gentle.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _gentle.Dispose();
        _hard.Dispose();
    }

    private void Arrived(PosixSignalContext context)
    {
        context.Cancel = true;
        Arrive();
    }
}
