// The tree that modules are built against, of kernels that cannot make it themselves: the script on a small tree of the same form.

using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.Planning.Tests;

public sealed class DevelopmentTreeTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("imagecraft-development-tree-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Makefiles_headers_and_programs_are_taken_and_objects_are_not()
    {
        foreach (var file in new[] { "Makefile", "scripts/Makefile.build", "scripts/mod/modpost.c", "include/linux/module.h", "arch/arm64/Makefile", "arch/arm64/include/asm/page.h", "arch/arm64/kernel/entry.S", "arch/riscv/Makefile", "drivers/a.c" })
            Write($"source/{file}");
        foreach (var file in new[] { "Module.symvers", "scripts/mod/modpost", "scripts/mod/modpost.o", "scripts/mod/.modpost.cmd", "scripts/module.lds", "include/generated/autoconf.h", "include/config/auto.conf", "include/config/kernel.release", "include/config/MODULES", "arch/arm64/include/generated/asm/types.h", "vmlinux", "tools/objtool/objtool" })
            Write($"build/{file}");

        await RunAsync();

        var tree = Path.Combine(_root, "result");
        Assert.Equal(
            ["Makefile", "Module.symvers", "arch/arm64/Makefile", "arch/arm64/include/asm/page.h", "arch/arm64/include/generated/asm/types.h", "include/config/auto.conf", "include/config/kernel.release", "include/generated/autoconf.h", "include/linux/module.h", "scripts/Makefile.build", "scripts/mod/modpost", "scripts/mod/modpost.c", "scripts/module.lds", "tools/objtool/objtool"],
            Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(tree, f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_kernel_that_can_make_it_does_so_itself()
    {
        Write("source/scripts/package/install-extmod-build", "mkdir -p \"$1\"; echo \"$srctree $SRCARCH $CC\" > \"$1/made\"\n");
        Directory.CreateDirectory(Path.Combine(_root, "build"));

        await RunAsync();

        Assert.Equal($"{_root}/source arm64 gcc\n", await File.ReadAllTextAsync(Path.Combine(_root, "result", "made"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("5.15.71", true)]
    [InlineData("6.1.55-lts", true)]
    [InlineData("lf-6.6.52", true)]
    [InlineData("6.12.1", false)]
    [InlineData("7.0", false)]
    public void Kernels_of_old_series_and_of_unknown_ones_get_the_script(string version, bool expected) =>
        Assert.Equal(expected, TestPlans.Plan(("recipes/linux.yaml", TestPlans.Recipe("linux", version, "system: kernel\n  config: tinyconfig", "modules", "/usr/lib/modules/**"))).Process("linux@virt:build").Arguments.Contains("/imagecraft/kernel-development-tree"));

    private async Task RunAsync()
    {
        var script = Path.Combine(_root, "script");
        await using (var file = File.Create(script))
            await typeof(Planner).Assembly.GetManifestResourceStream("kernel-development-tree")!.CopyToAsync(file, TestContext.Current.CancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        await Cli.Wrap("/bin/bash").WithArguments([script, $"{_root}/source", $"{_root}/build", "arm64", $"{_root}/result"]).ExecuteBufferedAsync(limit.Token);
    }

    private void Write(string path, string text = "x")
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
