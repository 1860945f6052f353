// Words that a shell completes, by the program itself and by a real bash.

using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.Cli.Tests;

public sealed class CompletionTests : IDisposable
{
    private readonly CliProcess _cli = new();

    public CompletionTests()
    {
        _cli.Write("boards/arch.yaml", "architecture: riscv64\ndebian: riscv64\ntriplet: riscv64-linux-gnu\nkernel-arch: riscv\nkernel-image: Image\ncpu: riscv64\ntoolroot: cross\n");
        foreach (var board in new[] { "desk", "deck", "lamp" })
            _cli.Write($"boards/{board}.yaml", $"board: {board}\narchitecture: riscv64\nkernel: linux\ncommand-line: x\nconsole: ttyS0\ndefault-image: good\n");
        _cli.Write("images/good.yaml", "image: good\n");
        foreach (var recipe in new[] { "zlib", "zstd" })
            _cli.Write($"recipes/{recipe}.yaml", $"recipe: {recipe}\nversion: 1\nlicense: MIT\nbuild: {{ system: script, steps: \"true\" }}\n");
        // What is wrong elsewhere is no matter of words.
        _cli.Write("recipes/wrong.yaml", "recipe: wrong\nodd: 1\n");
    }

    [Theory]
    [InlineData("imag", "image")]
    [InlineData("image --board de", "deck desk")]
    [InlineData("image -b ", "deck desk lamp")]
    [InlineData("image --image ", "good")]
    [InlineData("image --board=de", "--board=deck --board=desk")]
    [InlineData("image --jobs=", "")]
    [InlineData("build z", "zlib zstd")]
    [InlineData("build zlib zs", "zstd")]
    [InlineData("edit zlib --fi", "--finish")]
    [InlineData("update zlib zs", "zstd")]
    [InlineData("update --no", "--no-build")]
    [InlineData("deploy zlib --to q", "qemu")]
    [InlineData("show boa", "board")]
    [InlineData("show board l", "lamp")]
    [InlineData("new ", "board image layer model recipe workspace")]
    [InlineData("new recipe --mi", "--mirror")]
    [InlineData("cache g", "gc")]
    [InlineData("completion ", "")]
    [InlineData("nonsense x", "")]
    [InlineData("build zlib:", "")]
    public async Task Verbs_options_and_names_are_completed(string line, string words)
    {
        var (_, errors, output) = await _cli.RunAsync(["complete", .. line.Split(' ')]);
        Assert.Equal((words, ""), (output.Trim().Replace('\n', ' '), errors));
    }

    [Theory]
    [InlineData("./build.sh show board de", "deck desk")]
    [InlineData("./build.sh image --locked --board ", "deck desk lamp")]
    [InlineData("./build.sh image --board=de", "deck desk")]
    [InlineData("./build.sh deploy zlib --to serial:", "")]
    [InlineData("./build.sh deploy zlib --to ser", "serial:")]
    public async Task Bash_gets_them_by_its_script(string line, string words)
    {
        _cli.Write("build.sh", $"#!/bin/sh\nIMAGECRAFT_WORKSPACE='{_cli.Root}' exec dotnet exec '{Path.Combine(AppContext.BaseDirectory, "imagecraft.dll")}' \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(_cli.Root, "build.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var result = await CliWrap.Cli.Wrap("bash")
            .WithArguments(["-c", "source <(./build.sh completion bash); complete -p ./build.sh > /dev/null; COMP_LINE=$1; COMP_POINT=${#1}; _imagecraft; echo \"${COMPREPLY[*]}\"", "bash", line])
            .WithWorkingDirectory(_cli.Root).ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.Equal((words, ""), (result.StandardOutput.Trim(), result.StandardError));
    }

    [Fact]
    public async Task Another_shell_is_told_which_there_are() => Assert.Contains("zsh", (await _cli.RunAsync("completion", "tcsh")).Errors, StringComparison.Ordinal);

    public void Dispose() => _cli.Dispose();
}
