// The options of checks on a board. Unaware of how it is reached.

using System.CommandLine;
using Imagecraft.Qemu.Boards;

namespace Imagecraft.Cli.Checking;

/// <summary>Which board is checked, and how to get into it.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Power">Command that switches it off and on; null: none.</param>
/// <param name="User">Login name; null: the image's, or root.</param>
/// <param name="PasswordFile">File with its password; null: the image's, or none.</param>
/// <param name="Identity">File with a private key; null: the image's, or those of who checks.</param>
public sealed record BoardDemand(BoardAddress Address, string? Power, string? User, string? PasswordFile, string? Identity);

/// <summary>Adds the options to a command and reads them.</summary>
public sealed class BoardOptions
{
    private readonly Option<string?> _on = new("--on") { Description = $"Check a real board instead of QEMU's machine: {BoardAddress.Forms.Replace("`", "", StringComparison.Ordinal)}", HelpName = "address" };
    private readonly Option<string?> _power = new("--power") { Description = "With --on: shell command that switches the board off and on" };
    private readonly Option<string?> _user = new("--user") { Description = "With --on serial: or labgrid: login name (default: the image's `check-login`, or root)" };
    private readonly Option<string?> _passwordFile = new("--password-file") { Description = "With --on: file with the password in its first line" };
    private readonly Option<string?> _identity = new("--identity") { Description = "With --on ssh: file with a private key" };

    /// <summary>Adds all options to <paramref name="command"/>.</summary>
    public BoardOptions(Command command)
    {
        Option[] all = [_on, _power, _user, _passwordFile, _identity];
        foreach (var option in all)
            command.Options.Add(option);
        _on.Validators.Add(result =>
        {
            try
            {
                if (result.Tokens is [var token])
                    BoardAddress.Parse(token.Value);
            }
            catch (FormatException wrong)
            {
                result.AddError(wrong.Message);
            }
        });
        command.Validators.Add(result =>
        {
            var given = all.Skip(1).Where(o => result.GetResult(o) is { Implicit: false }).Select(o => o.Name).ToList();
            if (given.Count > 0 && result.GetResult(_on) is not { Implicit: false })
                result.AddError($"[{string.Join(", ", given)}] {(given.Count == 1 ? "belongs" : "belong")} to `--on ADDRESS`");
            if (result.GetResult(_user) is { Implicit: false } && result.GetResult(_on)?.Tokens is [{ Value: ['s', 's', 'h', ':', ..] }])
                result.AddError("`--user` does not go with `--on ssh:`, whose address names the user: `ssh://USER@HOST`");
        });
    }

    /// <summary>What was written; null: no board.</summary>
    public BoardDemand? Read(ParseResult parsed) =>
        parsed.GetValue(_on) is { } address ? new(BoardAddress.Parse(address), parsed.GetValue(_power), parsed.GetValue(_user), parsed.GetValue(_passwordFile), parsed.GetValue(_identity)) : null;
}
