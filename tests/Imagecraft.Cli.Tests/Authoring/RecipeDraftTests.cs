// Licenses by their texts, packages by what was installed, and recipes as text.

using Imagecraft.Cli.Authoring;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Cli.Tests.Authoring;

public sealed class RecipeDraftTests
{
    private const string Mit = "Permission is hereby granted, free of charge, to any person obtaining a copy\nof this software ...\nThe above copyright notice and this permission notice shall be included";
    private const string Bsd = "Redistribution and use in source and binary forms, with or without modification, are permitted:\n1. Redistributions of source code must retain\n2. Redistributions in binary form must reproduce ";

    [Theory]
    [InlineData("Copyright (c) 2020 Somebody\n\n" + Mit, "MIT")]
    [InlineData(Bsd, "BSD-2-Clause")]
    [InlineData(Bsd + "3. Neither the name may be used to endorse or promote products", "BSD-3-Clause")]
    [InlineData("                    GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007\n ... the GNU Lesser General Public License instead", "GPL-3.0-only")]
    [InlineData("GNU LESSER GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007\n This version of the GNU Lesser General Public License incorporates the terms of version 3 of the GNU General Public License", "LGPL-3.0-only")]
    [InlineData("GNU LIBRARY GENERAL PUBLIC LICENSE\nVersion 2, June 1991", "LGPL-2.0-only")]
    [InlineData("Permission to use, copy, modify, and/or distribute this software for any\npurpose with or without fee is hereby granted, provided that the above\ncopyright notice and this permission notice appear in all copies.", "ISC")]
    [InlineData("Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted.", "0BSD")]
    [InlineData("Some files may be used under CC0 1.0 Universal or Apache 2.0.\n" + Bsd, "BSD-2-Clause")]
    [InlineData("Creative Commons CC0 1.0 Universal\n\nStatement of Purpose\nThe laws of most jurisdictions", "CC0-1.0")]
    [InlineData("All rights reserved.", null)]
    public void A_license_is_known_by_its_words(string text, string? id) => Assert.Equal(id, LicenseText.IdOf(text));

    // Two licenses that differ by a sentence, one of GNU's family under all its names, and one too short to be looked for.
    private const string Tea = "Whoever drinks this tea may share it with friends and strangers alike provided that the pot is washed and the leaves are returned to the garden";
    private const string Warm = Tea + " and nobody who drinks it while it is warm may complain about the taste of it to those who made it";

    private static readonly LicenseList List = LicenseList.Read(System.Text.Encoding.UTF8.GetBytes($$"""
        {
          "Tea": { "name": "Tea", "licenseText": "Copyright <year> <owner>\n\n{{Tea}}." },
          "Warm-Tea": { "licenseText": "{{Warm}}" },
          "Short": { "licenseText": "Do as you like" },
          "GPL-2.0": { "licenseText": "{{Tea}} x" }, "GPL-2.0+": { "licenseText": "{{Tea}} x" }, "GPL-2.0-or-later": { "licenseText": "{{Tea}} x" },
          "GPL-2.0-only": { "licenseText": "{{Warm}} {{Tea}} gpl" }
        }
        """));

    [Theory]
    [InlineData("Copyright (c) 2020 Somebody\nAll rights reserved.\n\n  " + Tea + ".\n", "Tea")]
    [InlineData(Warm, "Warm-Tea")]
    [InlineData("This program is for everybody who likes to read long words about nothing, and then come the terms:\n" + Warm, "Warm-Tea")]
    [InlineData("Do as you like", null)]
    [InlineData("Whoever drinks this tea may share it", null)]
    [InlineData(Mit, "MIT")]
    public void A_license_is_known_by_its_whole_text(string text, string? id) => Assert.Equal(id, LicenseText.IdOf(text, List));

    [Fact]
    public void A_list_that_is_none_is_refused() => Assert.ThrowsAny<System.Text.Json.JsonException>(() => LicenseList.Read("nothing"u8.ToArray()));

    [Fact]
    public void Heads_of_programs_say_whether_later_versions_count()
    {
        const string gpl = "GNU GENERAL PUBLIC LICENSE\nVersion 2, June 1991\n", later = "/* under the terms of the GNU GPL; either version 2 of the License,\n * or (at your option) any later version. */";
        Assert.Equal("GPL-2.0-only", Of(("COPYING", gpl), ("a.c", "int a;")).License);
        Assert.Equal("GPL-2.0-or-later", Of(("COPYING", gpl), ("a.c", later)).License);
        Assert.Equal("GPL-2.0-or-later", Of(("COPYING", gpl), ("a.sh", "# GNU General Public License version 2, or any later version.")).License);
        Assert.Equal("GPL-2.0-or-later", Of(("COPYING", gpl), ("README", "Licensed under GPLv2 or later.")).License);
        Assert.Equal("GPL-2.0-only", Of(("COPYING", gpl), ("a.c", "/* version 2 of the GNU General Public License, or some other */")).License);
        Assert.Equal("MIT", LicenseText.Of(Sources(("LICENSE", Mit)), "MIT").License);
        Assert.Equal(("MIT", 0), Of(("COPYING", Mit), ("LICENSE", "See COPYING")) is var pointed ? (pointed.License, pointed.Doubts.Length) : default);
        var (license, doubts) = LicenseText.Of(Sources(("LICENSE", Mit)), "GPL-2.0-only");
        Assert.Equal("GPL-2.0-only", license);
        Assert.Contains("the texts are of [MIT]: read them", Assert.Single(doubts), StringComparison.Ordinal);
        Assert.Equal("BSD-3-Clause AND MIT", Of(("LICENSES/MIT.txt", ""), ("LICENSES/BSD-3-Clause.txt", "")).License);
        Assert.Contains("`COPYING` is not known", Assert.Single(Of(("COPYING", "mine")).Doubts), StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_with_programs_becomes_two_packages_that_know_of_each_other()
    {
        List<string> missing = [];
        var packages = InstalledTree.Packages("thing",
        [
            new("/usr/lib/aarch64-linux-gnu/libthing.so.1.2", ["libz.so.1", "libc.so.6"]), new("/usr/lib/aarch64-linux-gnu/libthing.so.1", []), new("/usr/lib/aarch64-linux-gnu/libthing.so", []),
            new("/usr/bin/thing", ["libthing.so.1", "libc.so.6", "libgone.so.2"]), new("/usr/bin/thing-config", []), new("/usr/include/thing.h", []), new("/usr/share/thing/data/x", []), new("/usr/share/man/man1/thing.1", []), new("/etc/thing.conf", []),
        ], library => library switch { "libz.so.1" => "zlib", "libc.so.6" => "libc", _ => null }, missing);

        Assert.Equal(["libthing: /usr/lib/*/libthing.so.* <- libc zlib", "thing: /etc/thing.conf /usr/bin/thing /usr/share/thing/** <- libc libthing"],
            packages.Select(package => $"{package.Name}: {string.Join(' ', package.Files)} <- {string.Join(' ', package.Requires)}"));
        Assert.Equal(["libgone.so.2"], missing);
        Assert.Equal("libthing", Assert.Single(InstalledTree.Packages("libthing", [new("/usr/lib/x86_64-linux-gnu/libthing.so", ["libc.so.6"])], _ => "libc", missing)).Name);
        Assert.Equal("libthing libthing-tools", string.Join(' ', InstalledTree.Packages("libthing", [new("/usr/lib/libthing.so.1", ["libc.so.6"]), new("/usr/bin/thing-config", ["libthing.so.1"])], _ => "libc", missing).Select(package => package.Name)));
    }

    [Fact]
    public void A_draft_is_a_document_that_a_newer_version_changes_in_one_line()
    {
        var text = new RecipeDraft
        {
            Name = "thing", Version = "1.2", License = "MIT", Summary = "Does things: \"all\" of them.", Homepage = "https://thing.example",
            Addresses = ["https://thing.example/thing-1.2.tar.gz", "debian:thing/thing_1.2.orig.tar.gz"], Pin = new('a', 64), Depends = ["zlib"], System = "make", Keys = ["make: [ \"CC=$CC\" ]"],
            Packages = [new("thing", ["/usr/bin/thing", "/usr/share/thing/**"], ["libc"])], Program = "thing",
        }.ToYaml("schema.json");

        Assert.True(YamlText.Parse("x", text).IsWhole, text);
        Assert.Equal($$"""
            # yaml-language-server: $schema=schema.json
            recipe: thing
            version: "1.2"
            license: MIT
            summary: "Does things: \"all\" of them"
            homepage: https://thing.example
            sources:
              - url: "https://thing.example/thing-$VERSION.tar.gz"
                mirrors: [ "debian:thing/thing_$VERSION.orig.tar.gz" ]
                sha256: {{new string('a', 64)}}
            depends: [ zlib ]
            build:
              system: make
              make: [ "CC=$CC" ]
            packages:
              - { name: thing, files: [ /usr/bin/thing, "/usr/share/thing/**" ], requires: [ libc ] }
            checks:
              - { name: version, run: "thing --version", contains: [ "$VERSION" ] }

            """, text);
    }

    [Fact]
    public void A_version_with_a_name_behind_it_is_a_variable_all_the_same()
    {
        string Url(string version, string address) => new RecipeDraft { Name = "thing", Version = version, License = "MIT", Addresses = [address], Pin = new('a', 64), System = "make" }.ToYaml("x").Split('\n').Single(line => line.Contains("url:", StringComparison.Ordinal)).Trim();
        Assert.Equal("- url: \"https://thing.example/${VERSION}_linux.tar.gz\"", Url("1.2", "https://thing.example/1.2_linux.tar.gz"));
        Assert.Equal("- url: \"git:https://git.example/thing\"", Url("git", "git:https://git.example/thing"));
    }

    private static (string? License, System.Collections.Immutable.ImmutableArray<string> Doubts) Of(params (string Path, string Text)[] files) => LicenseText.Of(Sources(files), null);

    private static SourceView Sources(params (string Path, string Text)[] files) => new([.. files.Select(file => file.Path)], path => files.First(file => file.Path == path).Text);
}
