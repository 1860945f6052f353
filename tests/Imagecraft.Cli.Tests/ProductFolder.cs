// A folder with a workspace `product` and what lies beside it, and the command line called within. Unaware of what is tested.

using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.Cli.Tests;

internal sealed class ProductFolder : IDisposable
{
    /// <summary>Holds everything of the test; called BASE in what the command line says.</summary>
    public string Base { get; } = Directory.CreateTempSubdirectory("imagecraft-own-").FullName;

    public string Product => Path.Combine(Base, "product");

    /// <summary>An empty cache of its own, unless the test needs what the user's has.</summary>
    public string Cache { get => field ?? Path.Combine(Base, "cache"); init; }

    /// <summary>Variables of the calls, beside those that every call gets.</summary>
    public Dictionary<string, string?> Variables { get; } = [];

    /// <summary>The cache that tests themselves are run with.</summary>
    public static string UsersCache => Environment.GetEnvironmentVariable("IMAGECRAFT_CACHE") is { Length: > 0 } own ? own
        : Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } caches ? caches : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "imagecraft");

    public async Task<(int ExitCode, string Text)> RunAsync(string folder, params string[] arguments)
    {
        var result = await CliWrap.Cli.Wrap("dotnet")
            .WithArguments(["exec", Path.Combine(AppContext.BaseDirectory, "imagecraft.dll"), .. arguments])
            .WithWorkingDirectory(folder)
            .WithEnvironmentVariables(e => e.Set("IMAGECRAFT_WORKSPACE", null).Set("IMAGECRAFT_CORE", Golden.Root).Set("IMAGECRAFT_CACHE", Cache).Set(Variables))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        return (result.ExitCode, (result.StandardOutput + result.StandardError).Replace(Base, "BASE", StringComparison.Ordinal));
    }

    public async Task<string> SucceedAsync(string folder, params string[] arguments)
    {
        var (exitCode, text) = await RunAsync(folder, arguments);
        Assert.True(exitCode == 0, text);
        return text;
    }

    /// <summary>What it says when it fails for a reason of the user's.</summary>
    public async Task<string> RefuseAsync(string folder, params string[] arguments)
    {
        var (exitCode, text) = await RunAsync(folder, arguments);
        Assert.True(exitCode == 3, text);
        return text;
    }

    /// <summary>Writes a file below <see cref="Base"/>.</summary>
    public void Write(string path, string text)
    {
        var file = Path.Combine(Base, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>Changes the product's <c>imagecraft.yaml</c>.</summary>
    public void Replace(string old, string replacement)
    {
        var file = Path.Combine(Product, "imagecraft.yaml");
        var text = File.ReadAllText(file);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(old, replacement, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(Base, recursive: true);
}
