// Which line of a log is its first error.

using Imagecraft.Engine.Execution.Processes;

namespace Imagecraft.Engine.Tests.Execution;

public class LogErrorsTests
{
    [Theory]
    [InlineData("src/a.c:12:5: error: implicit declaration of function 'f' [-Wimplicit-function-declaration]")]
    [InlineData("a.c:1:10: fatal error: config.h: No such file or directory")]
    [InlineData("configure: error: no acceptable C compiler found in $PATH")]
    [InlineData("CMake Error at CMakeLists.txt:3 (find_package):")]
    [InlineData("../meson.build:3:0: ERROR: Dependency \"greet\" not found, tried pkgconfig")]
    [InlineData("error[E0432]: unresolved import `libc`")]
    [InlineData("/usr/bin/ld: a.o: in function `main': a.c:(.text+0x1): undefined reference to `f'")]
    [InlineData("/usr/bin/ld: cannot find -lssl: No such file or directory")]
    [InlineData("make: *** No rule to make target 'x.c', needed by 'x.o'.  Stop.")]
    [InlineData("make[2]: *** [Makefile:7: x.o] Error 1")]
    [InlineData("/bin/bash: line 3: flex: command not found")]
    [InlineData("/bin/sh: 1: bison: not found")]
    [InlineData("/bin/sh: 1: ./generate: Exec format error")]
    [InlineData("No package 'greet' found")]
    [InlineData("Traceback (most recent call last):")]
    public void Words_of_compilers_linkers_and_build_tools_are_known(string line)
    {
        var error = LogErrors.Read(["one", "two", "three", line, "five"])!;
        Assert.Equal((4, 5, 2, line), (error.Line, error.Of, error.Before, error.Text));
        Assert.Equal(["two", "three", line, "five"], error.Lines);
    }

    [Theory]
    [InlineData("checking for error.h... yes")]
    [InlineData("  CC      lib/error.o")]
    [InlineData("gcc -Werror -c perror.c")]
    [InlineData("warning: unused variable 'error'")]
    [InlineData("+ /bin/sh -eu -c 'echo error: not yet'")]
    [InlineData("0 errors, 0 warnings")]
    public void What_only_looks_like_one_is_none(string line) => Assert.Null(LogErrors.Read([line]));

    [Fact]
    public void The_first_one_counts_with_five_lines_behind_it()
    {
        var error = LogErrors.Read([.. Enumerable.Range(1, 100).Select(i => i is 40 or 60 ? $"a.c:{i}:1: error: x" : $"line {i}")])!;
        Assert.Equal((40, 100), (error.Line, error.Of));
        Assert.Equal(["line 38", "line 39", "a.c:40:1: error: x", "line 41", "line 42", "line 43", "line 44", "line 45"], error.Lines);
    }

    [Fact]
    public void A_log_that_is_not_there_has_none() => Assert.Null(LogErrors.Read("/nowhere/log"));
}
