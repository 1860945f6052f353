// Strings that are only interpreted later are judged while they are read: each wrong one is told with its place and a way out.

namespace Imagecraft.Metadata.Tests;

public class WrongWordTests
{
    const string Hash = "$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1";

    const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILUNCE0auqNLG8feHks95dKzk0p8hVeCj2SCiMj1Zv6h ml@desk";

    static TestWorkspace Machine() => new TestWorkspace()
        .Add("boards/arm64.yaml", "architecture: arm64\ndebian: arm64\ntriplet: aarch64-linux-gnu\nkernel-arch: arm64\nkernel-image: Image\ncpu: aarch64\ntoolroot: cross\n")
        .Add("boards/b.yaml", """
            board: b
            architecture: arm64
            kernel: linux
            command-line: "quiet console=ttyAMA0"
            console: ttyAMA0
            accelerators: [ npu ]
            default-image: i
            partitions: [ { name: boot, type: esp, size: 64 MiB, content: vfat, files: [ { path: /extlinux.conf, text: "append $CMDLINE ${x}" } ] } ]
            qemu: { system: aarch64, disk-size: 1 GiB, arguments: [ -append, "$CMDLINE", -drive, "file=$DISK,if=virtio", -kernel, "$IMAGE", -bios, "${FILE:u-boot.bin}", "$CHANNEL", '{"driver":"null-co"}' ] }
            """)
        .Add("boards/npu.yaml", "accelerator: npu\nmodules: [ npu_core ]\ndevices: [ { path: \"/dev/npu*\", mode: \"0660\", group: render } ]")
        .Add("images/i.yaml", $$"""
            image: i
            hostname: edge-1.local
            size: 64 MiB
            budget: 32 MiB
            groups: [ { name: render, id: 105 } ]
            users: [ { name: ml, id: 1000, groups: [ render, tty ], shell: /bin/sh, home: /home/ml, password: "{{Hash}}", authorized-keys: [ "{{Key}}" ] }, { name: service, id: 200, locked: true } ]
            files: [ { path: /etc/motd, text: Hello } ]
            attributes: [ { path: "/var/lib/ml/**", mode: "0700", owner: ml, group: render } ]
            checks: [ { name: a, run: a, matches: [ "^a+$" ], needs: [ /dev/null ] } ]
            """)
        .Add("images/f.yaml", "feature: f\nchecks: [ { name: works, run: f } ]")
        .Add("recipes/stable.yaml", "feed: stable\nsuite: stable\ncomponents: [ main ]")
        .Add("recipes/cross.yaml", "toolroot: cross\nfeed: stable\npackages: [ gcc, \"libc6-dev:arm64\" ]\nlinks: { /usr/bin/awk: mawk }")
        .Add("recipes/linux.yaml", "recipe: linux\nversion: 6.12\nlicense: GPL-2.0-only\nbuild: { system: kernel, config: defconfig, environment: { KEEP: yes } }");

    [Fact]
    public void Right_words_pass()
    {
        var users = Machine().Good().Images["i"].Users;

        Assert.Equal((Hash, Key, false, true), (users[0].Password!.Value, users[0].AuthorizedKeys[0].Value, users[0].IsLocked, users[1].IsLocked));
    }

    [Theory]
    [InlineData("images/i.yaml", "name: ml,", "name: 1ml,", "`name` must be a name of at most 32 lowercase letters, digits, `_` and `-`, no digit first, not `1ml`", null)]
    [InlineData("images/i.yaml", "name: render,", "name: Render,", "`name` must be a name of at most 32 lowercase letters, digits, `_` and `-`, no digit first, not `Render`", null)]
    [InlineData("images/i.yaml", "id: 1000", "id: 65535", "`id` must be a number from 0 to 2147483647, but not 65535, not `65535`", null)]
    [InlineData("images/i.yaml", "id: 1000", "id: 0", "User `ml` has the id 0, but `root` and 0 belong together", "Give it another id; what needs root's rights goes by groups or a set-user-id program")]
    [InlineData("images/i.yaml", "name: service, id: 200", "name: root, id: 200", "User `root` has the id 200, but `root` and 0 belong together", "Write `id: 0`")]
    [InlineData("images/i.yaml", "id: 200", "id: 1000", "User `service` of image `i` has the id 1000, as has `ml`", "Give it another id; of `ml`, it is at images/i.yaml:6:18")]
    [InlineData("images/i.yaml", "id: 105", "id: 5", "Group `render` of image `i` has the id 5, as has `tty`", "Give it another id; of `tty`, every image has it")]
    [InlineData("images/i.yaml", "[ render, tty ]", "[ rendr ]", "Unknown group `rendr`, which user `ml` of image `i` is in", "Did you mean `render`?")]
    [InlineData("images/i.yaml", "shell: /bin/sh", "shell: bash", "`shell` must be an absolute path without `:` and wildcards, such as `/bin/sh`, not `bash`", null)]
    [InlineData("images/i.yaml", "home: /home/ml", "home: \"/home/ml:x\"", "`home` must be an absolute path without `:` and wildcards, such as `/bin/sh`, not `/home/ml:x`", null)]
    [InlineData("images/i.yaml", Hash, "secret", "`password` must be a crypt(3) hash that begins with its method, such as `$6$`, or empty text where none is asked", "`openssl passwd -6` and `mkpasswd --method=yescrypt` print one; put it in quotes")]
    [InlineData("images/i.yaml", Hash, "$6$saltsalt$tooshort", "`password` must be a crypt(3) hash that begins with its method, such as `$6$`, or empty text where none is asked", "`openssl passwd -6` and `mkpasswd --method=yescrypt` print one; put it in quotes")]
    [InlineData("images/i.yaml", Hash, "!", "`password` must be a crypt(3) hash that begins with its method, such as `$6$`, or empty text where none is asked", "Write `locked: true` where nobody may log in")]
    [InlineData("images/i.yaml", "ssh-ed25519", "ssh-rsa", "An item of `authorized-keys` must be a line of a public key such as `ssh-ed25519 AAAA... name`", "Write the one line of the file `.ssh/id_*.pub` as it is")]
    [InlineData("images/i.yaml", "ssh-ed25519 AAAA", "-----BEGIN OPENSSH PRIVATE KEY----- AAAA", "An item of `authorized-keys` must be a line of a public key such as `ssh-ed25519 AAAA... name`", "This is the private half, which must not leave its owner; write the line of the file with the ending `.pub`")]
    [InlineData("images/i.yaml", "id: 200, ", "id: 200, password: \"\", ", "User `service` is locked, but has a `password`", "Remove one of the two")]
    [InlineData("images/i.yaml", "home: /home/ml,", "locked: true,", "User `ml` is locked, but has a `password`", "Remove one of the two")]
    [InlineData("images/i.yaml", "locked: true", "locked: yes", "`locked` must be `true` or `false`, not `yes`", "Write `true`")]
    [InlineData("images/i.yaml", "locked: true", "locked: Off", "`locked` must be `true` or `false`, not `Off`", "Write `false`")]
    [InlineData("images/i.yaml", "owner: ml", "owner: mel", "Unknown user `mel`, who owns `/var/lib/ml/**` in image `i`", "Did you mean `ml`?")]
    [InlineData("images/i.yaml", "group: render", "group: audio", "Unknown group `audio`, which `/var/lib/ml/**` has in image `i`", "Declare it below `groups:` of the image; known are [ `disk`, `ml`, `nogroup`, `render`, `root`, `service`, `tty` ]")]
    [InlineData("images/i.yaml", "owner: ml,", "owner: \"ml:render\",", "`owner` must be the name or the number of an account, not `ml:render`", "Write `owner:` and `group:`, each on its own")]
    [InlineData("images/i.yaml", ", mode: \"0700\", owner: ml, group: render", "", "The rule for `/var/lib/ml/**` says nothing", "Add `mode:`, `owner:`, `group:`, `capabilities:` or `xattrs:`, or remove it")]
    [InlineData("images/i.yaml", "/var/lib/ml/**", "/var/lib/ml**", "`path` must be an absolute path such as `/usr/bin`, not `/var/lib/ml**`", "`**` stands for folders, alone between two slashes; within a name write `*`")]
    [InlineData("images/i.yaml", "/var/lib/ml/**", "/var/../ml", "`path` must be an absolute path such as `/usr/bin`, not `/var/../ml`", "Write it without `.`, `..` and double slashes")]
    [InlineData("recipes/linux.yaml", "config: defconfig", "config: defconfig, subfolder: ../../x", "`subfolder` must be a folder below the root of the sources, such as `lib/core`, not `../../x`", "Write it without `.`, `..`, wildcards and line breaks")]
    [InlineData("recipes/linux.yaml", "license:", "sources: [ { url: \"git:https://example.org/x.git\", commit: 0123456789012345678901234567890123456789, into: /x } ]\nlicense:", "`into` must be a folder below the root of the sources, such as `lib/core`, not `/x`", "Write `x`")]
    [InlineData("images/i.yaml", "run: a,", "run: ' ',", "`run` must be a shell command, not ` `", "Nothing would run; write `true` where that is meant")]
    [InlineData("images/i.yaml", "run: a,", "run: \"a\\0b\",", "`run` must be a shell command, not `a\0b`", "A shell ends at the character NUL: leave it out")]
    [InlineData("images/i.yaml", "/etc/motd", "/etc//motd", "`path` must be the absolute path of a file such as `/etc/motd`, not `/etc//motd`", "Write it without `.`, `..` and double slashes")]
    [InlineData("images/i.yaml", "/etc/motd", "/etc/*", "`path` must be the absolute path of a file such as `/etc/motd`, not `/etc/*`", "It is one file: write its whole path, without wildcards")]
    [InlineData("images/i.yaml", "edge-1.local", "edge_1", "`hostname` must be a host name of letters, digits, `-` and `.`, at most 64 characters, not `edge_1`", "Write `edge-1`")]
    [InlineData("images/i.yaml", "edge-1.local", "-edge", "`hostname` must be a host name of letters, digits, `-` and `.`, at most 64 characters, not `-edge`", null)]
    [InlineData("images/i.yaml", "size: 64 MiB", "size: 64M", "`size` must be a size such as `512 MiB`, not `64M`", "Units are powers of 1024: write `64 MiB`")]
    [InlineData("images/i.yaml", "size: 64 MiB", "size: 64 Megs", "`size` must be a size such as `512 MiB`, not `64 Megs`", "Units are [ `B`, `KiB`, `MiB`, `GiB`, `TiB` ]")]
    [InlineData("images/i.yaml", "size: 64 MiB", "size: 0", "`size` must be a size such as `512 MiB`, not `0`", "Nothing fits into it")]
    [InlineData("images/i.yaml", "budget: 32 MiB", "budget: 65 MiB", "The `budget` of 68157440 bytes is larger than the `size` of 67108864, so it says nothing", "Lower the budget, raise the size, or remove one of them")]
    [InlineData("images/i.yaml", "^a+$", "(a", "An item of `matches` must be a regular expression, not `(a`", "Invalid pattern '(a' at offset 2. Not enough )'s; put a backslash before a character that stands for itself")]
    [InlineData("images/i.yaml", "[ /dev/null ]", "[ \"pakage:tool\" ]", "An item of `needs` must be a check, a path on the board, or package:NAME, accelerator:NAME or model:NAME, not `pakage:tool`", "Did you mean `package:tool`?")]
    [InlineData("images/f.yaml", "run: f", "run: f, needs: [ wroks ]", "Unknown check `wroks`, which check `works` of `f` needs", "Did you mean `works`?")]
    [InlineData("images/i.yaml", "run: a,", "run: a, timeout: 0,", "`timeout` must be a whole number from 1 to 86400, not `0`", null)]
    [InlineData("images/i.yaml", "run: a,", "run: a, exit: 256,", "`exit` must be a whole number from 0 to 255, not `256`", null)]
    [InlineData("boards/b.yaml", "append $CMDLINE", "append $CMDLNE", "Unknown variable `$CMDLNE` in `text`", "Did you mean `$CMDLINE`?")]
    [InlineData("boards/b.yaml", "append $CMDLINE", "append $DISK", "Unknown variable `$DISK` in `text`", "Known are [ `$CMDLINE`, `$KERNEL`, `$OVERLAYS` ]")]
    [InlineData("boards/b.yaml", "file=$DISK", "file=$DSK", "Unknown variable `$DSK` in an item of `arguments`", "Did you mean `$DISK`?")]
    [InlineData("boards/b.yaml", "file=$DISK", "file=${DISK", "The variable `${DISK` in an item of `arguments` is not closed", "Write `${DISK}`")]
    [InlineData("boards/b.yaml", "file=$DISK", "file={disk}", "`{disk}` in an item of `arguments` stands for nothing", "Write `$DISK`")]
    [InlineData("boards/b.yaml", "append $CMDLINE", "append ${CMDLINE}x", "The variable `${CMDLINE}` in `text` runs into `x`", "Put a space or a sign between them")]
    [InlineData("boards/b.yaml", "${FILE:u-boot.bin}", "${FLE:u-boot.bin}", "Unknown variable `${FLE:u-boot.bin}` in an item of `arguments`", "Did you mean `${FILE:NAME}`?")]
    [InlineData("boards/b.yaml", "${FILE:u-boot.bin}", "${FILE:}", "Unknown variable `${FILE:}` in an item of `arguments`", "Did you mean `${FILE:NAME}`?")]
    [InlineData("boards/b.yaml", "disk-size: 1 GiB", "disk-size: 1G", "`disk-size` must be a size such as `512 MiB`, not `1G`", "Units are powers of 1024: write `1 GiB`")]
    [InlineData("boards/b.yaml", "console: ttyAMA0", "console: /dev/ttyAMA0", "`console` must be the name of a device such as `ttyAMA0`, not `/dev/ttyAMA0`", "Write `ttyAMA0`")]
    [InlineData("boards/b.yaml", "console: ttyAMA0", "console: \"ttyAMA0,115200\"", "`console` must be the name of a device such as `ttyAMA0`, not `ttyAMA0,115200`", "Write `ttyAMA0`; the speed is the kernel's, from its command line")]
    [InlineData("boards/b.yaml", "quiet console", "quiet\\nconsole", "`command-line` must be text in one line, not `quiet\nconsole=ttyAMA0`", "Write `>-` in place of `|` to join lines, or put the text in quotes")]
    [InlineData("boards/npu.yaml", "npu_core", "drivers/npu-core.ko.xz", "An item of `modules` must be the name of a module as modprobe takes it, not `drivers/npu-core.ko.xz`", "Write `npu-core`")]
    [InlineData("boards/npu.yaml", "/dev/npu*", "/npu*", "`path` must be the path or glob of a device node such as `/dev/dri/renderD*`, not `/npu*`", null)]
    [InlineData("recipes/cross.yaml", "gcc,", "gcc=14,", "An item of `packages` must be a package such as `make`, `libc6-dev:arm64` or `qemu-system-arm/trixie-backports`, not `gcc=14`", "Versions are the lock's: `./build.sh lock` pins them")]
    [InlineData("recipes/cross.yaml", "/usr/bin/awk", "usr/bin/awk", "A key of `links` must be the absolute path of a file such as `/etc/motd`, not `usr/bin/awk`", "Start it with a slash: `/usr/bin/awk`")]
    [InlineData("recipes/linux.yaml", "KEEP:", "KEEP-IT:", "A key of `environment` must be a name of letters, digits and `_`, no digit first, not `KEEP-IT`", null)]
    public void A_wrong_word_is_told_with_its_place(string path, string right, string wrong, string message, string? hint)
    {
        var problem = Assert.Single(Machine().Replace(path, right, wrong).Read().Diagnostics);

        Assert.Equal((message, hint, path), (problem.Message, problem.Hint, problem.Span?.File));
    }

    [Fact]
    public void A_QEMU_system_that_there_is_none_of_is_told()
    {
        var problem = Assert.Single(Machine().Replace("boards/b.yaml", "system: aarch64", "system: arch64").Read().Diagnostics);

        Assert.Equal("Did you mean `aarch64`?", problem.Hint);
        Assert.StartsWith("`system` must be one of [ `aarch64`, ", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_that_is_none_is_not_repeated() =>
        Assert.DoesNotContain("hunter2", Assert.Single(Machine().Replace("images/i.yaml", Hash, "hunter2").Read().Diagnostics).Message, StringComparison.Ordinal);

    [Fact]
    public void Dependencies_are_given_only_to_recipes_that_are_built_for_one_board()
    {
        var workspace = Machine().Recipe("shared").Recipe("firmware");
        workspace.Replace("boards/b.yaml", "default-image: i", "default-image: i\nbuild-depends: { shared: [ firmware ] }");

        var problem = Assert.Single(workspace.Read().Diagnostics);

        Assert.Equal("Recipe `shared` is shared by boards, so board `b` cannot give it dependencies of its own", problem.Message);
        Assert.Equal("Add `per-board: true` to its `build`, or the dependencies to its `depends`, at recipes/shared/shared.yaml:1:9", problem.Hint);
    }

    [Fact]
    public void A_document_whose_file_ends_with_yml_is_told_to_whoever_needs_it()
    {
        var reading = Machine().Add("recipes/tool.yml", "# A tool.\nrecipe: tool\nversion: 1\n").Add("recipes/data.yml", "services: [ a ]\n").Read();

        var problem = Assert.Single(reading.Diagnostics);
        Assert.Equal(("`recipes/tool.yml` is not read: documents are files that end with `.yaml`", "Rename it to `tool.yaml`", "recipes/tool.yml:2:1"), (problem.Message, problem.Hint, problem.Span?.ToString()));
    }
}
