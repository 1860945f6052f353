// A library that also installs a program, and programs that are linked with it by each build system: what is the board's and what is the build host's never meet.

namespace Imagecraft.EndToEnd.Tests;

public sealed class HostAndTargetTests : IDisposable
{
    private const string Source = "#include <greet.h>\n#include <stdio.h>\nint main(void) { puts(greet()); return 0; }\n";

    private readonly SmallWorkspace workspace = new();

    // What is built must be this test's own, or the shared cache answers.
    private readonly string own = Guid.NewGuid().ToString("N");

    public HostAndTargetTests()
    {
        // On x86-64 the compiler for the board is the build host's own, and the board's programs would run.
        workspace.Write("boards/small64.yaml", "board: small64\narchitecture: x86_64\nkernel: linux\ncommand-line: console=ttyS0\nconsole: ttyS0\ndefault-image: small\npartitions:\n  - { name: root, type: linux-root-x86-64, content: rootfs.ext4 }\n");
        // The board's program has the name of one that every build needs.
        Recipe("greet", """
              system: make
            """, "/usr/**", "",
            ("greet.h", "const char *greet(void);\n"),
            ("greet.c", $"const char *greet(void) {{ return \"{own}\"; }}\n"),
            ("mkdir.c", "#include <greet.h>\n#include <stdio.h>\nint main(void) { printf(\"the board's, %s\\n\", greet()); return 1; }\n"),
            ("Makefile", """
                all:
                	$(CC) $(CFLAGS) -fPIC -shared -Wl,-soname,libgreet.so.1 -o libgreet.so.1 greet.c
                	ln -s libgreet.so.1 libgreet.so
                	$(CC) $(CFLAGS) -I. -o mkdir mkdir.c -L. -lgreet
                	printf 'Name: greet\nDescription: greets\nVersion: 1\nLibs: -L%s -lgreet\nCflags: -I/usr/include/greet\n' "$(LIBDIR)" > greet.pc
                install:
                	[ -z "$(CROSS_COMPILE)" ] || install -D -t "$(DESTDIR)/usr/bin" mkdir
                	install -D -t "$(DESTDIR)$(LIBDIR)" libgreet.so.1
                	cp -P libgreet.so "$(DESTDIR)$(LIBDIR)"
                	install -D -m 0644 -t "$(DESTDIR)$(LIBDIR)/pkgconfig" greet.pc
                	install -D -m 0644 -t "$(DESTDIR)/usr/include/greet" greet.h

                """));
    }

    public void Dispose() => workspace.Dispose();

    [Theory]
    [InlineData("small", "AArch64")]
    [InlineData("small64", "X86-64")]
    public async Task Each_build_system_finds_what_a_dependency_installs_and_links_it_for_the_board(string board, string machine)
    {
        Linked("by-make", "  system: make", ("Makefile", "all:\n\t$(CC) $(CFLAGS) $$(pkg-config --cflags greet) -o app app.c $$(pkg-config --libs greet)\ninstall:\n\tmkdir -p $(DESTDIR)/usr/bin\n\tcp app $(DESTDIR)/usr/bin/\n"));
        Linked("by-cmake", "  system: cmake", ("CMakeLists.txt", """
            cmake_minimum_required(VERSION 3.20)
            project(app C)
            find_package(PkgConfig REQUIRED)
            pkg_check_modules(GREET REQUIRED IMPORTED_TARGET greet)
            find_library(BARE greet REQUIRED)
            find_path(HEADER greet/greet.h REQUIRED)
            message(STATUS "found ${BARE} ${HEADER}")
            add_executable(app app.c)
            target_link_libraries(app PkgConfig::GREET ${BARE})
            install(TARGETS app)
            """));
        Linked("by-meson", "  system: meson", ("meson.build", "project('app', 'c')\nexecutable('app', 'app.c', dependencies: dependency('greet'), install: true)\nmeson.get_compiler('c').find_library('greet')\n"));
        Linked("by-autotools", "  system: autotools\n  before: autoreconf --install",
            ("configure.ac", "AC_INIT([app], [1])\nAM_INIT_AUTOMAKE([foreign])\nAC_PROG_CC\nPKG_CHECK_MODULES([GREET], [greet])\nAC_CHECK_LIB([greet], [greet], [], [AC_MSG_ERROR([no greet])])\nAC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n"),
            ("Makefile.am", "bin_PROGRAMS = app\napp_SOURCES = app.c\napp_CFLAGS = $(GREET_CFLAGS)\napp_LDADD = $(GREET_LIBS)\n"));
        foreach (var recipe in new[] { "by-make", "by-cmake", "by-meson", "by-autotools" })
            await SucceedAsync(recipe, board);

        // What each installs is looked at by readelf, in the recipe itself.
        void Linked(string name, string build, params (string Name, string Text)[] files) => Recipe(name, $$"""
            {{build}}
              after: |
                "${CROSS_COMPILE}readelf" -hd "$DESTDIR/usr/bin/app"
                "${CROSS_COMPILE}readelf" -h "$DESTDIR/usr/bin/app" | grep -q 'Machine:.*{{machine}}'
                "${CROSS_COMPILE}readelf" -d "$DESTDIR/usr/bin/app" | grep -q 'NEEDED.*libgreet.so.1'
                if "${CROSS_COMPILE}readelf" -d "$DESTDIR/usr/bin/app" | grep -E 'R(UN)?PATH'; then exit 1; fi
            """, "/usr/bin/app", "depends: [ greet ]\n", [.. files, ("app.c", Source)]);
    }

    [Theory]
    [InlineData("small")]
    [InlineData("small64")]
    public async Task Libraries_of_the_build_host_are_not_seen_by_what_is_compiled_for_the_board(string board)
    {
        // The tools of kernels have both libraries for the build host.
        Recipe("peek", """
              system: script
              tools: [ kernel ]
              steps: |
                echo 'int main(void) { return 0; }' > app.c
                gcc -include libelf.h app.c -o host -lelf -lcrypto
                $CC $CFLAGS app.c -o app
                if $CC -include libelf.h -c app.c; then echo "sees the host's header" >&2; exit 1; fi
                for library in elf crypto; do
                    if $CC app.c -o app -l$library; then echo "links the host's $library" >&2; exit 1; fi
                done
                if pkg-config --exists libelf; then echo "pkg-config tells of the host's library" >&2; exit 1; fi
                $CC -nostdinc -isystem "$($CC -print-file-name=include)" -c app.c
                $CXX -x c++ app.c -include vector -o plus
                mkdir -p "$DESTDIR"
                touch "$DESTDIR/done"
            """, "/done", "");
        await SucceedAsync("peek", board);
    }

    [Theory]
    [InlineData("-I/usr/include", "/usr/include")]
    [InlineData("-I /usr/include/libdrm", "/usr/include/libdrm")]
    [InlineData("-isystem /usr/local/include", "/usr/local/include")]
    [InlineData("-L/usr/lib", "/usr/lib")]
    public async Task A_folder_of_the_build_host_among_the_compilers_arguments_is_refused_with_the_remedy(string argument, string folder)
    {
        Recipe("strays", $"  system: script\n  steps: $CC {argument} -c greet.c", "/**", "", ("greet.c", "int x;\n"));
        var (exitCode, text) = await workspace.RunAsync("build", "strays", "--board", "small");
        Assert.Equal(3, exitCode);
        Assert.Contains($"aarch64-linux-gnu-gcc: error: `{folder}` belongs to the build host. The target's is `$SYSROOT{folder}`, where the compiler looks by itself: take it out of the arguments", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_generator_is_built_for_the_host_and_run_while_its_user_is_built_for_the_board()
    {
        Generator();
        Recipe("user", $$"""
              system: script
              tools: [ "recipe:generator" ]
              steps: |
                generate > generated.h
                grep '{{own}}' generated.h
                $CC $CFLAGS -include generated.h app.c -o app
                install -D app "$DESTDIR/usr/bin/user"
            """, "/usr/bin/user", "", ("app.c", "#include <stdio.h>\nint main(void) { puts(GENERATED); return 0; }\n"));
        await SucceedAsync("user", "small");

        var (exitCode, text) = await workspace.RunAsync("build", "generator", "--host", "--board", "small");
        Assert.True(exitCode == 0, text);
        Assert.Contains(" 0 run", text, StringComparison.Ordinal);
        (exitCode, text) = await workspace.RunAsync("why", "generator@host:build", "--board", "small");
        Assert.True(exitCode == 0, text);
    }

    [Theory]
    [InlineData("linux", "Recipe `linux` cannot be built for the build host: it is a kernel")]
    [InlineData("greeet", "greet")]
    public async Task What_cannot_be_built_for_the_host_is_told(string name, string told)
    {
        var (exitCode, text) = await workspace.RunAsync("build", name, "--host", "--board", "small");
        Assert.Equal(3, exitCode);
        Assert.Contains(told, text, StringComparison.Ordinal);
    }

    // A program of the host that needs a library of the host, which is a recipe too.
    private void Generator() => Recipe("generator", """
          system: make
        """, "/usr/bin/*", "depends: [ greet ]\n",
        ("generate.c", "#include <greet.h>\n#include <stdio.h>\nint main(void) { printf(\"#define GENERATED \\\"%s\\\"\\n\", greet()); return 0; }\n"),
        ("Makefile", "all:\n\t$(CC) $(CFLAGS) $$(pkg-config --cflags greet) -o generate generate.c $$(pkg-config --libs greet)\ninstall:\n\tinstall -D -t $(DESTDIR)/usr/bin generate\n"));

    private void Recipe(string name, string build, string files, string more, params (string Name, string Text)[] sources)
    {
        foreach (var (file, text) in sources)
            workspace.Write($"recipes/{name}/{file}", text);
        // A source must be there, also for recipes that have none.
        if (sources.Length == 0)
            workspace.Write($"recipes/{name}/{name}.txt", own);
        var urls = sources.Length == 0 ? [$"{name}.txt"] : sources.Select(s => s.Name);
        workspace.Write($"recipes/{name}/{name}.yaml", $"recipe: {name}\nversion: \"1\"\nlicense: MIT\nsources: [ {string.Join(", ", urls.Select(u => $"{{ url: \"file:{u}\" }}"))} ]\n{more}build:\n{build}\npackages:\n  - {{ name: {name}, files: [ \"{files}\" ] }}\n");
    }

    private async Task SucceedAsync(string recipe, string board)
    {
        var (exitCode, text) = await workspace.RunAsync("build", recipe, "--board", board);
        Assert.True(exitCode == 0, text);
    }
}
