// Copies files over a console. Unaware of networks and shared folders.

using System.Security.Cryptography;

namespace Imagecraft.Qemu.Consoles;

public sealed partial class SerialConsole
{
    // Becomes 3,320 characters of base64: fits a terminal's line with the rest of the command.
    private const int BytesOfLine = 2490;

    /// <summary>Copies content to a file of the machine (needs <c>base64</c> and <c>sha256sum</c> there) and compares the hashes.</summary>
    /// <param name="content">Read to its end.</param>
    /// <param name="targetPath">Absolute path; an existing file is replaced.</param>
    /// <param name="limit">For each of its lines.</param>
    /// <param name="cancellationToken">Ends copying.</param>
    /// <exception cref="IOException">The machine could not write it; the message has its words.</exception>
    /// <exception cref="MachineException">The machine died.</exception>
    public async Task WriteFileAsync(Stream content, string targetPath, TimeSpan limit, CancellationToken cancellationToken)
    {
        string path = ShellText.Quote(targetPath);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffered = new byte[BytesOfLine];
        await ExpectAsync($": > {path}", targetPath, limit, cancellationToken);
        for (int read; (read = await content.ReadAtLeastAsync(buffered, buffered.Length, throwOnEndOfStream: false, cancellationToken)) > 0;)
        {
            hash.AppendData(buffered, 0, read);
            await ExpectAsync($"echo {Convert.ToBase64String(buffered, 0, read)} | base64 -d >> {path}", targetPath, limit, cancellationToken);
        }

        await CompareAsync(hash, targetPath, limit, cancellationToken);
    }

    /// <summary>Copies a file of the machine (up to about 20 MiB; needs <c>base64</c> and <c>sha256sum</c> there) and compares the hashes.</summary>
    /// <param name="targetPath">Absolute path.</param>
    /// <param name="destination">Gets the content.</param>
    /// <param name="limit">For the whole file.</param>
    /// <param name="cancellationToken">Ends copying.</param>
    /// <exception cref="IOException">The machine could not read it; the message has its words.</exception>
    /// <exception cref="MachineException">The machine died.</exception>
    public async Task ReadFileAsync(string targetPath, Stream destination, TimeSpan limit, CancellationToken cancellationToken)
    {
        string text = await ExpectAsync($"base64 {ShellText.Quote(targetPath)}", targetPath, limit, cancellationToken);
        byte[] bytes = Convert.FromBase64String(text);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(bytes);
        await CompareAsync(hash, targetPath, limit, cancellationToken);
        await destination.WriteAsync(bytes, cancellationToken);
    }

    private async Task CompareAsync(IncrementalHash hash, string targetPath, TimeSpan limit, CancellationToken cancellationToken)
    {
        string expected = Convert.ToHexStringLower(hash.GetHashAndReset());
        string sum = await ExpectAsync($"sha256sum < {ShellText.Quote(targetPath)}", targetPath, limit, cancellationToken);
        if (!sum.StartsWith(expected, StringComparison.Ordinal))
            throw new IOException($"`{targetPath}` has another content after copying: expected {expected}, the machine says {sum.Trim()}");
    }

    private async Task<string> ExpectAsync(string command, string targetPath, TimeSpan limit, CancellationToken cancellationToken)
    {
        CommandResult result = await RunAsync(command, limit, cancellationToken);
        return result.Succeeded
            ? result.Output
            : throw new IOException($"Copying `{targetPath}` failed on the machine ({result.End}, exit code {result.ExitCode}): {result.Output.Trim()}");
    }
}
