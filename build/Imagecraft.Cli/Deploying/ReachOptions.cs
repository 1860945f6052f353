// The options of verbs that work on a machine that runs: the one of `run --deploy`, or a board. Unaware of what they do there.

using System.CommandLine;
using System.CommandLine.Parsing;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.Checking;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Planning.Checks;
using Imagecraft.Qemu;
using Imagecraft.Qemu.Boards;
using Imagecraft.Qemu.Consoles;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.Cli.Deploying;

/// <summary>Adds them to a command, and finds the machine that they name.</summary>
public sealed class ReachOptions
{
    private const string InQemu = "qemu";

    private readonly Option<string> _address;
    private readonly Option<string?> _user = new("--user") { Description = "Login name on a console (default: the image's `check-login`, or root)" };
    private readonly Option<string?> _passwordFile = new("--password-file") { Description = "File with the password in its first line" };
    private readonly Option<string?> _identity = new("--identity") { Description = "For SSH: file with a private key" };

    /// <summary>Adds the options to <paramref name="command"/>.</summary>
    /// <param name="command">Gets them.</param>
    /// <param name="name">Of the one with the address.</param>
    /// <param name="isRequired">Whether there is nothing to do without a machine.</param>
    public ReachOptions(Command command, string name, bool isRequired = true)
    {
        _address = new(name) { Description = $"`{InQemu}` for the machine of `run --deploy`, or a board: {BoardAddress.Forms}".Replace("`", "", StringComparison.Ordinal), HelpName = "address", Required = isRequired };
        foreach (var option in new Option[] { _address, _user, _passwordFile, _identity })
            command.Options.Add(option);
        _address.Validators.Add(result =>
        {
            try
            {
                if (result.Tokens is [{ Value: not InQemu and var address }])
                    BoardAddress.Parse(address);
            }
            catch (FormatException wrong)
            {
                result.AddError(wrong.Message);
            }
        });
    }

    /// <summary>Whether a machine was named.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_address) is not null;

    /// <summary>The machine that runs the image of the plan.</summary>
    /// <exception cref="ProblemException">No such machine runs, or there is no way in.</exception>
    public ReachedMachine Read(ParseResult parsed, Session session, Workshop workshop) => Read(parsed, session, new ReachedImage(
        workshop.Plan.Board.Name, workshop.Plan.Image.Name, "./build.sh run --deploy", demand => CheckLogins.OnBoard(session, workshop.Plan, demand), KernelArguments.ResetAfterPanic(workshop.Plan.CommandLine)));

    /// <summary>The machine that runs an image.</summary>
    /// <exception cref="ProblemException">No such machine runs, or there is no way in.</exception>
    public ReachedMachine Read(ParseResult parsed, Session session, ReachedImage image)
    {
        if (parsed.GetValue(_address) is not (not InQemu and { } to))
        {
            var running = new RunningMachine(session.WorkspaceRoot, image.Board, image.Name);
            return running.Socket is { } socket
                ? new(new RunningLine(socket), LoginOptions.Root with { IsRunning = true })
                : throw ProblemException.User($"No machine of `{image.Name}` on `{image.Board}` runs that could be reached", $"Start one in another terminal: `{image.Start}`");
        }

        var address = BoardAddress.Parse(to);
        var (login, key) = image.Login(new BoardDemand(address, null, parsed.GetValue(_user), parsed.GetValue(_passwordFile), parsed.GetValue(_identity)));
        return new(CheckSubject.LineTo(session, address, login.Password, key, image.ResetsAfterPanic), login with { IsRunning = true });
    }
}

/// <summary>What is known of the image of a machine.</summary>
/// <param name="Board">Its board.</param>
/// <param name="Name">Its name.</param>
/// <param name="Start">What starts a machine with it in QEMU that can be reached.</param>
/// <param name="Login">How to log in to a board, and the private key for SSH.</param>
/// <param name="ResetsAfterPanic">Its kernel resets the machine when it panics.</param>
public sealed record ReachedImage(string Board, string Name, string Start, Func<BoardDemand, (LoginOptions Login, string? Identity)> Login, bool ResetsAfterPanic);

/// <summary>A machine that runs.</summary>
/// <param name="Line">The way to it.</param>
/// <param name="Login">How to come in.</param>
public sealed record ReachedMachine(IBoardLine Line, LoginOptions Login)
{
    /// <summary>Its name in messages.</summary>
    public string Name => Line.Name;

    /// <summary>Logs in, works, and gives the shell back.</summary>
    /// <param name="session">Where the log goes.</param>
    /// <param name="verb">Names the log.</param>
    /// <param name="work">What is done there.</param>
    /// <exception cref="ProblemException">The machine died, or does not answer.</exception>
    public async Task<T> UseAsync<T>(Session session, string verb, Func<SerialConsole, CancellationToken, Task<T>> work)
    {
        var cancellation = session.Interrupts.Gentle;
        var log = Path.Combine(session.WorkspaceRoot, ".imagecraft", "logs", $"{verb}-console.log");
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        File.Delete(log);
        try
        {
            await using var console = await Line.OpenAsync(log, cancellation).ConfigureAwait(false);
            await console.LoginAsync(Login, cancellation).ConfigureAwait(false);
            var result = await work(console, cancellation).ConfigureAwait(false);
            await console.LeaveAsync(cancellation).ConfigureAwait(false);
            // What is typed last must not be cut off with the line.
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation).ConfigureAwait(false);
            return result;
        }
        catch (MachineException problem)
        {
            throw ProblemException.Environment(problem.Message, $"What {Name} said is in `{log}`");
        }
    }
}
