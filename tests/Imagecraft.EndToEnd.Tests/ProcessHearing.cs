// Listens to a program that runs.

using System.Diagnostics;
using System.Text;

namespace Imagecraft.EndToEnd.Tests;

internal static class ProcessHearing
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Starts the command line in a workspace, with its three streams at hand.</summary>
    /// <param name="workspace">Root of the workspace.</param>
    /// <param name="arguments">The verb and what follows it.</param>
    public static Process StartCli(string workspace, params IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "imagecraft.dll"), .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["IMAGECRAFT_WORKSPACE"] = workspace },
    })!;

    /// <summary>Starts the command line on a terminal of 80 columns, whose keyboard is the standard input.</summary>
    /// <param name="workspace">Root of the workspace.</param>
    /// <param name="arguments">The verb and what follows it; words without blanks.</param>
    public static Process StartOnTerminal(string workspace, params IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo("script", ["-qefc", $"dotnet exec '{Path.Combine(AppContext.BaseDirectory, "imagecraft.dll")}' {string.Join(' ', arguments)}", "/dev/null"])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        Environment = { ["IMAGECRAFT_WORKSPACE"] = workspace, ["TERM"] = "xterm" },
    })!;

    /// <summary>All that is said until something is.</summary>
    /// <param name="run">The program.</param>
    /// <param name="said">Gets what it says.</param>
    /// <param name="awaited">What is waited for.</param>
    public static async Task<string> HearAsync(this Process run, StringBuilder said, string awaited)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var start = said.Length;
        var buffer = new char[1024];
        while (!said.ToString(start, said.Length - start).Contains(awaited, StringComparison.Ordinal))
        {
            var read = await ReadAsync();
            if (read == 0)
                Assert.Fail($"It ended before it said `{awaited}`: {said}");
            said.Append(buffer, 0, read);
        }

        return said.ToString(start, said.Length - start);

        async Task<int> ReadAsync()
        {
            try
            {
                return await run.StandardOutput.ReadAsync(buffer, limit.Token);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"It did not say `{awaited}` in {Limit.TotalMinutes} minutes: {said}");
            }
        }
    }
}
