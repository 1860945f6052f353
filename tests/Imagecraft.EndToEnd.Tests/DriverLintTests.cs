// The driver of the virtual accelerator by the kernel's own judges: warnings of `W=1`, sparse and checkpatch are errors.

namespace Imagecraft.EndToEnd.Tests;

public sealed class DriverLintTests : IDisposable
{
    private const string Driver = "recipes/vnpu-driver";

    private readonly RepositoryWorkspace _workspace = new();

    [Fact]
    public async Task The_kernel_s_own_judges_have_nothing_to_say_of_the_driver()
    {
        var result = await LintAsync();

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
    }

    [Theory]
    [InlineData("vnpu_job.c", "le32_to_cpu(record->command)", "record->command", "incorrect type in argument")]
    [InlineData("vnpu_job.c", "\tu32 count = 0;\n", "\tu32 count = 0, unused;\n", "unused variable")]
    [InlineData("vnpu_gem.c", "return -EINVAL;\n", "return -EINVAL; \n", "trailing whitespace")]
    public async Task A_mistake_is_found(string file, string right, string wrong, string told)
    {
        var path = Path.Combine(_workspace.Root, Driver, file);
        var text = File.ReadAllText(path);
        Assert.Contains(right, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(right, wrong, StringComparison.Ordinal));

        var result = await LintAsync();

        Assert.Equal(3, result.ExitCode);
        Assert.Contains(told, result.StandardOutput + result.StandardError, StringComparison.Ordinal);
    }

    public void Dispose() => _workspace.Dispose();

    // Against the kernel of the tests. The driver's comments and messages are not broken at column 100.
    private Task<CliWrap.Buffered.BufferedCommandResult> LintAsync()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(_workspace.Root, Driver), "*.?").Select(path => Path.GetFileName(path)!).Append("Makefile").Order(StringComparer.Ordinal);
        _workspace.Write("layers/mine/recipes/vnpu-lint/vnpu-lint.yaml", $$"""
            recipe: vnpu-lint
            version: "1"
            license: GPL-2.0-only
            sources: [ {{string.Join(", ", sources.Select(file => $"{{ url: \"file:../../../../{Driver}/{file}\" }}"))}} ]
            build:
              system: kernel-module
              tools: [ kernel-lint ]
              before: perl /usr/src/linux-dev/scripts/checkpatch.pl --no-tree --strict --max-line-length=200 --terse -f *.c *.h
              make: [ W=1, C=2, "CHECK=sparse -Wsparse-error", KCFLAGS=-Werror ]
            packages: [ { name: vnpu-lint, files: [ "/usr/lib/modules/**" ] } ]

            """);
        return _workspace.RunAsync("build", "vnpu-lint", "--board", "qemu-arm64", "--locked");
    }
}
