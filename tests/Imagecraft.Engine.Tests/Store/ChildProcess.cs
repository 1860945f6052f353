// Runs one explicit test of this program in a process of its own. Unaware of what it tests.

using System.Diagnostics;

namespace Imagecraft.Engine.Tests.Store;

internal static class ChildProcess
{
    /// <summary>Runs the explicit test <paramref name="method"/> with a variable set, behind the words of <paramref name="wrapper"/>; returns its exit code and output.</summary>
    internal static async Task<(int ExitCode, string Output)> RunTestAsync(Type type, string method, (string Name, string Value) variable, params string[] wrapper)
    {
        using var process = StartTest(type, method, variable, wrapper);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(StoreFixture.Token);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Starts it; the caller ends it.</summary>
    internal static Process StartTest(Type type, string method, (string Name, string Value) variable, params string[] wrapper)
    {
        string[] words = [.. wrapper, Environment.ProcessPath!, "-noLogo", "-noColor", "-explicit", "only", "-method", $"{type.FullName}.{method}"];
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[variable.Name] = variable.Value;
        return Process.Start(start)!;
    }
}
