// Tries a command of the host and tells how it ended. Unaware of what is examined.

using System.ComponentModel;
using System.Text;
using CliWrap;

namespace Imagecraft.Cli.Doctor;

/// <summary>How a tried command ended.</summary>
/// <param name="ExitCode">Its exit code; null when the program does not exist here or hung.</param>
/// <param name="Text">What it printed.</param>
public sealed record ProbeResult(int? ExitCode, string Text)
{
    /// <summary>It could be tried, and worked.</summary>
    public bool Worked => ExitCode == 0;
}

/// <summary>Runs small commands with a time limit.</summary>
public static class Probe
{
    /// <summary>Runs <paramref name="program"/>; never throws for its failures.</summary>
    public static async Task<ProbeResult> RunAsync(string program, IReadOnlyList<string> arguments, string folder, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        var text = new StringBuilder();
        try
        {
            var result = await CliWrap.Cli.Wrap(program)
                .WithArguments(arguments)
                .WithWorkingDirectory(folder)
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(text))
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(text))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(limit.Token).ConfigureAwait(false);
            return new ProbeResult(result.ExitCode, text.ToString().Trim());
        }
        catch (Win32Exception missing)
        {
            return new ProbeResult(null, missing.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProbeResult(null, $"`{program}` did not end within 20 seconds");
        }
    }
}
