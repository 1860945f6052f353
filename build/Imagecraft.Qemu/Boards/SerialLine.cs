// A board's console by a serial port of this host. Unaware of checks.

using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Boards;

/// <summary>All that the board says, from its first boot loader on.</summary>
/// <param name="address">Where.</param>
/// <param name="resetsAfterPanic">See <see cref="SerialConsole.ResetsAfterPanic"/>.</param>
public sealed class SerialLine(BoardAddress.Serial address, bool resetsAfterPanic) : IBoardLine
{
    /// <inheritdoc/>
    public string Name => address.ToString();

    /// <inheritdoc/>
    public bool HearsBoot => true;

    /// <inheritdoc/>
    public Task<SerialConsole> OpenAsync(string log, CancellationToken cancellationToken)
    {
        SerialPort port = SerialPort.Open(address.Device, address.Speed);
        var file = new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        return Task.FromResult(new SerialConsole(port, port, file, () => Task.FromResult($"the serial port `{address.Device}` is gone; was its adapter unplugged?"), port)
        {
            ResetsAfterPanic = resetsAfterPanic,
            Route = new($"the board should be heard on `{address.Device}`", $"is it on, is its console connected here with receive and transmit crossed, and has it {address.Speed} bits per second? `--power COMMAND` switches it off and on, so that its boot is heard", LeadsElsewhere: false),
        });
    }
}
