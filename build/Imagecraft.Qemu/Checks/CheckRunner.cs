// Runs checks on a console and judges what they give. Unaware of QEMU and of printing.

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Qemu.Checks;

/// <summary>Runs checks one after the other.</summary>
public static class CheckRunner
{
    private static readonly TimeSpan PatternLimit = TimeSpan.FromSeconds(5);

    /// <summary>Logs in and runs all checks. A machine that dies breaks the check at hand and all later ones, and the report says so.</summary>
    /// <param name="name">What is booted, for the report.</param>
    /// <param name="console">Console of the booting machine.</param>
    /// <param name="login">How to log in. The login is the report's first check.</param>
    /// <param name="checks">In order.</param>
    /// <param name="progress">Told after each check.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public static async Task<CheckReport> RunAsync(
        string name, SerialConsole console, LoginOptions login, IReadOnlyList<Check> checks, IProgress<CheckResult>? progress, CancellationToken cancellationToken)
    {
        var results = ImmutableArray.CreateBuilder<CheckResult>(checks.Count + 1);
        MachineException? death = null;
        var boot = new Check { Owner = "kernel", Name = "boot-to-login", Run = $"login as {login.User}", Limit = login.Limit };
        foreach (Check check in checks.Prepend(boot))
        {
            CheckResult result;
            try
            {
                result = death is not null
                    ? new(check, CheckOutcome.Broken, [$"Not run, because the machine died before: {death.Headline}"], "", TimeSpan.Zero)
                    : check == boot ? await LoginAsync(console, login, boot, cancellationToken) : await RunOneAsync(console, check, cancellationToken);
            }
            catch (MachineException failure)
            {
                death = failure;
                result = new(check, CheckOutcome.Broken, [failure.Message], "", TimeSpan.Zero);
            }

            results.Add(result);
            progress?.Report(result);
        }

        return new(name, results.ToImmutable(), console.BootTime);
    }

    /// <summary>Runs one check on a console that is logged in.</summary>
    /// <exception cref="MachineException">The machine died.</exception>
    public static async Task<CheckResult> RunOneAsync(SerialConsole console, Check check, CancellationToken cancellationToken)
    {
        CommandResult given = await console.RunAsync(check.Run, check.Limit, cancellationToken);
        ImmutableArray<string> problems = [.. Problems(check, given)];
        return new(check, problems.Length == 0 ? CheckOutcome.Passed : CheckOutcome.Failed, problems, given.Output, given.Duration);
    }

    private static async Task<CheckResult> LoginAsync(SerialConsole console, LoginOptions login, Check boot, CancellationToken cancellationToken)
    {
        await console.LoginAsync(login, cancellationToken);
        return new(boot, CheckOutcome.Passed, [], "", console.BootTime ?? TimeSpan.Zero);
    }

    internal static IEnumerable<string> Problems(Check check, CommandResult given)
    {
        if (given.End == CommandEnd.TimedOut)
            yield return $"Command did not end within {check.Limit.TotalSeconds:0.#} s";
        else if (given.End == CommandEnd.Flooded)
            yield return "Command printed without end";
        else if (given.ExitCode != check.Exit)
            yield return $"Exit code is {given.ExitCode}, expected {check.Exit}";
        foreach (string text in check.Contains.Where(text => !given.Output.Contains(text, StringComparison.Ordinal)))
            yield return $"Output does not contain `{text}`";
        foreach (string pattern in check.Matches)
            if (Find(pattern, given.Output) is not { Success: true })
                yield return $"Output does not match `{pattern}`";
        foreach (string pattern in check.MatchesNot)
            if (Find(pattern, given.Output) is { Success: true } match)
                yield return $"Output matches `{pattern}`: `{LineAt(given.Output, match.Index)}`";
    }

    private static Match? Find(string pattern, string output)
    {
        try
        {
            return Regex.Match(output, pattern, RegexOptions.Multiline | RegexOptions.CultureInvariant, PatternLimit);
        }
        catch (Exception exception) when (exception is RegexParseException or RegexMatchTimeoutException)
        {
            // A pattern that is none, or never ends, matches nothing: the check fails and names it.
            return null;
        }
    }

    private static string LineAt(string text, int index)
    {
        int start = text.LastIndexOf('\n', Math.Max(0, index - 1)) + 1;
        int end = text.IndexOf('\n', index);
        return text[start..(end < 0 ? text.Length : end)].Trim();
    }
}
