// Recipes of Yocto's: what is translated, what is told, and what is refused.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Importing;
using Imagecraft.Cli.Importing.Yocto;

namespace Imagecraft.Cli.Tests.Importing;

public sealed class YoctoReaderTests
{
    private const string Lamp = $$"""
        SUMMARY = "Switches lamps by the network"
        HOMEPAGE = "https://lamp.example"
        SECTION = "net"
        require lamp.inc

        SRC_URI = "https://lamp.example/${BPN}-${PV}.tar.xz \
                   file://0001-off.patch \
                   file://lamp.conf \
                   file://lampd.service \
                   file://run-ptest \
                   "
        SRC_URI[sha256sum] = "{{ImportSample.Hash}}"

        inherit autotools pkgconfig systemd useradd ptest

        PACKAGECONFIG ??= "colours ${@bb.utils.filter('DISTRO_FEATURES', 'ipv6 pam', d)}"
        PACKAGECONFIG[colours] = "--enable-colours,--disable-colours"
        PACKAGECONFIG[expat] = "--with-expat,--without-expat,expat"
        PACKAGECONFIG[ipv6] = "--enable-ipv6,--disable-ipv6"

        EXTRA_OECONF = "--disable-docs --libexecdir=${libexecdir}"
        EXTRA_OECONF:append:aarch64 = " --enable-neon"
        EXTRA_OECONF:append:mips = " --enable-msa"
        EXTRA_OECONF:append:class-native = " --disable-daemon"
        CFLAGS += "-DLAMP"

        do_install:append() {
            # The Makefile has no rule for it; don't ask why.
            install -d ${D}${sysconfdir}
            install -m 0644 ${UNPACKDIR}/lamp.conf ${D}${sysconfdir}/lamp.conf
            for f in ${D}${libdir}/*.la; do rm -f "$f"; done  # they're useless
        }

        SYSTEMD_SERVICE:${PN} = "lampd.service"
        USERADD_PACKAGES = "${PN}"
        USERADD_PARAM:${PN} = "--system --uid 210 --home-dir ${localstatedir}/lib/lamp --shell /bin/false lamp"
        FILES:${PN} += "${sysconfdir}/lamp.conf"
        RDEPENDS:${PN} += "htop"
        BBCLASSEXTEND = "native"
        """;

    private const string Unit = """
        [Unit]
        Description=Lamp
        After=network.target

        [Service]
        ExecStart=/usr/sbin/lampd -v
        Restart=always
        User=lamp

        [Install]
        WantedBy=multi-user.target
        """;

    private static readonly (string, string)[] LampLayer =
        [("net/lamp/lamp_1.4.bb", Lamp), ("net/lamp/lamp.inc", "LICENSE = \"GPL-2.0-only & MIT\"\nDEPENDS = \"zlib bison-native\"\n"), ("net/lamp/lamp/0001-off.patch", "x"), ("net/lamp/files/lamp.conf", "x"), ("net/lamp/files/lampd.service", Unit)];

    [Fact]
    public void A_recipe_becomes_one_of_ours_that_can_be_read()
    {
        var foreign = YoctoReader.Read(ImportSample.Files(LampLayer), "net/lamp/lamp_1.4.bb");
        Assert.Empty(ImportSample.Rest(foreign));
        var recipe = ImportSample.Load(foreign);
        Assert.Equal("GPL-2.0-only AND MIT", recipe.License.Value);
        Assert.Equal(["zlib"], recipe.Depends.Where(name => name.Value != "expat").Select(name => name.Value));
        Assert.Equal($$"""
            # yaml-language-server: $schema=schema.json
            # From lamp_1.4.bb by `import yocto`; docs/importing.md tells how to go on.
            # yocto: taken as given: `ipv6` of DISTRO_FEATURES is the option `ipv6`
            recipe: lamp
            version: "1.4"
            license: GPL-2.0-only AND MIT
            summary: Switches lamps by the network
            homepage: "https://lamp.example"
            sources:
              - url: "https://lamp.example/lamp-$VERSION.tar.xz"
                sha256: {{ImportSample.Hash}}
              - { url: "file:lamp.conf", unpack: false, into: imported }
            patches:
              - "0001-off.patch"
            options:
              colours: { summary: "What Yocto's PACKAGECONFIG `colours` brings", default: true }
              expat: { summary: "What Yocto's PACKAGECONFIG `expat` brings", default: false }
              ipv6: { summary: "What Yocto's PACKAGECONFIG `ipv6` brings", default: true }
            depends:
              - { value: expat, when: { option: expat } }
              - zlib
            build:
              system: autotools
              configure:
                - --disable-docs
                - --libexecdir=/usr/libexec
                - { value: --enable-neon, when: { architecture: arm64 } }
                - { value: --enable-colours, when: { option: colours }, otherwise: --disable-colours }
                - { value: --with-expat, when: { option: expat }, otherwise: --without-expat }
                - { value: --enable-ipv6, when: { option: ipv6 }, otherwise: --disable-ipv6 }
              environment:
                CFLAGS: "${CFLAGS} -DLAMP"
              before: "autoreconf --force --install"
              after: |
                src=$PWD
                install -d "${DESTDIR}"/etc
                install -m 0644 "${src}"/imported/lamp.conf "${DESTDIR}"/etc/lamp.conf
                for f in "${DESTDIR}""${LIBDIR}"/*.la; do rm -f "$f"; done
            packages:
              - { name: lamp, files: [ "/**" ], requires: [ htop ] }
            users:
              - { name: lamp, id: 210, home: /var/lib/lamp, shell: /bin/false, locked: true }
            services:
              - name: lampd
                run: |
                  exec /usr/sbin/lampd -v
                kind: respawn
                user: lamp

            """, string.Join('\n', ImportSample.Yaml(foreign).Split('\n').Where(line => !line.StartsWith("# yocto: left out", StringComparison.Ordinal))));
    }

    [Fact]
    public void What_nobody_misses_is_named_with_its_place()
    {
        var lines = ImportSample.Yaml(YoctoReader.Read(ImportSample.Files(LampLayer), "net/lamp/lamp_1.4.bb")).Split('\n').Where(line => line.StartsWith("# yocto: left out", StringComparison.Ordinal)).ToList();
        foreach (var expected in new[] { "SECTION (lamp_1.4.bb:3)", "run-ptest (lamp_1.4.bb:6)", "EXTRA_OECONF:append:mips (lamp_1.4.bb:23)", "EXTRA_OECONF:append:class-native (lamp_1.4.bb:24)", "FILES:lamp (lamp_1.4.bb:37)", "BBCLASSEXTEND (lamp_1.4.bb:39)" })
            Assert.Contains(lines, line => line.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("EXTRA_OEMESON = \"-Da=1\"\nEXTRA_OEMESON:append = \" -Db=2\"\nEXTRA_OEMESON:remove = \"-Da=1\"", "options: [ -Db=2 ]")]
    [InlineData("EXTRA_OEMESON ?= \"-Da=1\"\nEXTRA_OEMESON ?= \"-Da=2\"", "options: [ -Da=1 ]")]
    [InlineData("EXTRA_OEMESON ??= \"-Da=1\"\nEXTRA_OEMESON += \"-Db=2\"", "options: [ -Db=2 ]")]
    [InlineData("EXTRA_OEMESON = \"-Da=1\"\nEXTRA_OEMESON:class-target = \"-Da=2\"", "options: [ -Da=2 ]")]
    [InlineData("EXTRA_OEMESON = \"-Da=1\"\nEXTRA_OEMESON:aarch64 = \"-Da=2\"", "{ value: -Da=1, when: { architecture: \"!arm64\" }, otherwise: -Da=2 }")]
    [InlineData("EXTRA_OEMESON = \"${@bb.utils.contains('PACKAGECONFIG', 'fast', '-Da=1', '-Da=0', d)}\"\nPACKAGECONFIG ?= \"fast\"", "{ value: -Da=1, when: { option: fast }, otherwise: -Da=0 }")]
    [InlineData("SERIES = \"${@oe.utils.trim_version('${PV}', 1)}\"\nEXTRA_OEMESON = \"-Da=${SERIES}\"", "options: [ -Da=1 ]")]
    [InlineData("RDEPENDS:${PN} = \"${@bb.utils.contains('DISTRO_FEATURES', 'acl', 'htop', '', d)}\"", "requires: [ { value: htop, when: { option: acl } } ]")]
    [InlineData("EXTRA_OEMESON = \"-Da='one two'\"", "options: [ \"-Da=one two\" ]")]
    public void Variables_have_the_value_that_bitbake_gives_them(string text, string expected)
    {
        var foreign = Meson(text);
        Assert.Empty(ImportSample.Rest(foreign));
        Assert.Contains(expected, ImportSample.Yaml(foreign), StringComparison.Ordinal);
        ImportSample.Load(foreign);
    }

    [Theory]
    [InlineData("EXTRA_OEMESON = \"-Da=${@os.system('touch ran')} -Db=1\"", "x_1.2.bb:6: `EXTRA_OEMESON: -Da=${@os.system('touch ran')}`: Python is not run")]
    [InlineData("python do_more() {\n    os.system('touch ran')\n}", "x_1.2.bb:6: `python do_more()`: Python is not run")]
    [InlineData("python () {\n    d.setVar('A', 'b')\n}", "Python is not run")]
    [InlineData("def more(d):\n    return 1\n", "x_1.2.bb:6: `def more(d):`: Python is not run")]
    [InlineData("EXTRA_OEMESON:append:qemuarm = \" -Da=1\"", "nothing here says what `qemuarm` is")]
    [InlineData("EXTRA_OEMESON_append = \" -Da=1\"", "`_append`, `_prepend` and `_remove` are from before Yocto 3.4")]
    [InlineData("EXTRA_OEMESON = \"-Da=${STAGING_BINDIR_NATIVE}/a\"", "`STAGING_BINDIR_NATIVE` is set by Yocto's configuration or classes")]
    [InlineData("DEPENDS = \"nowhere\"", "x_1.2.bb:6: `nowhere`: no recipe has it")]
    [InlineData("RDEPENDS:${PN} = \"nowhere\"", "no package has it")]
    [InlineData("ODD = \"1\"", "x_1.2.bb:6: `ODD = \"1\"`: recipes have no key for it")]
    [InlineData("inherit nowhere", "x_1.2.bb:6: `inherit nowhere`: the class does something that is not translated")]
    [InlineData("addtask more after do_compile", "recipes have steps in one order")]
    [InlineData("pkg_postinst:${PN}() {\n    true\n}", "no script runs when a package comes into an image")]
    [InlineData("do_compile() {\n    oe_runmake\n}", "it takes the place of what `meson` does")]
    [InlineData("do_install:append() {\n    chown lamp ${D}/a\n}", "`chown` needs root")]
    [InlineData("do_install:append() {\n    install -m 644 ${UNPACKDIR}/none ${D}/a\n}", "does not lie beside the recipe, so `do_install:append` is left out as a whole")]
    [InlineData("do_install:append() {\n    oe_libinstall a ${D}\n}", "`oe_libinstall` is a function of Yocto's")]
    [InlineData("do_install:append() {\n    cat > ${D}/a <<EOF\n${PV}\nEOF\n}", "it has a text in place")]
    [InlineData("SRC_URI += \"file://none.patch\"", "it does not lie beside the recipe")]
    [InlineData("SRC_URI += \"git:///x.example/y;protocol=https;branch=main\"", "git asks no safe address by `https`")]
    [InlineData("SRC_URI += \"svn://x.example/x\"", "sources have no such address")]
    [InlineData("SRC_URI += \"https://x.example/a.patch\"", "patches are files beside a recipe, and are not fetched")]
    [InlineData("SRC_URI += \"git://x.example/y;protocol=https;branch=main\"\nSRCREV = \"${AUTOREV}\"", "it follows a branch, and a source never changes")]
    [InlineData("USERADD_PARAM:${PN} = \"--system x\"", "Write `users: [ { name: x, id: NUMBER, locked: true } ]`")]
    [InlineData("SYSTEMD_SERVICE:${PN} = \"x.service\"", "the unit is in the sources, and not beside the recipe")]
    [InlineData("LICENSE = \"Mine\"", "`Mine` is no name that SPDX is known to have")]
    [InlineData("LICENSE = \"MIT &\"", "no license is said that can be read")]
    public void What_cannot_be_said_is_told_with_its_place(string text, string expected)
    {
        var foreign = Meson(text);
        Assert.Contains(ImportSample.Rest(foreign), line => line.Contains(expected, StringComparison.Ordinal));
        Assert.Contains(expected, ImportSample.Yaml(foreign), StringComparison.Ordinal);
        Assert.Empty(foreign.After);
        ImportSample.Load(foreign);
        Assert.False(File.Exists("ran"));
    }

    [Fact]
    public void A_word_that_cannot_be_said_leaves_the_others()
    {
        var foreign = Meson("EXTRA_OEMESON = \"-Da=${@1 + 1} -Db=1\"");
        Assert.Contains("options: [ -Db=1 ]", ImportSample.Yaml(foreign), StringComparison.Ordinal);
        Assert.Single(ImportSample.Rest(foreign));
    }

    [Fact]
    public void Functions_of_a_recipe_without_a_build_system_become_steps()
    {
        var foreign = Read("""
            EXTRA_OEMAKE = "'CC=${CC}' PREFIX=${prefix}"
            do_compile() {
                cd sub
                oe_runmake all
            }
            do_install() {
                oe_runmake 'DESTDIR=${D}' install
                install -m 0644 ${S}/doc/*.txt ${D}${datadir}/x-${PV}/
            }
            """);
        Assert.Empty(ImportSample.Rest(foreign));
        Assert.Contains("""
              system: script
              steps: |
                unset ARCH CROSS_COMPILE LIBDIR TRIPLET
                (
                cd sub
                make 'CC='"${CC}"'' PREFIX=/usr all
                )
                src=$PWD
                make 'CC='"${CC}"'' PREFIX=/usr 'DESTDIR='"${DESTDIR}"'' install
                install -m 0644 "${src}"/doc/*.txt "${DESTDIR}"/usr/share/x-"${VERSION}"/

            """, ImportSample.Yaml(foreign), StringComparison.Ordinal);
        ImportSample.Load(foreign);
    }

    [Fact]
    public void Sources_that_are_a_part_of_the_archive_are_the_folder_of_all_steps()
    {
        var foreign = YoctoReader.Read(ImportSample.Files(("x_1.2.bb", $"LICENSE = \"MIT\"\nSRC_URI = \"https://x.example/x.tar.gz file://x.conf\"\nSRC_URI[sha256sum] = \"{ImportSample.Hash}\"\nS = \"${{UNPACKDIR}}/${{BP}}/sub/part\"\ninherit cmake\ndo_configure:prepend() {{\n    sed -i s/a/b/ ${{S}}/x\n}}\ndo_install:append() {{\n    install -m 0644 ${{UNPACKDIR}}/x.conf ${{S}}/y ${{D}}/\n}}\n"), ("x/x.conf", "c")), "x_1.2.bb");
        Assert.Empty(ImportSample.Rest(foreign));
        Assert.Equal("sub/part", ImportSample.Load(foreign).Build.Subfolder);
        Assert.Equal("src=$PWD\nsed -i s/a/b/ \"${src}\"/x", Assert.Single(foreign.Before).Text);
        Assert.Equal("src=$PWD\n(\ncd /build\ninstall -m 0644 \"${src}\"/../../imported/x.conf \"${src}\"/y \"${DESTDIR}\"/\n)", Assert.Single(foreign.After).Text);
    }

    [Fact]
    public void A_program_in_Python_needs_Python()
    {
        var recipe = ImportSample.Load(Read("inherit setuptools3\nRDEPENDS:${PN} = \"python3-json\"\n"));
        Assert.Equal(["python3"], recipe.Depends.Select(name => name.Value));
        Assert.Equal(["python3"], recipe.Packages[0].Requires.Select(name => name.Value));
    }

    [Fact]
    public void A_repository_is_known_by_its_commit()
    {
        var foreign = YoctoReader.Read(ImportSample.Files(("x_1.2.bb", $"LICENSE = \"MIT\"\nSRC_URI = \"git://x.example/x.git;protocol=https;branch=main\"\nSRCREV = \"{ImportSample.Hash[..40]}\"\ninherit cmake\n")), "x_1.2.bb");
        Assert.Empty(ImportSample.Rest(foreign));
        Assert.Equal(("git:https://x.example/x.git", ImportSample.Hash[..40]), (ImportSample.Load(foreign).Sources[0].Url.Value, ImportSample.Load(foreign).Sources[0].Commit!.Value));
    }

    [Fact]
    public void Tools_come_from_tool_roots_or_are_recipes_for_the_host()
    {
        var foreign = Meson("DEPENDS = \"flex-native lua-native python3-native expat\"");
        Assert.Empty(ImportSample.Rest(foreign));
        var recipe = ImportSample.Load(foreign);
        Assert.Equal(("lua", true), Assert.Single(recipe.Build.Tools) is var tool ? (tool.Name.Value, tool.IsRecipe) : default);
        Assert.Equal("expat", Assert.Single(recipe.Depends).Value);
    }

    [Theory]
    [InlineData("[Service]\nExecStart=/usr/bin/x\nType=notify\n", "x.service:3: `x.service`: `Type=notify` wants more")]
    [InlineData("[Service]\nExecStart=/usr/bin/x\nExecStartPre=/bin/mkdir /run/x\n", "x.service:3: `x.service`: `ExecStartPre=/bin/mkdir /run/x` has no counterpart")]
    [InlineData("[Service]\nExecStart=-/usr/bin/x %i\n", "has no counterpart")]
    [InlineData("[Unit]\nDescription=x\n", "it starts no program by `ExecStart=`")]
    public void A_unit_that_says_more_is_told(string unit, string expected)
    {
        var foreign = YoctoReader.Read(ImportSample.Files(("x_1.2.bb", $"LICENSE = \"MIT\"\nSRC_URI = \"https://x.example/x.tar.gz file://x.service\"\nSRC_URI[sha256sum] = \"{ImportSample.Hash}\"\ninherit meson systemd\nSYSTEMD_SERVICE:${{PN}} = \"x.service\"\n"), ("files/x.service", unit)), "x_1.2.bb");
        Assert.Contains(ImportSample.Rest(foreign), line => line.Contains(expected, StringComparison.Ordinal));
        Assert.Empty(foreign.Services);
    }

    [Theory]
    [InlineData("LICENSE = MIT\n", "x_1.2.bb:1: `LICENSE = MIT` is no statement of BitBake")]
    [InlineData("LICENSE = \"MIT\nS = \"a\"\n", "x_1.2.bb:1: `LICENSE = \"MIT` is no statement")]
    [InlineData("do_install() {\n    true\n", "x_1.2.bb:1: The function `do_install` has no `}` at the start of a line")]
    [InlineData("\nrequire none.inc\n", "x_1.2.bb:2: There is no `none.inc`, which it requires")]
    [InlineData("require x_1.2.bb\n", "x_1.2.bb:1: Files require each other in a circle")]
    [InlineData("inherit core-image\n", "x_1.2.bb:1: Recipes of the class `core-image` have no build system here")]
    [InlineData("inherit cpan\n", "x_1.2.bb:1: Recipes of the class `cpan` have no build system here")]
    [InlineData("PV = \"${@get_version(d)}\"\n", "x_1.2.bb:1: `PV` is no version that can be said")]
    [InlineData("SRC_URI = \"https://x.example/x.tar.gz\"\nSRC_URI[sha256sum] = \"12\"\n", "x_1.2.bb:2: `12` is no SHA-256")]
    public void What_cannot_be_a_recipe_is_refused_at_its_line(string text, string expected)
    {
        var problem = Assert.Throws<ProblemException>(() => YoctoReader.Read(ImportSample.Files(("x_1.2.bb", text)), "x_1.2.bb"));
        Assert.StartsWith(expected, problem.Message, StringComparison.Ordinal);
        Assert.NotNull(problem.Hint);
        Assert.Equal(ExitCodes.User, problem.ExitCode);
    }

    private static ForeignRecipe Meson(string text) => Read($"inherit meson\n{text}\n");

    private static ForeignRecipe Read(string text) => YoctoReader.Read(ImportSample.Files(("x_1.2.bb", $"LICENSE = \"MIT\"\nSRC_URI = \"https://x.example/x-${{PV}}.tar.gz\"\nSRC_URI[sha256sum] = \"{ImportSample.Hash}\"\n\n{text}")), "x_1.2.bb");
}
