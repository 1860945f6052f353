// A workspace of its own with the repository's feeds, tool roots and lock, one board and whatever recipes a test writes; built by the real command line.

using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.EndToEnd.Tests;

internal sealed class SmallWorkspace : IDisposable
{
    public SmallWorkspace()
    {
        var repository = Repository();
        foreach (var folder in new[] { "recipes/feeds", "recipes/toolroots", "boards/architectures" })
            Copy(Path.Combine(repository, folder), Path.Combine(Root, folder));
        File.Copy(Path.Combine(repository, "imagecraft.lock"), Path.Combine(Root, "imagecraft.lock"));
        Write("boards/small.yaml", "board: small\narchitecture: arm64\nkernel: linux\ncommand-line: console=ttyAMA0\nconsole: ttyAMA0\ndefault-image: small\npartitions:\n  - { name: root, type: linux-root-arm64, content: rootfs.ext4 }\n");
        Write("images/small.yaml", "image: small\npackages: [ hello ]\n");
        WriteRecipe("linux", "system: kernel\n  config: tinyconfig\n  fragments: [ base.config ]", "linux-modules", "/usr/lib/modules/**");
        Write("recipes/linux/base.config", "CONFIG_MODULES=y\n");
        WriteHello();
    }

    /// <summary>Environment variables of the command line beside the process's own.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public string Root { get; } = Directory.CreateTempSubdirectory("imagecraft-end-to-end-").FullName;

    /// <summary>The good recipe: a C program from a local file.</summary>
    public void WriteHello(string body = "puts(\"hello\"); return 0;", string more = "")
    {
        Write("recipes/hello/hello.c", $"#include <stdio.h>\nint main(void) {{ {body} }}\n");
        Write("recipes/hello/Makefile", "hello: hello.c\n\t$(CC) $(CFLAGS) -o $@ $<\ninstall: hello\n\tinstall -D hello $(DESTDIR)/usr/bin/hello\n");
        Write("recipes/hello/hello.yaml", $"recipe: hello\nversion: \"1\"\nlicense: MIT\nsources:\n  - url: \"file:hello.c\"\n  - url: \"file:Makefile\"\n{more}build:\n  system: make\npackages:\n  - {{ name: hello, files: [ \"/usr/bin/*\" ] }}\n");
    }

    public void WriteRecipe(string name, string build, string package, string files, string sources = "", string more = "") =>
        Write($"recipes/{name}/{name}.yaml", $"recipe: {name}\nversion: \"1\"\nlicense: MIT\n{sources}{more}build:\n  {build}\npackages:\n  - {{ name: {package}, files: [ \"{files}\" ] }}\n");

    /// <summary>Copies a recipe of the repository.</summary>
    public void TakeRecipe(string name) => Copy(Path.Combine(Repository(), "recipes", name), Path.Combine(Root, "recipes", name));

    public void Append(string path, string text) => File.AppendAllText(Path.Combine(Root, path), text);

    public void Write(string path, string text)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>Runs a verb on the shared cache, so that tool roots are there already; what a test builds is its own, because its texts are.</summary>
    public async Task<(int ExitCode, string Text)> RunAsync(params string[] arguments)
    {
        var (code, output, errors) = await RunApartAsync(arguments);
        return (code, output + errors);
    }

    /// <summary>The same with its two streams apart.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> RunApartAsync(params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(10));
        var result = await CliWrap.Cli.Wrap("dotnet")
            .WithArguments(["exec", Path.Combine(AppContext.BaseDirectory, "imagecraft.dll"), .. arguments])
            .WithEnvironmentVariables(new Dictionary<string, string?>(Variables!) { ["IMAGECRAFT_WORKSPACE"] = Root })
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(limit.Token);
        return (result.ExitCode, result.StandardOutput.Replace(Root, "ROOT", StringComparison.Ordinal), result.StandardError.Replace(Root, "ROOT", StringComparison.Ordinal));
    }

    /// <summary>Builds one recipe.</summary>
    public Task<(int ExitCode, string Text)> BuildAsync(string recipe) => RunAsync("build", recipe, "--board", "small");

    /// <summary>Builds one recipe, which must succeed.</summary>
    public async Task<string> SucceedAsync(string recipe)
    {
        var (exitCode, text) = await BuildAsync(recipe);
        Assert.True(exitCode == 0, text);
        return text;
    }

    /// <summary>Builds one recipe, which must fail with exit code 3 and without a stack trace.</summary>
    public async Task<string> FailAsync(string recipe)
    {
        var (exitCode, text) = await BuildAsync(recipe);
        Assert.True(exitCode == 3, $"exit code {exitCode}: {text}");
        Assert.DoesNotContain("   at Imagecraft.", text, StringComparison.Ordinal);
        return text;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Imagecraft.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run below a checkout");
        return folder;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
