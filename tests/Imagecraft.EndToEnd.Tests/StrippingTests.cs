// What is taken out of installed programs, what is kept of it for debuggers, and what is left alone; looked at by readelf and addr2line in the recipe's own sandbox.

using System.Text.RegularExpressions;

namespace Imagecraft.EndToEnd.Tests;

public sealed class StrippingTests : IDisposable
{
    private readonly SmallWorkspace workspace = new();

    // What is built must be this test's own, or the shared cache answers.
    private readonly string own = Guid.NewGuid().ToString("N");

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task What_debuggers_need_is_found_by_the_programs_build_id_and_other_processors_files_and_firmware_stay_as_they_are()
    {
        workspace.Write("recipes/subject/app.c", $"#include <stdio.h>\nint answer(void) {{ return 42; }}\nint main(void) {{ puts(\"{own}\"); return answer(); }}\n");
        workspace.WriteRecipe("subject", """
            system: script
              steps: |
                mkdir -p root/usr/bin root/usr/lib/firmware
                $CC $CFLAGS app.c -o root/usr/bin/app
                chmod 4755 root/usr/bin/app
                cp root/usr/bin/app root/usr/lib/firmware/coprocessor.elf
                gcc -g app.c -o root/usr/bin/of-the-host
                $CC $CFLAGS -c app.c -o root/usr/lib/app.o
                cp -r root before
                /bin/bash /imagecraft/strip "$PWD/root" "$PWD/debug/usr/lib/debug" "$CROSS_COMPILE" 183

                for untouched in usr/lib/firmware/coprocessor.elf usr/bin/of-the-host usr/lib/app.o; do cmp "before/$untouched" "root/$untouched"; done
                [ "$(stat -c %a root/usr/bin/app)" = 4755 ]
                if "${CROSS_COMPILE}readelf" -WS root/usr/bin/app | grep '\.debug_info'; then exit 1; fi
                id=$("${CROSS_COMPILE}readelf" -n root/usr/bin/app | sed -n 's/.*Build ID: //p')
                kept="debug/usr/lib/debug/.build-id/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-).debug"
                [ "$("${CROSS_COMPILE}readelf" -n "$kept" | sed -n 's/.*Build ID: //p')" = "$id" ]
                [ "$(find debug -type f | wc -l)" = 1 ]
                address=$("${CROSS_COMPILE}nm" "$kept" | sed -n 's/ T answer$//p')
                "${CROSS_COMPILE}addr2line" -e "$kept" "$address" | grep -x '/usr/src/debug/subject-1/app.c:2'
                mkdir -p "$DESTDIR/usr/share/subject"
            """, "subject", "/**", "sources: [ { url: \"file:app.c\" } ]\n");
        await workspace.SucceedAsync("subject");
    }

    [Fact]
    public async Task Lines_that_moved_in_the_sources_change_no_program()
    {
        workspace.WriteHello($"puts(\"{own}\"); return 0;");
        workspace.WriteRecipe("user", "system: script\n  steps: install -D \"$SYSROOT/usr/bin/hello\" \"$DESTDIR/usr/bin/user\"", "user", "/usr/bin/user", more: "depends: [ hello ]\n");
        await workspace.SucceedAsync("user");
        workspace.Write("recipes/hello/hello.c", "/* A comment\n   of some lines. */\n\n" + File.ReadAllText(Path.Combine(workspace.Root, "recipes/hello/hello.c")));
        var text = await workspace.SucceedAsync("user");
        Assert.Contains("hello@arm64:build", text, StringComparison.Ordinal);
        Assert.DoesNotContain("user@arm64:build", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipe_may_keep_everything_in_its_programs()
    {
        workspace.WriteHello($"puts(\"{own}\"); return 0;");
        workspace.Append("recipes/hello/hello.yaml", "");
        var yaml = Path.Combine(workspace.Root, "recipes/hello/hello.yaml");
        File.WriteAllText(yaml, File.ReadAllText(yaml).Replace("system: make", "system: make\n  strip: false", StringComparison.Ordinal));
        workspace.WriteRecipe("user", "system: script\n  steps: |\n    \"${CROSS_COMPILE}readelf\" -WS \"$SYSROOT/usr/bin/hello\" | grep '\\.debug_info'\n    mkdir -p \"$DESTDIR/usr/share/user\"", "user", "/**", more: "depends: [ hello ]\n");
        await workspace.SucceedAsync("user");
    }

    [Fact]
    public async Task Programs_are_hardened_and_a_recipe_may_say_what_it_cannot_take()
    {
        const string look = """
            system: script
              steps: |
                readelf() { "${CROSS_COMPILE}readelf" -W "$@"; }
                program=$SYSROOT/usr/bin/hello
                readelf -h "$program" | grep -q 'Type: *DYN' && echo pie
                readelf -l "$program" | grep -q GNU_RELRO && echo relro
                readelf -d "$program" | grep -qE 'BIND_NOW|Flags:.*NOW' && echo bind-now
                readelf -s --dyn-syms "$program" | grep -q __stack_chk_fail && echo stack-protector
                readelf -s --dyn-syms "$program" | grep -q '__[a-z]*_chk' && echo fortify
                readelf -n "$program" | grep -qE 'BTI|IBT' && echo architecture
                mkdir -p "$DESTDIR/usr/share/user"
            """;
        workspace.WriteHello($"char text[64]; if (scanf(\"%60s\", text) == 1) printf(text); puts(\"{own}\"); return 0;");
        workspace.WriteRecipe("user", look + "\n    false", "user", "/**", more: "depends: [ hello ]\n");
        var whole = await workspace.FailAsync("user");
        foreach (var measure in new[] { "pie", "relro", "bind-now", "stack-protector", "fortify" })
            Assert.True(Regex.IsMatch(whole, $"(?m)^ *[|] {measure}$"), whole);

        var yaml = Path.Combine(workspace.Root, "recipes/hello/hello.yaml");
        File.WriteAllText(yaml, File.ReadAllText(yaml).Replace("system: make", "system: make\n  hardening: { without: [ pie, bind-now, fortify, stack-protector ], because: a test }", StringComparison.Ordinal));
        var part = await workspace.FailAsync("user");
        Assert.Matches("(?m)^ *[|] relro$", part);
        foreach (var measure in new[] { "pie", "bind-now", "stack-protector", "fortify" })
            Assert.DoesNotMatch($"(?m)^ *[|] {measure}$", part);
    }
}
