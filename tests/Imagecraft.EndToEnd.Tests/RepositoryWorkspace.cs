// The repository's recipes with a layer of a test's own above them, and the real command line on both.

using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.EndToEnd.Tests;

/// <summary>A folder with the repository's documents, links to its other files, and a layer <c>mine</c>.</summary>
internal sealed class RepositoryWorkspace : IDisposable
{
    public RepositoryWorkspace()
    {
        // Links of a layer, and what its documents name, may not lead out of the workspace.
        foreach (var name in new[] { "boards", "images", "models", "recipes", "runtime" })
            Copy(Path.Combine(Repository, name), Path.Combine(Root, name));
        foreach (var name in new[] { "imagecraft.lock", "Directory.Build.props", "Directory.Packages.props", ".editorconfig", "global.json" })
            File.CreateSymbolicLink(Path.Combine(Root, name), Path.Combine(Repository, name));
        Write("layers/mine/layer.yaml", "layer: mine\n");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("imagecraft-layer-").FullName;

    /// <summary>The checkout that the tests run in.</summary>
    public static string Repository
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Imagecraft.sln")))
                folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run below a checkout");
            return folder;
        }
    }

    public void Write(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public void Append(string path, string text) => File.AppendAllText(Path.Combine(Root, path), text);

    /// <summary>Copies a folder of the repository that is not there yet.</summary>
    public void Take(string path) => Copy(Path.Combine(Repository, path), Path.Combine(Root, path));

    public Task<BufferedCommandResult> RunAsync(params string[] arguments) => RunAsync(TimeSpan.FromMinutes(40), arguments);

    public async Task<BufferedCommandResult> RunAsync(TimeSpan atMost, params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(atMost);
        return await CliWrap.Cli.Wrap("dotnet")
            .WithArguments(["exec", Path.Combine(AppContext.BaseDirectory, "imagecraft.dll"), .. arguments])
            .WithEnvironmentVariables(e => e.Set("IMAGECRAFT_WORKSPACE", Root))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(limit.Token);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
