// docs/testkit.md as it stands: a test project outside of the repository, with the kit as a package.

using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.EndToEnd.Tests;

public sealed class TestKitPackageTests : IDisposable
{
    private const string Usings = "using Imagecraft.TestKit;\n\nnamespace Mine.Tests;\n\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("imagecraft-kit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_project_elsewhere_takes_the_kit_as_a_package_and_dotnet_test_boots_the_image()
    {
        var blocks = MarkdownText.Blocks(MarkdownText.Read("docs/testkit.md"), isParted: false).Select(block => string.Join('\n', block)).ToList();
        foreach (var line in blocks.SelectMany(block => block.Split('\n')).Where(line => line.StartsWith("dotnet pack ", StringComparison.Ordinal)))
            await DotnetAsync(RepositoryWorkspace.Repository, [.. line.Split(' ')[1..^1], Path.Combine(_folder, line.Split(' ')[^1]), "-p:ArtifactsPath=" + Path.Combine(_folder, "artifacts")]);
        var readme = MarkdownText.Blocks(MarkdownText.Read("README.md"), isParted: true).Select(block => string.Join('\n', block));

        // With the rules of this repository, which are strict.
        foreach (var file in new[] { ".editorconfig", "Directory.Build.props" })
            File.Copy(Path.Combine(RepositoryWorkspace.Repository, file), Path.Combine(_folder, file));
        Write("Mine.csproj", Assert.Single(blocks.SelectMany(Projects), project => project.Contains("PackageReference", StringComparison.Ordinal)));
        Write("global.json", Assert.Single(blocks, block => block.StartsWith('{')));
        Write("KernelTests.cs", Assert.Single(blocks, block => block.StartsWith("using ", StringComparison.Ordinal)));
        Write("NoteTests.cs", Usings + Assert.Single(readme, block => block.StartsWith("[Board", StringComparison.Ordinal)));
        Write("Threads.cs", Assert.Single(MarkdownText.Read("docs/testkit.md").Split('`'), word => word.StartsWith("[assembly:", StringComparison.Ordinal)));

        var output = await DotnetAsync(_folder, ["test"]);
        Assert.Contains("total: 2", output, StringComparison.Ordinal);
        Assert.Contains("succeeded: 2", output, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Projects(string block) => block.Split("\n\n").Where(part => part.StartsWith("<Project", StringComparison.Ordinal));

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text + "\n");

    private static async Task<string> DotnetAsync(string folder, string[] arguments)
    {
        var result = await CliWrap.Cli.Wrap("dotnet")
            .WithArguments(arguments)
            .WithWorkingDirectory(folder)
            // What the test's own host was told is not for the compiler's.
            // NuGet keeps a package of one version whatever is packed anew, so the kit would be that of an earlier run.
            .WithEnvironmentVariables(e => e.Set("NUGET_PACKAGES", folder == RepositoryWorkspace.Repository ? null : Path.Combine(folder, "restored")).Set("IMAGECRAFT_WORKSPACE", RepositoryWorkspace.Repository).Set("MSBUILDDISABLENODEREUSE", "1").Set("DOTNET_NOLOGO", "1").Set("DOTNET_CLI_TELEMETRY_OPTOUT", "1"))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {result.ExitCode}: {result.StandardOutput}{result.StandardError}");
        return result.StandardOutput;
    }
}
