// A folder of a machine for what a call needs there. Unaware of what that is.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Cli.Deploying;

/// <summary>Lies in <c>/tmp</c>, and only its user sees into it.</summary>
/// <param name="Console">Shell of the machine.</param>
/// <param name="Path">Absolute path, of letters, digits, slashes and hyphens.</param>
public sealed record MachineFolder(SerialConsole Console, string Path)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Makes it.</summary>
    /// <exception cref="ProblemException">The machine has no place for it.</exception>
    public static async Task<MachineFolder> MakeAsync(SerialConsole console, CancellationToken cancellationToken)
    {
        var made = await console.RunAsync("umask 077 && mktemp -d /tmp/imagecraft-XXXXXX", Limit, cancellationToken).ConfigureAwait(false);
        return made.Succeeded ? new(console, made.Output.Trim()) : throw ProblemException.Environment($"The machine has no folder for what is copied: {made.Output.Trim()}", "It needs `mktemp` and a `/tmp` that can be written");
    }

    /// <summary>Copies content into a file of it.</summary>
    /// <exception cref="ProblemException">The machine cannot write it.</exception>
    public async Task WriteAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        try
        {
            await Console.WriteFileAsync(content, $"{Path}/{name}", Limit, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException problem)
        {
            throw ProblemException.Environment(problem.Message, "Is there room in `/tmp` of the machine?");
        }
    }

    /// <summary>A file of it.</summary>
    /// <exception cref="ProblemException">The machine cannot read it.</exception>
    public async Task<MemoryStream> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        try
        {
            await Console.ReadFileAsync($"{Path}/{name}", content, Limit, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException problem)
        {
            throw ProblemException.Environment(problem.Message, "Files of more than 20 MiB do not pass a console; record for a shorter time");
        }

        content.Position = 0;
        return content;
    }

    /// <summary>Lines of a text in it; none when it is not there.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync(string name, CancellationToken cancellationToken) =>
        [.. (await Console.RunAsync($"cat {Path}/{name} 2>/dev/null", Limit, cancellationToken).ConfigureAwait(false)).Output.Split('\n').Where(line => line.Length > 0)];

    /// <summary>Takes it away.</summary>
    public Task CloseAsync(CancellationToken cancellationToken) => Console.RunAsync($"rm -rf {Path}", Limit, cancellationToken);
}
