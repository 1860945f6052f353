// Starts the runtime as a user does. Unaware of what is asked of it.

using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.Runtime.Tests;

static class Infer
{
    /// <summary>The program that the build of these tests left beside them.</summary>
    static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Imagecraft.Infer", new DirectoryInfo(AppContext.BaseDirectory).Name, "imagecraft-infer.dll"));

    public static async Task<BufferedCommandResult> RunAsync(params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        return await Cli.Wrap("dotnet").WithArguments([Program, .. arguments]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token);
    }

    /// <summary>An error of the user's making: exit code 3, one line, no stack trace.</summary>
    public static async Task<string> FailAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith("imagecraft-infer: ", result.StandardError, StringComparison.Ordinal);
        Assert.Equal(1, result.StandardError.Count(character => character == '\n'));
        Assert.DoesNotContain("   at ", result.StandardError, StringComparison.Ordinal);
        return result.StandardError;
    }
}
