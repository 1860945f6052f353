// The remedies that people get for errors which everybody meets, and how they are shown.

using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Events;

namespace Imagecraft.Cli.Tests;

public class KnownErrorsTests
{
    [Theory]
    [InlineData("a.c:1:10: fatal error: zlib.h: No such file or directory", "the header `zlib.h`")]
    [InlineData("/usr/bin/ld: cannot find -lssl: No such file or directory", "the library `ssl`")]
    [InlineData("../meson.build:3:0: ERROR: Dependency \"glib-2.0\" not found, tried pkgconfig and cmake", "tells of `glib-2.0`")]
    [InlineData("No package 'libdrm' found", "tells of `libdrm`")]
    [InlineData("-- Could NOT find OpenSSL, try to set the path", "tells of `OpenSSL`")]
    [InlineData("/bin/bash: line 3: flex: command not found", "the program `flex`")]
    [InlineData("/bin/sh: 1: bison: not found", "the program `bison`")]
    [InlineData("meson.build:9:0: ERROR: Program 'glib-mkenums' not found or not executable", "the program `glib-mkenums`")]
    [InlineData("./generate: cannot execute binary file: Exec format error", "was started on the build host")]
    [InlineData("a.c:2:3: error: implicit declaration of function 'f' [-Wimplicit-function-declaration]", "-fpermissive")]
    [InlineData("a.c:2:3: error: passing argument 1 of 'f' from incompatible pointer type [-Wincompatible-pointer-types]", "-fpermissive")]
    [InlineData("ld: a.o: relocation R_X86_64_32S against `.rodata' can not be used when making a PIE object; recompile with -fPIE", "without: [ pie ]")]
    public void Each_has_a_remedy(string line, string remedy) => Assert.Contains(remedy, KnownErrors.RemedyOf(["before", line]), StringComparison.Ordinal);

    [Theory]
    [InlineData("a.c:2:3: error: expected ';' before 'return'")]
    [InlineData("make: *** [Makefile:7: x.o] Error 1")]
    public void Of_others_nothing_is_said(string line) => Assert.Null(KnownErrors.RemedyOf([line]));

    [Fact]
    public void The_first_error_stands_before_the_last_lines_when_it_is_none_of_them()
    {
        string[] last = [.. Enumerable.Range(71, 30).Select(i => $"line {i}")];
        var failure = new ActionFailure(FailureKind.User, "It failed", "/log", [.. last]) { FirstError = new FirstError(20, 100, 1, ["line 19", "a.c:1:10: fatal error: zlib.h: No such file or directory", "line 21"]) };
        var text = string.Join('\n', new BuildText("").Failure(new BuildProgress(), new("tool:build"), "", TimeSpan.Zero, failure));
        Assert.Contains("  The first error, in line 20 of 100:\n  | line 19\n  | a.c:1:10: fatal error: zlib.h: No such file or directory\n  | line 21\n  The last lines:\n  | line 71\n", text, StringComparison.Ordinal);
        Assert.Contains("  Remedy: No dependency has the header `zlib.h`", text, StringComparison.Ordinal);

        var near = string.Join('\n', new BuildText("").Failure(new BuildProgress(), new("tool:build"), "", TimeSpan.Zero, failure with { FirstError = failure.FirstError with { Line = 90 } }));
        Assert.DoesNotContain("The first error", near, StringComparison.Ordinal);
        Assert.Contains("Remedy: ", near, StringComparison.Ordinal);
    }
}
