// Recipes that are written for somebody: from an archive to a document that builds.

using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Imagecraft.EndToEnd.Tests;

public sealed class NewRecipeTests : IDisposable
{
    private readonly SmallWorkspace _workspace = new();

    [Fact]
    public async Task An_archive_becomes_a_recipe_that_builds_and_says_what_is_left_to_write()
    {
        _workspace.TakeRecipe("libc");
        var archive = Archive("thing-1.2.tar.gz",
            ("Makefile", "prefix = /usr/local\nall: thing test\nthing: thing.c\n\t$(CC) $(CFLAGS) -o $@ $<\ninstall:\n\tinstall -D thing $(DESTDIR)$(prefix)/bin/thing\ntest: thing\n\t./thing\n"),
            ("thing.c", "#include <math.h>\n#include <stdio.h>\nint main(int count, char **words) { printf(\"%d\\n\", count + (words == 0)); return 0; }\n"),
            ("LICENSE", "Permission is hereby granted, free of charge, to any person obtaining a copy of this software. The above copyright notice and this permission notice shall be included."),
            ("README.md", "# thing\n\nThing is a program that counts its words.\n"));

        var (code, text) = await _workspace.RunAsync("new", "recipe", archive, "--board", "small");

        Assert.True(code == 0, text);
        Assert.Contains("`recipes/thing/thing.yaml`: thing 1.2, MIT, built by make\n", text, StringComparison.Ordinal);
        Assert.Contains("  - Write the `homepage:`\n", text, StringComparison.Ordinal);
        Assert.Equal($"""
            # yaml-language-server: $schema=../../docs/schemas/recipe.schema.json
            recipe: thing
            version: "1.2"
            license: MIT
            summary: Program that counts its words
            sources:
              - url: "file:thing-$VERSION.tar.gz"
                sha256: {Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(archive, TestContext.Current.CancellationToken)))}
            build:
              system: make
              make: [ prefix=/usr, thing ]
            packages:
              - {"{ name: thing, files: [ /usr/bin/thing ], requires: [ libc ] }"}
            checks:
              - {"{ name: version, run: \"thing --version\", contains: [ \"$VERSION\" ] }"}

            """, await File.ReadAllTextAsync(Path.Combine(_workspace.Root, "recipes/thing/thing.yaml"), TestContext.Current.CancellationToken));

        (code, text) = await _workspace.RunAsync("new", "recipe", archive, "--board", "small");
        Assert.Equal(3, code);
        Assert.Contains("There is a recipe `thing` already, in `recipes/thing/thing.yaml`", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_build_yet_stays_to_be_mended()
    {
        var archive = Archive("broken-2.tar.gz", ("Makefile", "all:\n\tfalse\ninstall:\n"));
        var (code, text) = await _workspace.RunAsync("new", "recipe", archive, "--board", "small");
        Assert.Equal(3, code);
        Assert.Contains("It does not build yet; mend it, and call `./build.sh build broken`", text, StringComparison.Ordinal);
        Assert.Contains("  - Write the license: nothing says it in a way that is known\n", text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_workspace.Root, "recipes/broken/broken.yaml")));
    }

    [Fact]
    public async Task What_is_no_source_of_a_program_writes_nothing()
    {
        await RefusedAsync("Nothing in `data-1.tar.gz` says how it is built: at its root lie [words]", Archive("data-1.tar.gz", ("words", "x")));
        var file = Path.Combine(_workspace.Root, "text-1.tar.gz");
        await File.WriteAllTextAsync(file, "no archive", TestContext.Current.CancellationToken);
        await RefusedAsync("text-1.tar.gz", file);
        await RefusedAsync("Name an archive (tar or zip)", "nowhere-1.0.tar.gz");
        await RefusedAsync("nor what is in it says a name", Archive("thing.tar.gz", ("Makefile", "install:\n")));
        Assert.False(Directory.Exists(Path.Combine(_workspace.Root, "recipes/thing")));
    }

    public void Dispose() => _workspace.Dispose();

    private async Task RefusedAsync(string words, string address)
    {
        var (code, text) = await _workspace.RunAsync("new", "recipe", address, "--board", "small");
        Assert.True(code == 3, text);
        Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Imagecraft.", text, StringComparison.Ordinal);
    }

    private string Archive(string name, params (string Path, string Text)[] files)
    {
        var path = Path.Combine(_workspace.Root, name);
        using var stream = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        using var tar = new TarWriter(stream);
        foreach (var file in files)
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"top/{file.Path}") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(file.Text)) });
        return path;
    }
}
