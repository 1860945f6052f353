// A program as a machine has and runs it. Unaware of what is done with it.

using System.Globalization;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Cli.Debugging;

/// <summary>Asks the machine.</summary>
public static class RunningProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The first process that runs a program.</summary>
    /// <exception cref="ProblemException">None does.</exception>
    public static async Task<int> OfAsync(SerialConsole console, string program, CancellationToken cancellationToken)
    {
        var found = await console.RunAsync($"for p in /proc/[0-9]*; do [ \"$(readlink $p/exe)\" = {ShellText.Quote(program)} ] && echo ${{p#/proc/}}; done", Limit, cancellationToken).ConfigureAwait(false);
        int[] processes = [.. found.Output.Split('\n').Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0).Order()];
        return processes.Length > 0 ? processes[0] : throw ProblemException.User($"No process of `{program}` runs on the machine", "Leave out `--attach` to start one");
    }

    /// <summary>Looks that a machine has a program as the image has it.</summary>
    /// <exception cref="ProblemException">It has another one, or none.</exception>
    public static Task RequireSameAsync(SerialConsole console, string machine, ImageProgram program, CancellationToken cancellationToken) => RequireSameAsync(
        console, machine, program.Path, program.File.Sha256!, program.Owner is { } owner ? $"Bring it up to date: `./build.sh deploy {owner.Name} --to ...`, or boot the image" : "Boot the image", cancellationToken);

    /// <summary>Looks that a machine has a program as it is here.</summary>
    /// <param name="console">Shell of the machine.</param>
    /// <param name="machine">Its name in messages.</param>
    /// <param name="path">Absolute path there.</param>
    /// <param name="sha256">Of the program here, in hexadecimal digits.</param>
    /// <param name="remedy">What to do when it has another.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="ProblemException">It has another one, or none.</exception>
    public static async Task RequireSameAsync(SerialConsole console, string machine, string path, string sha256, string remedy, CancellationToken cancellationToken)
    {
        var state = await console.RunAsync($"sha256sum < {ShellText.Quote(path)}", Limit, cancellationToken).ConfigureAwait(false);
        if (!state.Succeeded || !state.Output.StartsWith(sha256, StringComparison.Ordinal))
            throw ProblemException.User($"{machine} has another `{path}` than is here, so symbols would be wrong", remedy);
    }
}
