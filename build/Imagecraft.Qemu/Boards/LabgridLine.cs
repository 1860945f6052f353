// A board's console by the place of a labgrid exporter. Unaware of checks.

using System.ComponentModel;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Boards;

/// <summary>labgrid's own client, on a terminal because its console program wants one. The place must be acquired.</summary>
/// <param name="address">Where.</param>
/// <param name="resetsAfterPanic">See <see cref="SerialConsole.ResetsAfterPanic"/>.</param>
/// <remarks>Source: labgrid-client(1): <c>console</c> runs <c>microcom</c>, whose escape key is Control-\; <c>power cycle</c>.</remarks>
public sealed class LabgridLine(BoardAddress.Labgrid address, bool resetsAfterPanic) : IBoardLine
{
    /// <inheritdoc/>
    public string Name => address.ToString();

    /// <inheritdoc/>
    public bool HearsBoot => true;

    /// <summary>What switches the place's power off and on, when nobody names another command.</summary>
    public string PowerCommand => $"labgrid-client -p {ShellText.Quote(address.Place)} power cycle";

    /// <inheritdoc/>
    public Task<SerialConsole> OpenAsync(string log, CancellationToken cancellationToken)
    {
        try
        {
            // `script` gives it a terminal, as raw as microcom makes it.
            return Task.FromResult(LineProcess.Start(
                "script", ["-qefc", $"exec labgrid-client -p {ShellText.Quote(address.Place)} console", "/dev/null"], new Dictionary<string, string> { ["SHELL"] = "/bin/sh" }, log, Explain, null,
                (input, output, file, end) => new SerialConsole(input, output, file, end) { HasQuitKey = false, ResetsAfterPanic = resetsAfterPanic }));
        }
        catch (Win32Exception)
        {
            throw new MachineStartException("This host has no `script`; install util-linux (Debian's package `bsdutils`)");
        }
    }

    private string Explain(int code, string complaints) => code == 127
        ? "this host has no `labgrid-client`; install labgrid, or check the board by `ssh:` or `serial:`"
        : $"`labgrid-client` ended with exit code {code}{(complaints.Length == 0 ? "" : $": {complaints}")}; is the place acquired (`labgrid-client -p {address.Place} acquire`), and LG_COORDINATOR right?";
}
