// Runs this host's `ssh`. Unaware of what the commands mean.

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Imagecraft.TestKit;

/// <summary>What a call of <c>ssh</c> gave.</summary>
/// <param name="ExitCode">Of the remote command; 255 also when there was no connection.</param>
/// <param name="Output">What the remote command printed.</param>
/// <param name="Complaint">What the client itself said.</param>
/// <param name="IsOver">It was ended because its time was over.</param>
internal sealed record SshAnswer(int ExitCode, string Output, string Complaint, bool IsOver);

/// <summary>OpenSSH's client, without questions and without a memory of host keys: a board gets new ones each time it is flashed.</summary>
/// <remarks>Source: ssh(1), ssh_config(5). Exit code 255 is the client's own; as remote commands print everything to one stream, what comes on the other is the client's.</remarks>
internal sealed class SshClient(SshAddress address)
{
    private const int Failure = 255;

    /// <summary>Runs a command there.</summary>
    /// <param name="command">For the remote user's shell.</param>
    /// <param name="input">Its input; null: none.</param>
    /// <param name="output">Gets its output; null: the answer has it as text.</param>
    /// <param name="limit">After it the client is ended.</param>
    /// <param name="cancellationToken">Ends the client.</param>
    /// <exception cref="SshException">There is no connection.</exception>
    public async Task<SshAnswer> RunAsync(string command, Stream? input, Stream? output, TimeSpan limit, CancellationToken cancellationToken)
    {
        using Process process = Start([address.Host, command]);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(limit);
        using var text = new MemoryStream();
        Task<string> complaint = process.StandardError.ReadToEndAsync(CancellationToken.None);
        bool isOver = false;
        try
        {
            await Task.WhenAll(FeedAsync(process, input, ending.Token), process.StandardOutput.BaseStream.CopyToAsync(output ?? text, ending.Token));
            await process.WaitForExitAsync(ending.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            isOver = true;
        }

        var answer = new SshAnswer(process.ExitCode, Encoding.UTF8.GetString(text.ToArray()), (await complaint).Trim(), isOver);
        return !isOver && answer is { ExitCode: Failure, Complaint.Length: > 0 } ? throw new SshException(address, answer.Complaint) : answer;
    }

    /// <summary>Starts the client as a way to a port.</summary>
    /// <param name="host">Where it listens, on this host.</param>
    /// <param name="port">Of the machine's own loopback address.</param>
    public Process Forward(System.Net.IPEndPoint host, int port) =>
        Start(["-N", "-o", "ExitOnForwardFailure=yes", "-L", string.Create(CultureInfo.InvariantCulture, $"{host}:127.0.0.1:{port}"), address.Host]);

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("ssh",
        [
            "-T", "-F", "none", "-l", address.User, "-p", address.Port.ToString(CultureInfo.InvariantCulture),
            .. (string[])(address.Identity is { } key ? ["-i", key, "-o", "IdentitiesOnly=yes"] : []),
            "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
            "-o", "ConnectTimeout=30", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4",
            .. arguments,
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw new SshException(address, $"Program `ssh` does not start: {failure.Message}; install OpenSSH's client");
        }
    }

    // A command that reads nothing closes its end; that is its right.
    private static async Task FeedAsync(Process process, Stream? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null)
                await input.CopyToAsync(process.StandardInput.BaseStream, cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // What became of it is in the exit code.
        }
    }
}

/// <summary>A machine cannot be reached by SSH, or refuses the user.</summary>
/// <param name="address">Where.</param>
/// <param name="complaint">The client's words.</param>
public sealed class SshException(SshAddress address, string complaint)
    : IOException($"`{address}` is not reached by SSH: {complaint.ReplaceLineEndings(" / ")}")
{
    /// <summary>The client's words.</summary>
    public string Complaint { get; } = complaint;
}
