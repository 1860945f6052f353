// Copies files over a console. Unaware of networks and shared folders.

using System.Security.Cryptography;
using System.Text;

namespace Imagecraft.Qemu.Consoles;

public sealed partial class SerialConsole
{
    // Becomes 3,320 characters of base64: fits a terminal's line.
    private const int BytesOfLine = 2490;

    // Sent at once, 36 KiB of text: a terminal that is read late keeps 4 KiB, and the kernel's buffer before it 64 KiB (drivers/tty/tty_buffer.c).
    private const int LinesOfBlock = 11;

    /// <summary>Copies content to a file of the machine (needs <c>base64</c> and <c>sha256sum</c> there) and compares the hashes.</summary>
    /// <param name="content">Read to its end.</param>
    /// <param name="targetPath">Absolute path; an existing file is replaced.</param>
    /// <param name="limit">For each block of 27 kB.</param>
    /// <param name="cancellationToken">Ends copying.</param>
    /// <exception cref="IOException">The machine could not write it; the message has its words.</exception>
    /// <exception cref="MachineException">The machine died.</exception>
    public async Task WriteFileAsync(Stream content, string targetPath, TimeSpan limit, CancellationToken cancellationToken)
    {
        string path = ShellText.Quote(targetPath);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffered = new byte[BytesOfLine * LinesOfBlock];
        await ExpectAsync($": > {path}", targetPath, limit, cancellationToken);
        for (int read; (read = await content.ReadAtLeastAsync(buffered, buffered.Length, throwOnEndOfStream: false, cancellationToken)) > 0;)
        {
            hash.AppendData(buffered, 0, read);
            Succeeded(await SendBlockAsync(buffered.AsMemory(0, read), path, limit, cancellationToken), targetPath);
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

    // The lines wait in the terminal until `head` reads them, one at a time. What cannot be written is read nevertheless,
    // so that no line is left over for the shell.
    private async Task<CommandResult> SendBlockAsync(ReadOnlyMemory<byte> block, string path, TimeSpan limit, CancellationToken cancellationToken)
    {
        var content = new StringBuilder();
        int count = 0;
        for (int start = 0; start < block.Length; start += BytesOfLine, count++)
            content.Append(Convert.ToBase64String(block.Span[start..Math.Min(start + BytesOfLine, block.Length)])).Append('\n');
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await ExchangeAsync($"( head -n {count} | {{ base64 -d >> {path} || {{ cat >/dev/null; false; }}; }} ) >&5 2>&1", limit, cancellationToken, content.ToString());
        }
        finally
        {
            turn.Release();
        }
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
        return Succeeded(await RunAsync(command, limit, cancellationToken), targetPath).Output;
    }

    private static CommandResult Succeeded(CommandResult result, string targetPath)
    {
        return result.Succeeded
            ? result
            : throw new IOException($"Copying `{targetPath}` failed on the machine ({result.End}, exit code {result.ExitCode}): {result.Output.Trim()}");
    }
}
