// The real command line as a child process in a temporary workspace. Unaware of verbs.

using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.Cli.Tests;

internal sealed class CliProcess : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("imagecraft-test").FullName;

    public void Write(string path, string text)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>Runs a verb; the workspace's path is replaced by ROOT in what it prints.</summary>
    public async Task<(int ExitCode, string Errors, string Output)> RunAsync(params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var result = await CliWrap.Cli.Wrap("dotnet")
            .WithArguments(["exec", Path.Combine(AppContext.BaseDirectory, "imagecraft.dll"), .. arguments])
            .WithEnvironmentVariables(e => e.Set("IMAGECRAFT_WORKSPACE", Root).Set("IMAGECRAFT_CACHE", Path.Combine(Root, "cache")))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(limit.Token);
        return (result.ExitCode, Scrub(result.StandardError), Scrub(result.StandardOutput));
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private string Scrub(string text) => text.Replace(Root, "ROOT", StringComparison.Ordinal);
}
