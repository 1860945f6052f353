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
    public Task<(int ExitCode, string Errors, string Output)> RunAsync(params string[] arguments) => RunInAsync(Root, arguments);

    /// <summary>The same in a workspace that is not the test's own; nothing of it may be changed.</summary>
    public async Task<(int ExitCode, string Errors, string Output)> RunInAsync(string workspace, params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var result = await CliWrap.Cli.Wrap("dotnet")
            .WithArguments(["exec", Path.Combine(AppContext.BaseDirectory, "imagecraft.dll"), .. arguments])
            .WithEnvironmentVariables(e => e.Set("IMAGECRAFT_WORKSPACE", workspace).Set("IMAGECRAFT_CACHE", Path.Combine(Root, "cache")))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(limit.Token);
        return (result.ExitCode, Scrub(result.StandardError), Scrub(result.StandardOutput));

        string Scrub(string text) => text.Replace(workspace, "ROOT", StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
