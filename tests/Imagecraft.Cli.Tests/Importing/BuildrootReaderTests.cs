// Packages of Buildroot's: what is translated, what is told, and what is refused.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Importing;
using Imagecraft.Cli.Importing.Buildroot;

namespace Imagecraft.Cli.Tests.Importing;

public sealed class BuildrootReaderTests
{
    private const string Lamp = """
        # A lamp that answers.
        LAMP_VERSION = 1.4
        LAMP_SITE = $(call github,example,lamp,v$(LAMP_VERSION))
        LAMP_LICENSE = LGPL-2.1+ (library), GPL-2.0 (programs)
        LAMP_LICENSE_FILES = COPYING
        LAMP_INSTALL_STAGING = YES
        LAMP_AUTORECONF = YES
        LAMP_DEPENDENCIES = host-pkgconf zlib
        LAMP_CONF_ENV = ac_cv_func_fork=yes LIBS="-lm -lz"
        LAMP_CONF_OPTS = \
        	--disable-docs \
        	$(if $(BR2_PACKAGE_LAMP_COLOURS),--enable-colours,--disable-colours)

        ifeq ($(BR2_PACKAGE_EXPAT),y)
        LAMP_DEPENDENCIES += expat
        LAMP_CONF_OPTS += --with-expat
        else
        LAMP_CONF_OPTS += --without-expat
        endif

        ifeq ($(BR2_STATIC_LIBS),y)
        LAMP_CONF_OPTS += --enable-static-only
        else ifeq ($(BR2_aarch64),y)
        LAMP_CONF_OPTS += --enable-neon
        endif

        define LAMP_INSTALL_CONFIGURATION
        	# By hand, as the Makefile has no rule for it.
        	$(INSTALL) -D -m 0644 package/lamp/lamp.conf $(TARGET_DIR)/etc/lamp.conf
        	rm -rf $(TARGET_DIR)/usr/share/$(LAMP_NAME)/demo
        endef
        LAMP_POST_INSTALL_TARGET_HOOKS += LAMP_INSTALL_CONFIGURATION

        define LAMP_USERS
        	lamp 210 lamp 210 * /var/lib/lamp - - The lamp
        endef

        define LAMP_PERMISSIONS
        	/usr/bin/lamp f 4755 0 0 - - - - -
        endef

        $(eval $(autotools-package))
        $(eval $(host-autotools-package))
        """;

    private const string Menu = """
        config BR2_PACKAGE_LAMP
        	bool "lamp"
        	select BR2_PACKAGE_ZLIB
        	help
        	  Switches lamps by the network. It is small.

        	  https://lamp.example/

        if BR2_PACKAGE_LAMP

        config BR2_PACKAGE_LAMP_COLOURS
        	bool "colours"
        	default y

        endif
        """;

    private const string Script = """
        #!/bin/sh

        DAEMON="lampd"
        PIDFILE="/var/run/$DAEMON.pid"
        LAMPD_ARGS="-v"

        [ -r "/etc/default/$DAEMON" ] && . "/etc/default/$DAEMON"

        start() {
        	printf 'Starting %s: ' "$DAEMON"
        	start-stop-daemon --start --background --make-pidfile \
        		--pidfile "$PIDFILE" --exec "/usr/sbin/$DAEMON" -- $LAMPD_ARGS
        	status=$?
        	if [ "$status" -eq 0 ]; then
        		echo "OK"
        	else
        		echo "FAIL"
        	fi
        	return "$status"
        }
        """;

    private static readonly (string, string)[] LampFolder =
        [("lamp.mk", Lamp), ("Config.in", Menu), ("lamp.hash", $"# Ours\nsha256  {ImportSample.Hash}  lamp-1.4.tar.gz\nsha256  {ImportSample.Hash}  COPYING\n"), ("0001-off.patch", "x"), ("S40lampd", Script), ("lamp.conf", "x")];

    [Fact]
    public void A_package_becomes_a_recipe_that_can_be_read()
    {
        var foreign = BuildrootReader.Read(ImportSample.Files(LampFolder), "lamp.mk");
        Assert.Empty(ImportSample.Rest(foreign));
        var recipe = ImportSample.Load(foreign);
        Assert.Equal("https://github.com/example/lamp/archive/v1.4/lamp-1.4.tar.gz", recipe.Sources[0].Url.Value);
        Assert.Equal(["recipes/lamp/0001-off.patch"], recipe.Patches.Select(patch => patch.Value));
        Assert.Equal(("/usr/bin/lamp", 210), (recipe.Packages[0].Attributes[0].Path.Value, recipe.Users[0].Id.Value));
        var yaml = ImportSample.Yaml(foreign);
        Assert.Equal($$"""
            # yaml-language-server: $schema=schema.json
            # From lamp.mk by `import buildroot`; docs/importing.md tells how to go on.
            # buildroot: taken as given: `BR2_STATIC_LIBS=n`
            # buildroot: left out [hashes of other files (lamp.hash:3)]: texts of licenses and archives of other variants are not checked by themselves
            # buildroot: left out [what else S40lampd does (S40lampd:9)]: services log, wait and end in one way (docs/services.md)
            # buildroot: left out [host-autotools-package (lamp.mk:43)]: it is about the variant for the build host, which `tools: [ "recipe:NAME" ]` builds of this recipe; `when: { host: true }` says where it differs
            # buildroot: left out [LAMP_LICENSE_FILES (lamp.mk:5)]: texts of licenses are not collected
            # buildroot: left out [LAMP_INSTALL_STAGING (lamp.mk:6)]: what is installed serves the board and other recipes
            recipe: lamp
            version: "1.4"
            license: LGPL-2.1-or-later AND GPL-2.0-only
            summary: Switches lamps by the network
            homepage: "https://lamp.example/"
            sources:
              - url: "https://github.com/example/lamp/archive/v$VERSION/lamp-$VERSION.tar.gz"
                sha256: {{ImportSample.Hash}}
              - { url: "file:lamp.conf", unpack: false, into: imported }
            patches:
              - "0001-off.patch"
            options:
              colours: { summary: Colours, default: true }
              expat: { summary: "What it has with Buildroot's expat", default: false }
            depends:
              - { value: expat, when: { option: expat } }
              - zlib
            build:
              system: autotools
              configure:
                - --disable-docs
                - { value: --enable-colours, when: { option: colours }, otherwise: --disable-colours }
                - { value: --with-expat, when: { option: expat }, otherwise: --without-expat }
                - { value: --enable-neon, when: { architecture: arm64 } }
                - ac_cv_func_fork=yes
                - "LIBS=-lm -lz"
              before: "autoreconf --force --install"
              after: |
                src=$PWD
                install -D -m 0644 "${src}"/imported/lamp.conf "${DESTDIR}"/etc/lamp.conf
                rm -rf "${DESTDIR}"/usr/share/lamp/demo
            packages:
              - { name: lamp, files: [ "/**" ], attributes: [ { path: /usr/bin/lamp, mode: "4755" } ] }
            users:
              - { name: lamp, id: 210, home: /var/lib/lamp, locked: true }
            services:
              - name: lampd
                run: |
                  DAEMON="lampd"
                  LAMPD_ARGS="-v"
                  [ -r "/etc/default/$DAEMON" ] && . "/etc/default/$DAEMON"
                  exec "/usr/sbin/$DAEMON" $LAMPD_ARGS

            """, yaml);
    }

    [Theory]
    [InlineData("ifeq ($(BR2_PACKAGE_EXPAT)$(BR2_PACKAGE_ZLIB),yy)\nX_CONF_OPTS += -Da=1\nendif", "{ value: { value: -Da=1, when: { option: expat } }, when: { option: zlib } }")]
    [InlineData("ifneq ($(BR2_PACKAGE_EXPAT)$(BR2_PACKAGE_ZLIB),)\nX_CONF_OPTS += -Da=1\nendif", "{ value: -Da=1, when: { option: [ expat, zlib ] } }")]
    [InlineData("ifneq ($(BR2_PACKAGE_EXPAT),y)\nX_CONF_OPTS += -Da=1\nendif", "{ value: -Da=1, when: { option: \"!expat\" } }")]
    [InlineData("ifeq ($(BR2_PACKAGE_EXPAT):$(BR2_PACKAGE_ZLIB),y:)\nX_CONF_OPTS += -Da=1\nendif", "{ value: { value: -Da=1, when: { option: expat } }, when: { option: \"!zlib\" } }")]
    [InlineData("ifeq ($(BR2_aarch64),y)\nX_CONF_OPTS += -Da=$(if $(BR2_PACKAGE_ZLIB),on,off)\nendif", "{ value: -Da=on, when: { option: zlib, architecture: arm64 } }")]
    [InlineData("X_CONF_OPTS = -Da=0\nifeq ($(BR2_PACKAGE_ZLIB),y)\nX_CONF_OPTS = -Da=1\nendif", "{ value: -Da=0, when: { option: \"!zlib\" }, otherwise: -Da=1 }")]
    [InlineData("ifeq ($(BR2_USE_MMU)$(BR2_PACKAGE_ZLIB),yy)\nX_CONF_OPTS += -Da=1\nendif", "{ value: -Da=1, when: { option: zlib } }")]
    [InlineData("ifeq ($(BR2_ENDIAN),\"BIG\")\nX_CONF_OPTS += -Dbig=1\nelse\nX_CONF_OPTS += -Da=1\nendif", "options: [ -Da=1 ]")]
    [InlineData("X_EXTRA = -Da=$(subst .,_,$(X_VERSION))\nX_CONF_OPTS += $(X_EXTRA)", "options: [ -Da=1_2 ]")]
    public void Conditions_are_said_as_they_are(string text, string expected)
    {
        var foreign = Meson(text);
        Assert.Empty(ImportSample.Rest(foreign));
        Assert.Contains(expected, ImportSample.Yaml(foreign), StringComparison.Ordinal);
        ImportSample.Load(foreign);
    }

    [Theory]
    [InlineData("ifeq ($(BR2_PACKAGE_EXPAT)$(BR2_PACKAGE_ZLIB),y)\nX_CONF_OPTS += -Da=1\nendif", "x.mk:6: `X_CONF_OPTS += -Da=1`: `ifeq ($(BR2_PACKAGE_EXPAT)$(BR2_PACKAGE_ZLIB),y)` compares what")]
    [InlineData("ifeq ($(BR2_ARM_CPU_HAS_NEON),y)\nX_CONF_OPTS += -Da=1\nelse\nX_CONF_OPTS += -Db=1\nendif", "x.mk:8: `X_CONF_OPTS += -Db=1`: nothing here says what `BR2_ARM_CPU_HAS_NEON` is")]
    [InlineData("ifdef X_FLAG\nX_CONF_OPTS += -Da=1\nendif", "`ifdef X_FLAG` compares")]
    [InlineData("X_CONF_OPTS += -Da=$(shell id -u)", "`$(shell ...)` is no function that is translated")]
    [InlineData("X_CONF_OPTS += -Da=$(HOST_DIR)/bin", "`HOST_DIR` is set by other files of Buildroot")]
    [InlineData("X_CONF_OPTS += -Da=$$HOME", "a variable of the shell stands in it")]
    [InlineData("X_DEPENDENCIES += nowhere", "x.mk:5: `nowhere`: no recipe has it. Import or write a recipe for it")]
    [InlineData("X_DEPENDENCIES += host-nowhere", "no tool root that compiles has it. Write `toolroot: x-tools`")]
    [InlineData("X_ODD = 1", "x.mk:5: `X_ODD = 1`: recipes have no key for it")]
    [InlineData("include package/x/more.mk", "rules, includes and calls of make are not translated")]
    [InlineData("define X_FIX\n\tchown root $(TARGET_DIR)/a\nendef\nX_POST_INSTALL_TARGET_HOOKS += X_FIX", "`chown` needs root, and nothing is built as root, so `X_FIX` is left out as a whole")]
    [InlineData("define X_FIX\n\trm $(TARGET_DIR)/{a,b}\nendef\nX_POST_INSTALL_TARGET_HOOKS += X_FIX", "`{a,b}` is Bash, and steps are plain shell")]
    [InlineData("define X_FIX\n\t$(HOST_DIR)/bin/tool\nendef\nX_POST_INSTALL_TARGET_HOOKS += X_FIX", "x.mk:6: `$(HOST_DIR)/bin/tool`: `HOST_DIR` is set by other files")]
    [InlineData("define X_FIX\n\ttrue\nendef\nX_POST_BUILD_HOOKS += X_FIX", "a recipe has no step at that time")]
    [InlineData("define X_USERS\n\tx -1 x -1 * - - - X\nendef", "Write `users: [ { name: x, id: NUMBER, locked: true } ]`")]
    [InlineData("X_PATCH = https://x.example/a.patch", "patches are files beside a recipe, and are not fetched")]
    [InlineData("X_LICENSE += , Mine", "`Mine` is no name that SPDX is known to have")]
    public void What_cannot_be_said_is_told_with_its_place(string text, string expected)
    {
        var foreign = Meson(text);
        Assert.Contains(ImportSample.Rest(foreign), line => line.Contains(expected, StringComparison.Ordinal));
        Assert.Contains(expected, ImportSample.Yaml(foreign), StringComparison.Ordinal);
        Assert.DoesNotContain("chown", string.Concat(foreign.After.Select(shell => shell.Text)), StringComparison.Ordinal);
        ImportSample.Load(foreign);
    }

    [Fact]
    public void An_option_whose_libraries_nobody_has_is_off_for_good_and_told()
    {
        var foreign = Meson("ifeq ($(BR2_PACKAGE_NOWHERE),y)\nX_DEPENDENCIES += nowhere\nX_CONF_OPTS += -Da=on\nelse\nX_CONF_OPTS += -Da=off\nendif");
        Assert.Contains("option nowhere`: no recipe or tool root has [nowhere], so that it is off for good. Write or import these, and then give [-Da=on]", Assert.Single(ImportSample.Rest(foreign)), StringComparison.Ordinal);
        Assert.Contains("options: [ -Da=off ]", ImportSample.Yaml(foreign), StringComparison.Ordinal);
        Assert.Empty(ImportSample.Load(foreign).Options);
    }

    [Fact]
    public void Commands_of_a_package_without_a_build_system_become_steps()
    {
        var foreign = Read("""
            define X_BUILD_CMDS
            	$(TARGET_MAKE_ENV) $(MAKE) CC="$(TARGET_CC)" -C $(@D)
            	cd $(@D)/sub && ./make-more '$(TARGET_DIR)'
            endef
            define X_INSTALL_TARGET_CMDS
            	for f in a b; do \
            		$(INSTALL) -m 0755 $(@D)/$$f $(TARGET_DIR)/usr/bin/ || exit 1; \
            	done
            endef
            $(eval $(generic-package))
            """);
        Assert.Empty(ImportSample.Rest(foreign));
        Assert.Contains("""
              system: script
              steps: |
                unset ARCH CROSS_COMPILE LIBDIR TRIPLET VERSION
                src=$PWD
                make CC="${CC}" -C "${src}"
                ( cd "${src}"/sub && ./make-more ''"${DESTDIR}"'' )
                for f in a b; do install -m 0755 "${src}"/$f "${DESTDIR}"/usr/bin/ || exit 1; done

            """, ImportSample.Yaml(foreign), StringComparison.Ordinal);
        ImportSample.Load(foreign);
    }

    [Fact]
    public void A_step_that_cannot_be_said_fails_the_build_instead_of_being_left_out()
    {
        var foreign = Read("define X_BUILD_CMDS\n\t$(HOST_DIR)/bin/make-it\nendef\n$(eval $(generic-package))");
        Assert.Contains("X_BUILD_CMDS' is not translated: see x.mk:5", Assert.Single(foreign.Steps).Text, StringComparison.Ordinal);
        Assert.EndsWith("exit 1", Assert.Single(foreign.Steps).Text, StringComparison.Ordinal);
        ImportSample.Load(foreign);
    }

    [Fact]
    public void An_archive_without_a_hash_is_no_source_yet()
    {
        var foreign = BuildrootReader.Read(ImportSample.Files(("x.mk", Head + "$(eval $(cmake-package))"), ("x.hash", "sha512 1234 x-1.2.tar.gz\n")), "x.mk");
        Assert.Contains("x.mk:2: `x-1.2.tar.gz`: it is known by sha512 (line 1) and not by SHA-256", string.Concat(ImportSample.Rest(foreign)), StringComparison.Ordinal);
        Assert.Contains("#   - url: \"https://x.example/x-$VERSION.tar.gz\"\n#     sha256:\n", ImportSample.Yaml(foreign), StringComparison.Ordinal);
        Assert.Empty(ImportSample.Load(foreign).Sources);
    }

    [Fact]
    public void A_repository_is_known_by_its_commit_alone()
    {
        var commit = ImportSample.Hash[..40];
        var foreign = BuildrootReader.Read(ImportSample.Files(("x.mk", $"X_VERSION = {commit}\nX_SITE = https://x.example/x.git\nX_SITE_METHOD = git\nX_LICENSE = MIT\n$(eval $(cmake-package))")), "x.mk");
        Assert.Equal(commit, ImportSample.Load(foreign).Sources[0].Commit!.Value);
        var tag = BuildrootReader.Read(ImportSample.Files(("x.mk", "X_VERSION = v1\nX_SITE = https://x.example/x.git\nX_SITE_METHOD = git\nX_LICENSE = MIT\n$(eval $(cmake-package))")), "x.mk");
        Assert.Contains("this is a tag", Assert.Single(ImportSample.Rest(tag)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("start() {\n\tstart-stop-daemon -S -x /usr/sbin/lampd -- -d\n}\n", "S40lamp:2", "goes into the background by itself")]
    [InlineData("start() {\n\tmkdir /run/lamp\n\tstart-stop-daemon -S -b -x /usr/sbin/lampd\n}\n", "S40lamp:2", "`mkdir /run/lamp` is more than the start of a program")]
    [InlineData("case $1 in\n", "S40lamp:1", "its start is no function `start`")]
    public void An_init_script_that_does_more_is_told(string script, string place, string why)
    {
        var foreign = BuildrootReader.Read(ImportSample.Files(("x.mk", Head + "$(eval $(cmake-package))"), ("S40lamp", script), ("x.hash", $"sha256 {ImportSample.Hash} x-1.2.tar.gz")), "x.mk");
        var line = Assert.Single(ImportSample.Rest(foreign));
        Assert.StartsWith(place, line, StringComparison.Ordinal);
        Assert.Contains(why, line, StringComparison.Ordinal);
        Assert.Empty(foreign.Services);
    }

    [Theory]
    [InlineData("X_VERSION = 1\nifeq ($(A),y)\n", "x.mk:2: What begins here has no `endif`")]
    [InlineData("X_VERSION = 1\nendif\n", "x.mk:2: `endif` ends nothing")]
    [InlineData("define X_BUILD_CMDS\n\tmake\n", "x.mk:1: `define X_BUILD_CMDS` has no `endef`")]
    [InlineData("X_VERSION = 1\n", "x.mk:1: It declares no package")]
    [InlineData("$(eval $(cmake-package))\n", "x.mk:1: `X_VERSION` is set nowhere")]
    [InlineData("X_VERSION = $(call qstrip,$(BR2_PACKAGE_X_VERSION))\n$(eval $(cmake-package))\n", "x.mk:1: `X_VERSION` is no version that can be said")]
    [InlineData("X_VERSION = 1\n$(eval $(perl-package))\n", "x.mk:2: Packages of the kind `perl-package` have no build system here")]
    [InlineData("X_VERSION = 1\n$(eval $(virtual-package))\n", "x.mk:2: Packages of the kind `virtual-package` have no build system here")]
    public void What_cannot_be_a_recipe_is_refused_at_its_line(string text, string expected)
    {
        var problem = Assert.Throws<ProblemException>(() => BuildrootReader.Read(ImportSample.Files(("x.mk", text)), "x.mk"));
        Assert.StartsWith(expected, problem.Message, StringComparison.Ordinal);
        Assert.NotNull(problem.Hint);
        Assert.Equal(ExitCodes.User, problem.ExitCode);
    }

    [Theory]
    [InlineData("sha256 12 x-1.2.tar.gz", "x.hash:1: `12` is no SHA-256")]
    [InlineData("\nsha256 12", "x.hash:2: A line of a hash file has a kind, a hash and a name")]
    public void A_malformed_hash_file_is_refused_at_its_line(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<ProblemException>(() => BuildrootReader.Read(ImportSample.Files(("x.mk", Head + "$(eval $(cmake-package))"), ("x.hash", text)), "x.mk")).Message, StringComparison.Ordinal);

    private const string Head = "X_VERSION = 1.2\nX_SITE = https://x.example\nX_LICENSE = MIT\n\n";

    private static ForeignRecipe Meson(string text) => Read(text + "\n$(eval $(meson-package))");

    private static ForeignRecipe Read(string text) => BuildrootReader.Read(ImportSample.Files(("x.mk", Head.TrimEnd() + "\n\n" + text), ("x.hash", $"sha256 {ImportSample.Hash} x-1.2.tar.gz\n")), "x.mk");
}
