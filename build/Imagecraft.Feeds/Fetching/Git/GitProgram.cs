// Runs git with nothing of the caller's: no variables, no configuration, no hooks, no helpers. Unaware of repositories.

using System.Collections;
using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.Feeds.Fetching;

/// <summary>git in a folder of its own. Of the user it sees the proxies, the ssh agent and the hosts that ssh knows, and nothing else.</summary>
/// <remarks>Source: git(1), section "Environment Variables"; git-config(1); ssh_config(5).</remarks>
internal sealed class GitProgram(GitCommand command, GitFolders folders, string scheme)
{
    private static readonly string[] Kept = ["PATH", "SSH_AUTH_SOCK", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];

    // Transfers are checked (fsck) but for three old slips that harm nothing. Nothing asks, runs by itself, or waits for a silent server for ever.
    private static readonly string[] Configuration =
    [
        "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.askPass=", "credential.helper=", "gc.auto=0", "maintenance.auto=false", "submodule.recurse=false",
        "transfer.fsckObjects=true", "fetch.fsck.zeroPaddedFilemode=warn", "fetch.fsck.missingSpaceBeforeDate=warn", "fetch.fsck.badTimezone=warn",
        "http.followRedirects=initial", "http.lowSpeedLimit=100", "http.lowSpeedTime=60",
    ];

    /// <summary>What it prints.</summary>
    /// <exception cref="FeedException">It failed; the message has its own words.</exception>
    public async Task<string> TextAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var result = await Prepared(arguments).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
        return result.IsSuccess ? result.StandardOutput : throw Failed(result.StandardError);
    }

    /// <summary>Feeds it <paramref name="input"/> and lets <paramref name="read"/> read what it prints; it is ended when that fails.</summary>
    /// <exception cref="FeedException">It failed.</exception>
    public async Task StreamAsync(string input, Func<Stream, Task> read, CancellationToken cancellationToken, params string[] arguments)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var errors = new System.Text.StringBuilder();
        Exception? problem = null;
        var run = Prepared(arguments).WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(PipeSource.FromString(input)).WithStandardErrorPipe(PipeTarget.ToStringBuilder(errors))
            .WithStandardOutputPipe(PipeTarget.Create(async (stream, _) =>
            {
                try
                {
                    await read(stream);
                }
                catch (Exception e)
                {
                    problem = e;
                    await end.CancelAsync();
                }
            }));
        try
        {
            var result = await run.ExecuteAsync(end.Token);
            if (problem is null && !result.IsSuccess) throw Failed(errors.ToString());
        }
        catch (OperationCanceledException) when (problem is not null)
        {
            // The reader's failure is the story.
        }
        if (problem is EndOfStreamException) throw Failed(errors.Length > 0 ? errors.ToString() : "it ended too early");
        if (problem is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(problem);
    }

    private Command Prepared(string[] arguments)
    {
        var line = command([.. Configuration.SelectMany(c => (string[])["-c", c]), .. arguments], folders);
        return Cli.Wrap(line[0]).WithArguments(line.Skip(1)).WithWorkingDirectory(folders.Work).WithEnvironmentVariables(Environment());
    }

    private Dictionary<string, string?> Environment()
    {
        var variables = System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(v => (string)v.Key).Where(v => !Kept.Contains(v)).ToDictionary(v => v, _ => (string?)null, StringComparer.Ordinal);
        var home = Directory.CreateDirectory(Path.Combine(folders.Work, "home")).FullName;
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["HOME"] = home,
            ["XDG_CONFIG_HOME"] = home,
            ["TMPDIR"] = folders.Work,
            ["PATH"] = $"{System.Environment.GetEnvironmentVariable("PATH")}:/usr/bin:/bin",
            ["LC_ALL"] = "C",
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_CONFIG_SYSTEM"] = "/dev/null",
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_ATTR_NOSYSTEM"] = "1",
            ["GIT_ALLOW_PROTOCOL"] = scheme,
            ["GIT_TERMINAL_PROMPT"] = "0",
            ["GIT_NO_REPLACE_OBJECTS"] = "1",
            ["GIT_NO_LAZY_FETCH"] = "1",
            ["GIT_SSH_COMMAND"] = Ssh(),
            ["GIT_SSH_VARIANT"] = "ssh",
        })
            variables[name] = value;
        return variables;
    }

    // git hands this to a shell. Keys come from the agent alone, and a host that is not known is refused.
    private static string Ssh()
    {
        var option = $"UserKnownHostsFile=\"{GitCommands.KnownHosts}\"".Replace("'", "'\\''", StringComparison.Ordinal);
        return $"ssh -F /dev/null -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=15 -o ServerAliveCountMax=4 -o StrictHostKeyChecking=yes -o '{option}' -o IdentityFile=none -o ForwardAgent=no -o ForwardX11=no -o PermitLocalCommand=no";
    }

    private static FeedException Failed(string words)
    {
        var printable = string.Concat(words.Replace("\r", "", StringComparison.Ordinal).Trim().Select(c => c is '\n' or >= ' ' and not '\x7f' ? c : '?'));
        if (printable.Contains("No space left on device", StringComparison.Ordinal)) return new(FeedCause.DiskFull, "No space left for what git fetches; make room, e.g. with `./build.sh cache gc`, or set IMAGECRAFT_CACHE to a folder on a larger disk");
        var remedy = printable.Contains("dubious ownership", StringComparison.Ordinal) ? "; clone it into a folder of your own and name that" : "";
        return new FeedException($"git said: {printable}{remedy}", userError: false);
    }
}
