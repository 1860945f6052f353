// Starts the runtime as a user does. Unaware of what is asked of it.

using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.Runtime.Tests;

static class Infer
{
    /// <summary>The program that the build of these tests left beside them.</summary>
    internal static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Imagecraft.Infer", new DirectoryInfo(AppContext.BaseDirectory).Name, "imagecraft-infer.dll"));

    public static Task<BufferedCommandResult> RunAsync(params string[] arguments) => RunUnderAsync([], arguments);

    /// <summary>Runs it by another program, which is given the whole command line behind its own words.</summary>
    public static Task<BufferedCommandResult> RunUnderAsync(string[] wrapper, params string[] arguments) => StartAsync([.. wrapper, "dotnet", Program, .. arguments]);

    /// <summary>Runs a copy of the program.</summary>
    public static Task<BufferedCommandResult> RunProgramAsync(string program, params string[] arguments) => StartAsync(["dotnet", program, .. arguments]);

    static async Task<BufferedCommandResult> StartAsync(string[] words)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        return await Cli.Wrap(words[0]).WithArguments(words[1..]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(limit.Token);
    }

    /// <summary>An error of the user's making: exit code 3, one line, no stack trace.</summary>
    public static async Task<string> FailAsync(params string[] arguments) => Failure(await RunAsync(arguments));

    /// <inheritdoc cref="FailAsync"/>
    public static string Failure(BufferedCommandResult result)
    {
        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith("imagecraft-infer: ", result.StandardError, StringComparison.Ordinal);
        Assert.Equal(1, result.StandardError.Count(character => character == '\n'));
        Assert.DoesNotContain("   at ", result.StandardError, StringComparison.Ordinal);
        return result.StandardError;
    }
}
