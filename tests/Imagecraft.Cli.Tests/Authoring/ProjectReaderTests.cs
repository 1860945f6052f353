// What the sources of programs say of them, by the words that their build files use.

using Imagecraft.Cli.Authoring;

namespace Imagecraft.Cli.Tests.Authoring;

public sealed class ProjectReaderTests
{
    private static SourceView Sources(params (string Path, string Text)[] files) => new([.. files.Select(file => file.Path)], path => files.First(file => file.Path == path).Text);

    private static ProjectFacts Read(params (string Path, string Text)[] files) => Assert.IsType<ProjectFacts>(ProjectReader.Read(Sources(files)));

    private static string Needs(ProjectFacts facts) => string.Join(' ', facts.Needs.Select(need => need.Name + (need.IsOptional ? "?" : "")));

    [Fact]
    public void Meson()
    {
        var facts = Read(
            ("meson.build", "# project('no')\nproject('thing', 'c',\n  version : '1.4.2',\n  license : ['LGPL-2.1-or-later'],\n  default_options : ['c_std=c11'])\nglib = dependency('glib-2.0', version : '>= 2.50')\nm = dependency('threads')\nsubdir('src')\n"),
            ("src/meson.build", "x = dependency('x11', required : false)\ny = dependency('libudev', required: get_option('udev'))\n"),
            ("subprojects/foo/meson.build", "dependency('no')\n"),
            ("configure.ac", "AC_INIT([old], [0.1])\n"));
        Assert.Equal(("meson", "thing", "1.4.2", "LGPL-2.1-or-later", "glib-2.0 x11? libudev?"), (facts.System, facts.Name, facts.Version, facts.License, Needs(facts)));
    }

    [Fact]
    public void CMake()
    {
        var facts = Read(("CMakeLists.txt", """
            cmake_minimum_required(VERSION 3.10)   # not ours
            set(MAJOR 2)
            set(THING_VERSION "${MAJOR}.5.1")
            project(Thing VERSION ${THING_VERSION} DESCRIPTION "Does things" HOMEPAGE_URL "https://thing.example" LANGUAGES C)
            option(THING_BUILD_TESTS "Tests" ON)
            option(BUILD_SHARED_LIBS "Shared" OFF)
            option(THING_FAST "Fast" ON)
            find_package(ZLIB REQUIRED)
            find_package(Threads REQUIRED)
            find_package(CURL)
            pkg_check_modules(DEPS REQUIRED IMPORTED_TARGET libusb-1.0>=1.0.20 json-c)

            """));
        Assert.Equal(("cmake", "Thing", "2.5.1", "Does things", "https://thing.example"), (facts.System, facts.Name, facts.Version, facts.Summary, facts.Homepage));
        Assert.Equal("ZLIB CURL? libusb-1.0 json-c", Needs(facts));
        Assert.Equal("options: [ -DTHING_BUILD_TESTS=OFF, -DBUILD_TESTING=OFF, -DBUILD_SHARED_LIBS=ON ]", Assert.Single(facts.Keys));
    }

    [Fact]
    public void What_is_asked_for_under_a_condition_or_by_tests_is_not_needed()
    {
        var cmake = Read(("CMakeLists.txt", "project(x)\nfind_package(ZLIB REQUIRED)\nif(WITH_TLS)\n  find_package(OpenSSL REQUIRED)\nendif()\nfind_package(absl REQUIRED)\nfind_package(GTest REQUIRED)\nif (X)\nfind_package(absl REQUIRED)\nendif ()\n"));
        Assert.Equal("ZLIB OpenSSL? absl", Needs(cmake));
        var meson = Read(
            ("meson.build", "project('x')\nif get_option('tls')\n  t = dependency('openssl')\nendif\nz = dependency('zlib')\n"),
            ("tests/meson.build", "c = dependency('criterion')\n"));
        Assert.Equal("openssl? zlib", Needs(meson));
    }

    [Fact]
    public void A_library_in_C_that_npm_has_too_is_no_program_in_JavaScript()
    {
        Assert.Null(ProjectReader.Read(Sources(("package.json", "{ \"name\": \"lists\" }"), ("src/lists.h", ""), ("tests/a.js", ""))));
        Assert.Equal("make", Read(("package.json", "{ \"name\": \"lists\" }"), ("src/lists.h", ""), ("Makefile", "install:\n\tcp src/lists.h $(DESTDIR)/usr/include\n")).System);
    }

    [Fact]
    public void A_Makefile_may_lie_with_the_sources_or_be_one_of_several()
    {
        Assert.Equal("subfolder: src", Assert.Single(Read(("src/Makefile", "install:\n\tcp a $(DESTDIR)/usr/bin\n")).Keys));
        Assert.Equal("make: [ -f, unix/Makefile, \"CC=$CC\" ]; install: [ -f, unix/Makefile, install, \"prefix=$DESTDIR/usr\" ]", string.Join("; ", Read(("unix/Makefile", "CC = cc\nprefix = /usr/local\ninstall:\n\tcp a $(prefix)/bin\n"), ("vms/Makefile", "")).Keys));
        Assert.Equal("make: [ \"CC=$CC\", PREFIX=/usr ]", Assert.Single(Read(("Makefile", "include config.mk\ninstall:\n\tcp a $(DESTDIR)$(PREFIX)/bin\n"), ("config.mk", "CC = cc\nPREFIX = /usr/local\n")).Keys));
    }

    [Theory]
    [InlineData("# Thing\n\nThing is a reader of version 1.1 of the format, and more. It is quick.\n", "Reader of version 1.1 of the format, and more")]
    [InlineData("Nothing of the kind\n", null)]
    public void A_summary_ends_where_its_sentence_does(string text, string? summary) => Assert.Equal(summary, ReadMe.SummaryOf(Sources(("README.md", text)), "thing"));

    [Theory]
    [InlineData("[![b](https://badge.example/thing.svg)](https://travis.example/thing)\nReport at https://example.org/thing/issues.\nSee <https://www.example.org/thing/>.\n", "https://www.example.org/thing/")]
    [InlineData("More on https://example.org/thing-x\nHomepage: http://things.example\n", "http://things.example")]
    [InlineData("See https://example.org/other\n", null)]
    public void A_page_is_found_among_the_addresses_of_a_read_me(string text, string? page) => Assert.Equal(page, ReadMe.PageIn(Sources(("README", text)), "thing"));

    [Fact]
    public void Files_of_pkg_config_say_what_a_library_is()
    {
        var sources = Sources(("other.pc.in", "Description: Something else\nURL: https://else.example\n"), ("src/libthing.pc.in", "Name: @NAME@\nDescription: Does things\nURL: @PAGE@\n"));
        Assert.Equal(("Does things", "https://else.example"), (PkgConfigFiles.SummaryOf(sources, "thing"), PkgConfigFiles.PageOf(sources, "thing")));
        Assert.Null(PkgConfigFiles.SummaryOf(Sources(), "thing"));
    }

    [Fact]
    public void A_script_of_Autoconf_that_is_there_is_run_and_one_that_is_not_is_made()
    {
        const string input = "AC_PREREQ([2.69])\nAC_INIT([thing], [3.1], [bugs@example.org], [thing], [https://thing.example])\ndnl PKG_CHECK_MODULES([NO], [no])\nPKG_CHECK_MODULES([GLIB], [glib-2.0 >= 2.40 gio-2.0])\nPKG_CHECK_MODULES([OPT], [libfoo], [have=yes], [have=no])\nAC_CHECK_LIB([z], [inflate])\nAC_SEARCH_LIBS([dlopen], [dl])\nAC_SEARCH_LIBS([tgetent], [tinfo ncurses])\n";
        var facts = Read(("configure.ac", input), ("autogen.sh", ""));
        Assert.Equal(("autotools", "thing", "3.1", "https://thing.example"), (facts.System, facts.Name, facts.Version, facts.Homepage));
        Assert.Equal("glib-2.0 gio-2.0 libfoo? z? tinfo?", Needs(facts));
        Assert.Equal("before: \"autoreconf --install --force\"", Assert.Single(facts.Keys));

        facts = Read(("configure.ac", "AC_INIT([thing], m4_esyscmd([./version]))"), ("configure", "# Generated by GNU Autoconf 2.71\nPACKAGE_NAME='thing'\nPACKAGE_VERSION='3.2'\nPACKAGE_URL=''\n"), ("CMakeLists.txt", "project(x)"));
        Assert.Equal(("autotools", "thing", "3.2", 0), (facts.System, facts.Name, facts.Version, facts.Keys.Length));
        Assert.Contains("not made by Autoconf", Assert.Single(Read(("configure", "#!/bin/sh\n")).Doubts), StringComparison.Ordinal);
    }

    [Fact]
    public void Rust_brings_its_lock_file()
    {
        var facts = Read(("Cargo.toml", "[package]\nname = \"thing\"\nversion = \"0.4.0\"\nlicense = \"MIT/Apache-2.0\"\ndescription = \"Does things\"\nrepository = \"https://thing.example\"\n[dependencies]\nname = \"no\"\n"), ("Cargo.lock", ""), ("Makefile", "all:\n"));
        Assert.Equal(("cargo", "thing", "0.4.0", "MIT OR Apache-2.0", "https://thing.example"), (facts.System, facts.Name, facts.Version, facts.License, facts.Homepage));
        Assert.Equal("crates: Cargo.lock", Assert.Single(facts.Keys));
        Assert.Equal("Cargo.lock", Assert.Single(facts.LockFiles));
        Assert.Contains("cargo generate-lockfile", Assert.Single(Read(("Cargo.toml", "[package]\nname = \"x\"\n")).Doubts), StringComparison.Ordinal);
    }

    [Fact]
    public void Go_names_its_programs()
    {
        var facts = Read(("go.mod", "module example.org/team/thing/v2\n\ngo 1.22\n"), ("go.sum", ""), ("cmd/a/main.go", "package main\n"), ("cmd/b/main.go", "// x\npackage main\n"), ("lib/x.go", "package lib\n"));
        Assert.Equal(("go", "thing", "https://example.org/team/thing/v2"), (facts.System, facts.Name, facts.Homepage));
        Assert.Equal(["programs: [ ./cmd/a, ./cmd/b ]", "modules: go.sum"], facts.Keys);
        Assert.Empty(Read(("go.mod", "module thing\n"), ("go.sum", ""), ("main.go", "package main\n"), ("vendor/modules.txt", "")).LockFiles);
    }

    [Fact]
    public void Python_and_JavaScript()
    {
        var facts = Read(("pyproject.toml", "[build-system]\nrequires = [\"setuptools\"]\n\n[project]\nname = \"thing\"\nversion = \"1.2\"\ndescription = \"Does things\"\nlicense = { text = \"MIT\" }\ndependencies = [\n  \"six>=1.0\",\n]\n"));
        Assert.Equal(("python", "thing", "1.2", "MIT", "six"), (facts.System, facts.Name, facts.Version, facts.License, Needs(facts)));
        facts = Read(("cli.js", ""), ("package.json", """{ "name": "@team/thing", "version": "3.0.0", "license": "ISC", "bin": { "thing": "./cli.js" }, "dependencies": { "a": "1" } }"""));
        Assert.Equal(("node", "thing", "3.0.0", "ISC", "programs: { thing: cli.js }"), (facts.System, facts.Name, facts.Version, facts.License, Assert.Single(facts.Keys)));
        Assert.Contains("package-lock-only", Assert.Single(facts.Doubts), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CC = gcc\nVERSION = 2.1\nPREFIX ?= /usr/local\nthing: thing.o\n\t$(CC) -o $@ $<\ninstall: thing\n\tinstall thing $(DESTDIR)$(PREFIX)/bin\n", "make: [ \"CC=$CC\", PREFIX=/usr ]", null)]
    [InlineData("prefix=/usr/local\nall: thing test\ninstall:\n\tcp thing $(prefix)/bin\ntest:\n\t./thing\n", "make: [ thing ]; install: [ install, \"prefix=$DESTDIR/usr\" ]", null)]
    [InlineData("thing:\n\ttouch thing\n", "", "has no target `install`")]
    public void Makefiles_are_told_where_to_install_and_by_which_compiler(string text, string keys, string? doubt)
    {
        var facts = Read(("Makefile", text));
        Assert.Equal(("make", keys), (facts.System, string.Join("; ", facts.Keys)));
        Assert.Equal(doubt is not null, facts.Doubts.Any(told => told.Contains(doubt ?? "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("json-c_0.18+ds.orig.tar.xz", "json-c", "0.18")]
    [InlineData("libusb-1.0_1.0.26.orig.tar.bz2", "libusb-1.0", "1.0.26")]
    [InlineData("Thing-v2.0-rc1.tgz", "thing", "2.0-rc1")]
    [InlineData("boost_1_87_0.tar.gz", "boost", "1_87_0")]
    [InlineData("can-utils-2025.01.zip", "can-utils", "2025.01")]
    [InlineData("openssl-1.1.1w.tar.gz", "openssl", "1.1.1w")]
    [InlineData("v5.4.tar.gz", null, "5.4")]
    [InlineData("thing.tar.gz", null, null)]
    public void An_archive_is_named_after_what_it_has(string file, string? name, string? version) => Assert.Equal((name, version), ProjectReader.OfArchive(file));

    [Theory]
    [InlineData("https://github.com/Team/Thing/archive/refs/tags/v5.4.tar.gz", "Thing")]
    [InlineData("https://gitlab.com/team/thing/-/archive/5.4/5.4.tar.gz", "thing")]
    [InlineData("https://example.org/team/thing/v5.4.tar.gz", null)]
    public void An_archive_of_a_repository_is_named_after_that(string address, string? name) => Assert.Equal(name, ReadMe.NameOf(address));

    [Fact]
    public void A_version_that_waits_to_be_filled_in_is_none() => Assert.Null(Read(("configure.ac", "AC_INIT([thing],[-])\n"), ("configure", "# Generated by GNU Autoconf 2.71\nPACKAGE_VERSION='-'\n")).Version);

    [Fact]
    public void What_says_nothing_is_no_project() => Assert.Null(ProjectReader.Read(Sources(("thing.c", ""))));
}
