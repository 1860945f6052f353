// HTTP to a machine. Unaware of who answers.

using System.Globalization;

namespace Imagecraft.TestKit;

/// <summary>Clients for services of a machine.</summary>
public static class MachineHttp
{
    // A machine that is emulated on a loaded host is slow, and not broken.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>A client whose relative addresses lead to a port of the machine, past any proxy of the host.</summary>
    /// <param name="machine">The machine. Its service should listen already: <see cref="MachineWaits.WaitForPortAsync"/>.</param>
    /// <param name="port">TCP port.</param>
    /// <param name="cancellationToken">Ends waiting for the way there.</param>
    public static async Task<HttpClient> HttpAsync(this ITestMachine machine, int port = 80, CancellationToken cancellationToken = default)
    {
        var address = await machine.ForwardAsync(port, cancellationToken);
        return new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Limit }, disposeHandler: true)
        {
            BaseAddress = new(string.Create(CultureInfo.InvariantCulture, $"http://{address.Address}:{address.Port}/")),
            Timeout = Limit,
        };
    }
}
