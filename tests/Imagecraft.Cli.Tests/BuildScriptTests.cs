// build.sh against a fake SDK: when it compiles, what it hands over, what it says when it cannot.

namespace Imagecraft.Cli.Tests;

public sealed class BuildScriptTests : IDisposable
{
    private readonly FakeCheckout _checkout = new();

    [Fact]
    public async Task Arguments_workspace_and_exit_code_pass_through_unchanged()
    {
        var result = await _checkout.RunAsync(["image", "--board", "a b", ""], new() { ["FAKE_EXIT"] = "3" });

        Assert.Equal($"workspace={_checkout.Root}\nargument=image\nargument=--board\nargument=a b\nargument=\n", result.StandardOutput);
        Assert.Equal(3, result.ExitCode);
    }

    [Theory]
    [InlineData("../a checkout/build.sh")]
    [InlineData("second")]
    public async Task A_link_to_it_means_the_checkout_that_it_lies_in(string target)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_checkout.Base, "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "second"), Path.Combine(_checkout.Root, "build.sh"));
        var link = File.CreateSymbolicLink(Path.Combine(folder, "imagecraft"), target).FullName;

        var result = await _checkout.RunAsync(["list"], script: link);

        Assert.Equal($"workspace={_checkout.Root}\nargument=list\n", result.StandardOutput);
        Assert.False(Directory.Exists(Path.Combine(folder, "artifacts")));
    }

    [Fact]
    public async Task It_compiles_once_and_then_not_again()
    {
        for (var i = 0; i < 3; i++)
            await _checkout.RunAsync(["list"]);

        Assert.Equal(1, _checkout.Publications);
    }

    [Fact]
    public async Task A_changed_source_compiles_again_even_when_it_has_an_old_time()
    {
        var source = Path.Combine(_checkout.Root, "build", "Imagecraft.Cli", "Program.cs");
        await _checkout.RunAsync(["list"]);
        await Tick();

        await File.WriteAllTextAsync(source, "return 1;", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(source, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await _checkout.RunAsync(["list"]);

        Assert.Equal(2, _checkout.Publications);
    }

    [Fact]
    public async Task A_deleted_source_compiles_again()
    {
        await _checkout.RunAsync(["list"]);
        await Tick();

        File.Delete(Path.Combine(_checkout.Root, "build", "Imagecraft.Cli", "Program.cs"));
        await _checkout.RunAsync(["list"]);

        Assert.Equal(2, _checkout.Publications);
    }

    [Fact]
    public async Task A_changed_version_list_compiles_again()
    {
        await _checkout.RunAsync(["list"]);
        await Tick();

        await File.AppendAllTextAsync(Path.Combine(_checkout.Root, "Directory.Packages.props"), "<!-- -->", TestContext.Current.CancellationToken);
        await _checkout.RunAsync(["list"]);

        Assert.Equal(2, _checkout.Publications);
    }

    [Fact]
    public async Task Calls_at_the_same_time_compile_once_and_all_succeed()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _checkout.RunAsync(["list"])));

        Assert.All(results, r => Assert.Equal(0, r.ExitCode));
        Assert.Equal(1, _checkout.Publications);
    }

    [Fact]
    public async Task A_compile_error_shows_the_compilers_words_and_the_corrected_source_compiles()
    {
        var source = Path.Combine(_checkout.Root, "build", "Imagecraft.Cli", "Program.cs");
        await File.WriteAllTextAsync(source, "syntax-error", TestContext.Current.CancellationToken);

        var broken = await _checkout.RunAsync(["list"]);
        await File.WriteAllTextAsync(source, "return 0;", TestContext.Current.CancellationToken);
        var corrected = await _checkout.RunAsync(["list"]);

        Assert.Equal(2, broken.ExitCode);
        Assert.Contains("error CS1002", broken.StandardError, StringComparison.Ordinal);
        Assert.Equal(0, corrected.ExitCode);
    }

    [Fact]
    public async Task Without_an_SDK_it_installs_one_into_the_cache()
    {
        var sdk = Path.Combine(_checkout.Base, "sdk");
        File.Move(Path.Combine(_checkout.Tools, "dotnet"), sdk);
        var script = Path.Combine(_checkout.Base, "install.sh");
        FakeCheckout.WriteScript(script, $"""
            while [[ $1 != --install-dir ]]; do shift; done
            cp "{sdk}" "$2/dotnet"
            """);
        LinkSystemTools("curl");

        var result = await _checkout.RunAsync(["list"], new() { ["IMAGECRAFT_DOTNET_INSTALL"] = new Uri(script).AbsoluteUri }, _checkout.Tools);

        Assert.True(result.ExitCode == 0, result.StandardError);
        Assert.True(File.Exists(Path.Combine(_checkout.Cache, ".dotnet", "dotnet")));
    }

    [Fact]
    public async Task Without_an_SDK_and_without_curl_and_wget_it_says_what_to_do()
    {
        File.Delete(Path.Combine(_checkout.Tools, "dotnet"));
        LinkSystemTools();

        var result = await _checkout.RunAsync(["list"], path: _checkout.Tools);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Neither curl nor wget", result.StandardError, StringComparison.Ordinal);
        Assert.Contains("put `dotnet` on PATH", result.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_of_which_only_the_times_changed_is_not_compiled_again()
    {
        await _checkout.RunAsync(["list"]);
        await Tick();

        File.SetLastWriteTimeUtc(Path.Combine(_checkout.Root, "build", "Imagecraft.Cli", "Program.cs"), DateTime.UtcNow);
        await _checkout.RunAsync(["list"]);

        Assert.Equal(1, _checkout.Publications);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_the_applets_of_busybox_it_compiles_when_a_source_changed_and_only_then(bool usualToolsToo)
    {
        var source = Path.Combine(_checkout.Root, "build", "Imagecraft.Cli", "Program.cs");
        var path = $"{_checkout.Tools}:{LinkApplets()}{(usualToolsToo ? ":/usr/bin:/bin" : "")}";

        for (var call = 0; call < 3; call++)
        {
            var result = await _checkout.RunAsync(["list"], path: path);
            Assert.Equal(0, result.ExitCode);
            Assert.Equal(call == 0 ? "Compiling the orchestrator\n" : "", result.StandardError);
        }

        Assert.Equal(1, _checkout.Publications);
        await File.WriteAllTextAsync(source, "return 1;", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(source, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await _checkout.RunAsync(["list"], path: path);
        await _checkout.RunAsync(["list"], path: path);
        Assert.Equal(2, _checkout.Publications);
        File.Delete(source);
        await _checkout.RunAsync(["list"], path: path);
        await _checkout.RunAsync(["list"], path: path);
        Assert.Equal(3, _checkout.Publications);
    }

    [Fact]
    public async Task Of_many_compilations_the_last_two_are_kept_with_busybox_too()
    {
        var path = $"{_checkout.Tools}:{LinkApplets()}";
        for (var number = 0; number < 4; number++)
        {
            await File.WriteAllTextAsync(Path.Combine(_checkout.Root, "build", "Imagecraft.Cli", "Program.cs"), $"return {number};", TestContext.Current.CancellationToken);
            await _checkout.RunAsync(["list"], path: path);
        }

        Assert.Equal((4, 2), (_checkout.Publications, Directory.GetDirectories(Path.Combine(_checkout.Root, "artifacts", "orchestrator")).Length));
    }

    public void Dispose() => _checkout.Dispose();

    // A folder with every applet of busybox, and with bash, which build.sh is written for.
    private string LinkApplets()
    {
        var root = Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_APPLETS") is { Length: > 0 } set ? set
            : throw new InvalidOperationException("`IMAGECRAFT_TEST_APPLETS` is not set; run the tests by `./build.sh test`, or set it to a folder with `usr/bin/busybox`");
        var busybox = new[] { "usr/bin/busybox", "bin/busybox" }.Select(f => Path.Combine(root, f)).First(File.Exists);
        var folder = Directory.CreateDirectory(Path.Combine(_checkout.Base, "applets")).FullName;
        using var list = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(busybox, ["--list"]) { RedirectStandardOutput = true })!;
        foreach (var applet in list.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries))
            File.CreateSymbolicLink(Path.Combine(folder, applet), busybox);
        File.CreateSymbolicLink(Path.Combine(folder, "bash"), "/bin/bash");
        return folder;
    }

    // File times come from the kernel's clock tick, which is at most 10 ms.
    private static Task Tick() => Task.Delay(30, TestContext.Current.CancellationToken);

    // A PATH on which the machine's own dotnet cannot be found.
    private void LinkSystemTools(params string[] further)
    {
        foreach (var tool in (string[])["bash", "find", "flock", "mkdir", "mv", "rm", "ls", "tail", "touch", "date", "readlink", "cp", "grep", "sleep", .. further])
        {
            var real = new[] { "/usr/bin", "/bin" }.Select(f => Path.Combine(f, tool)).First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(_checkout.Tools, tool), real);
        }
    }
}
