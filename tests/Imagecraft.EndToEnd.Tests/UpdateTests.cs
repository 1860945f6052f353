// Newer releases into recipes: fetched, patched, built, and put back when something of that fails.

using System.Security.Cryptography;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Imagecraft.Feeds.Tests;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.EndToEnd.Tests;

public sealed class UpdateTests : IDisposable
{
    private const string Makefile = "thing: thing.c\n\t$(CC) $(CFLAGS) -o $@ $<\ninstall: thing\n\tinstall -D thing $(DESTDIR)/usr/bin/thing\n";
    private const string Program = "#include <stdio.h>\nint main(void)\n{\n    puts(\"thing\");\n    return 0;\n}\n";
    private const string Patch = "Why not\n--- a/thing.c\n+++ b/thing.c\n@@ -1,6 +1,6 @@\n #include <stdio.h>\n int main(void)\n {\n-    puts(\"thing\");\n+    puts(\"patched\");\n     return 0;\n }\n";

    private readonly SmallWorkspace _workspace = new();
    private readonly TestServer _server = new();
    private readonly byte[] _old;

    public UpdateTests()
    {
        _old = Serve("1.0", Program);
        _workspace.Write("recipes/thing/0001-say-patched.patch", Patch);
        _workspace.Write("recipes/thing/thing.yaml", Document("1.0", _old));
    }

    public void Dispose()
    {
        _workspace.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task A_newer_release_is_written_into_the_recipe_when_its_patches_apply_and_it_builds()
    {
        var release = Serve("1.1", "/* new */\n" + Program);
        Listing("1.0", "1.1", "1.2-rc1");

        var (code, output, errors) = await _workspace.RunApartAsync("update", "thing", "--apply", "--board", "small");

        Assert.True(code == 0, output + errors);
        Assert.Contains("\n    1.0 -> 1.1: its patches apply, and it builds\n    - `1.0` still stands in recipes/thing/thing.yaml:12\n", output, StringComparison.Ordinal);
        Assert.Equal(Document("1.1", release).Replace("[ \"thing 1.1\" ]", "[ \"thing 1.0\" ]", StringComparison.Ordinal), Recipe);
        (code, output, _) = await _workspace.RunApartAsync("update", "thing", "--json");
        Assert.Equal((0, "current"), (code, JsonDocument.Parse(output).RootElement[0].GetProperty("state").GetString()));
    }

    [Fact]
    public async Task A_patch_that_does_not_apply_is_named_and_the_recipe_is_as_it_was()
    {
        Serve("1.1", Program.Replace("puts(\"thing\")", "printf(\"thing\\n\")", StringComparison.Ordinal));
        Listing("1.1");

        var (code, output, _) = await _workspace.RunApartAsync("update", "thing", "--apply", "--no-build", "--json", "--board", "small");

        Assert.Equal(3, code);
        var outcome = JsonDocument.Parse(output).RootElement[0].GetProperty("outcome");
        Assert.Equal(("put back", "1.1"), (outcome.GetProperty("state").GetString(), outcome.GetProperty("to").GetString()));
        Assert.Equal("patch `0001-say-patched.patch` does not apply: `thing.c` hunk 1 failed at line 1", outcome.GetProperty("reason").GetString());
        Assert.Contains("Hunk #1 FAILED", await File.ReadAllTextAsync(outcome.GetProperty("log").GetString()!.Replace("ROOT", _workspace.Root, StringComparison.Ordinal), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(Document("1.0", _old), Recipe);
    }

    [Fact]
    public async Task What_does_not_build_is_put_back_unless_somebody_wants_to_go_on()
    {
        var release = Serve("2.0", Program + "int other(void) { return nothing; }\n");
        Listing("2.0");

        var (code, output, _) = await _workspace.RunApartAsync("update", "thing", "--apply", "--board", "small");
        Assert.Equal(3, code);
        Assert.Contains("    the recipe is as it was\n    whole log: ", output, StringComparison.Ordinal);
        Assert.Equal(Document("1.0", _old), Recipe);

        (code, output, _) = await _workspace.RunApartAsync("update", "thing", "--apply", "--keep", "--board", "small");
        Assert.Equal(3, code);
        Assert.Contains("    kept as it was changed\n", output, StringComparison.Ordinal);
        Assert.Equal(Document("2.0", release).Replace("[ \"thing 2.0\" ]", "[ \"thing 1.0\" ]", StringComparison.Ordinal), Recipe);
    }

    [Fact]
    public async Task A_version_that_is_said_is_taken_and_one_that_nobody_has_is_told()
    {
        Serve("0.9", "/* old */\n" + Program);
        var (code, output, _) = await _workspace.RunApartAsync("update", "thing", "--apply", "--to", "0.9", "--no-build", "--board", "small");
        Assert.Equal(0, code);
        Assert.Contains("1.0 -> 0.9: its patches apply; it was not built", output, StringComparison.Ordinal);
        Assert.DoesNotContain("GET /releases/", _server.Requests);

        (code, output, _) = await _workspace.RunApartAsync("update", "thing", "--apply", "--to", "7.0", "--board", "small");
        Assert.Equal(2, code);
        Assert.Contains("thing-7.0.tar.gz: answered 404", output, StringComparison.Ordinal);
        Assert.Contains("version: \"0.9\"", Recipe, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipe_that_somebody_works_on_is_left_alone()
    {
        Serve("1.1", Program);
        Listing("1.1");
        Directory.CreateDirectory(Path.Combine(_workspace.Root, "mine"));
        await _workspace.RunAsync("edit", "thing", "--folder", Path.Combine(_workspace.Root, "mine"));

        var (code, output, _) = await _workspace.RunApartAsync("update", "thing", "--apply", "--board", "small");

        Assert.Equal(3, code);
        Assert.Contains("`thing` is worked on in `mine`, and would be built from there", output, StringComparison.Ordinal);
        Assert.Equal(Document("1.0", _old), Recipe);
    }

    [Fact]
    public async Task A_tag_of_a_repository_becomes_the_commit()
    {
        var repository = Directory.CreateDirectory(Path.Combine(_workspace.Root, "upstream")).FullName;
        await GitAsync(repository, "init", "--quiet", ".");
        var first = await CommitAsync(repository, Program, "v1.0");
        var second = await CommitAsync(repository, "/* new */\n" + Program, "v1.1");
        await CommitAsync(repository, "int main(void) { return nothing; }\n", "v1.2-rc1");
        string Text(string version, string commit) => $"recipe: thing\nversion: \"{version}\"\nlicense: MIT\nsources:\n  - url: \"git:file://{repository}\"\n    commit: {commit}   # the tag's\nbuild: {{ system: make }}\npackages: [ {{ name: thing, files: [ /usr/bin/thing ] }} ]\n";
        _workspace.Write("recipes/thing/thing.yaml", Text("1.0", first));

        var (code, output, errors) = await _workspace.RunApartAsync("update", "thing", "--apply", "--board", "small");

        Assert.True(code == 0, output + errors);
        Assert.Contains("thing   1.0      1.1     newer  git, tags\n", output, StringComparison.Ordinal);
        Assert.Equal(Text("1.1", second), Recipe);
    }

    private string Recipe => File.ReadAllText(Path.Combine(_workspace.Root, "recipes/thing/thing.yaml"));

    private string Document(string version, byte[] archive) => $$"""
        # A thing.
        recipe: thing
        version: "{{version}}"   # of this year
        license: MIT
        sources:
          - url: "{{_server.Address}}/releases/thing-$VERSION.tar.gz"
            sha256: {{Convert.ToHexStringLower(SHA256.HashData(archive))}}   # seen on the desk
        patches: [ 0001-say-patched.patch ]
        build: { system: make }
        packages: [ { name: thing, files: [ /usr/bin/thing ] } ]
        checks:
          - { name: version, run: "thing", contains: [ "thing {{version}}" ] }

        """;

    private byte[] Serve(string version, string program)
    {
        var archive = new Tar().File($"thing-{version}/Makefile", Makefile).File($"thing-{version}/thing.c", program).Gzip();
        _server.Serve($"/releases/thing-{version}.tar.gz", Answer.Of(archive));
        return archive;
    }

    private void Listing(params string[] versions) => _server.Serve("/releases/", Answer.Of(string.Concat(versions.Select(version => $"<a href=\"thing-{version}.tar.gz\">"))));

    private static async Task<string> CommitAsync(string repository, string program, string tag)
    {
        await File.WriteAllTextAsync(Path.Combine(repository, "Makefile"), Makefile, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(repository, "thing.c"), program, TestContext.Current.CancellationToken);
        await GitAsync(repository, "add", ".");
        await GitAsync(repository, "commit", "--quiet", "-m", tag);
        await GitAsync(repository, "tag", "-a", "-m", tag, tag);
        return (await GitAsync(repository, "rev-parse", "HEAD")).Trim();
    }

    private static async Task<string> GitAsync(string repository, params string[] arguments)
    {
        var root = Path.Combine(Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_TOOLROOT") is { Length: > 0 } set ? set : throw new InvalidOperationException("`IMAGECRAFT_TEST_TOOLROOT` is not set; run the tests by `./build.sh test`"), "git");
        var git = ToolRootProgram.Find(root, "/usr/bin/git");
        var result = await CliWrap.Cli.Wrap(git.Program)
            .WithArguments([.. git.Arguments, "-c", "user.name=Me", "-c", "user.email=me@example.org", .. arguments])
            .WithWorkingDirectory(repository)
            .WithEnvironmentVariables(e => e.Set("GIT_EXEC_PATH", Path.Combine(root, "usr/lib/git-core")).Set("HOME", "/nowhere").Set("GIT_CONFIG_NOSYSTEM", "1"))
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        return result.StandardOutput;
    }
}
