// The sources of a recipe in a folder that somebody works in: built from there step by step, and back to patches.

using CliWrap;
using CliWrap.Buffered;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.EndToEnd.Tests;

public sealed class EditTests : IDisposable
{
    private const string Header = "From: Ada <ada@example.org>\nDate: Thu, 1 Jan 2026 00:00:00 +0000\nSubject: [PATCH 1/2] Say two\n\nBecause one is not enough.\n---\n some words of the author\n\n";

    // By diff(1), so not as git would write it.
    private const string Patch = Header + "--- a/one.c\t2026-01-01\n+++ b/one.c\t2026-01-01\n@@ -1,2 +1,2 @@\n #include <stdio.h>\n-void one(void) { puts(\"one\"); }\n+void one(void) { puts(\"two\"); }\n";

    private readonly SmallWorkspace _workspace = new();

    public EditTests()
    {
        _workspace.Write("recipes/hello/one.c", "#include <stdio.h>\nvoid one(void) { puts(\"one\"); }\n");
        _workspace.Write("recipes/hello/main.c", "void one(void);\nint main(void) { one(); return 0; }\n");
        _workspace.Write("recipes/hello/Makefile", "hello: one.o main.o\n\t$(CC) -o $@ $^\ninstall: hello\n\tinstall -D hello $(DESTDIR)/usr/bin/hello\n");
        _workspace.Write("recipes/hello/0001-say-two.patch", Patch);
        _workspace.Write("recipes/hello/hello.yaml", """
            recipe: hello
            version: "1"
            license: MIT
            sources: [ { url: "file:one.c" }, { url: "file:main.c" }, { url: "file:Makefile" } ]
            patches:
              # As long as upstream sleeps.
              - 0001-say-two.patch   # two
            build: { system: make }
            packages: [ { name: hello, files: [ /usr/bin/hello ] } ]

            """);
    }

    [Fact]
    public async Task What_was_changed_is_compiled_again_and_commits_become_patches()
    {
        var text = await SucceedAsync("edit", "hello");
        Assert.Contains("The sources of hello 1 are in `work/hello`, with a commit for each patch", text, StringComparison.Ordinal);
        Assert.Equal("Ada: Say two, Imagecraft: hello 1", (await GitAsync("log", "--format=%an: %s")).Replace("\n", ", ", StringComparison.Ordinal));
        Assert.Equal("", await GitAsync("status", "--porcelain"));

        Assert.Contains("hello is built from `work/hello`", await SucceedAsync("build", "hello", "--board", "small"), StringComparison.Ordinal);
        Assert.Contains(" -c -o main.o main.c", Log(), StringComparison.Ordinal);
        Work("main.c", "void one(void);\nint main(void) { one(); one(); return 0; }\n");
        await SucceedAsync("build", "hello", "--board", "small");
        Assert.Contains(" -c -o main.o main.c", Log(), StringComparison.Ordinal);
        Assert.DoesNotContain(" -c -o one.o one.c", Log(), StringComparison.Ordinal);
        Assert.False(File.Exists(WorkPath("main.o")));

        var (code, refused) = await _workspace.RunAsync("edit", "hello", "--finish");
        Assert.Equal(3, code);
        Assert.Contains("`work/hello` has changes that are in no commit: [main.c]", refused, StringComparison.Ordinal);
        await GitAsync("commit", "-qam", "Say it: \"twice\"\n\nOnce is easily missed.");
        text = await SucceedAsync("edit", "hello", "--finish");
        Assert.Contains("Wrote `recipes/hello/0002-Say-it-twice.patch`\nChanged `recipes/hello/hello.yaml`\n", text, StringComparison.Ordinal);

        Assert.Equal(Patch, Read("recipes/hello/0001-say-two.patch"));
        var written = Read("recipes/hello/0002-Say-it-twice.patch");
        Assert.Contains("Once is easily missed.\n", written, StringComparison.Ordinal);
        Assert.DoesNotContain("Imagecraft-Patch", written, StringComparison.Ordinal);
        Assert.Contains("patches:\n  # As long as upstream sleeps.\n  - 0001-say-two.patch   # two\n  - 0002-Say-it-twice.patch\nbuild:", Read("recipes/hello/hello.yaml"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_workspace.Root, "work/hello")));
        Assert.DoesNotContain("is built from", await SucceedAsync("build", "hello", "--board", "small"), StringComparison.Ordinal);
        await SucceedAsync("edit", "hello");
        Assert.Contains("one(); one();", File.ReadAllText(WorkPath("main.c")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_goes_on_after_an_error_where_it_stopped()
    {
        await SucceedAsync("edit", "hello");
        Work("main.c", "int main(void) { return one() }\n");
        var (code, text) = await _workspace.RunAsync("build", "hello", "--board", "small");
        Assert.Equal(3, code);
        Assert.Contains("main.c:1:", text, StringComparison.Ordinal);
        Work("main.c", "int main(void) { return 0; }\nint two(void) { return 2; }\n");
        await SucceedAsync("build", "hello", "--board", "small");
        Assert.DoesNotContain(" -c -o one.o one.c", Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_of_a_patch_that_was_amended_changes_that_patch_and_one_that_was_dropped_is_told()
    {
        await SucceedAsync("edit", "hello");
        Work("one.c", "#include <stdio.h>\nvoid one(void) { puts(\"three\"); }\n");
        await GitAsync("commit", "-qa", "--amend", "--no-edit");
        var text = await SucceedAsync("edit", "hello", "--finish");
        Assert.Contains("Changed `recipes/hello/0001-say-two.patch`", text, StringComparison.Ordinal);
        var changed = Read("recipes/hello/0001-say-two.patch");
        Assert.Contains("From: Ada <ada@example.org>\nDate: Thu, 1 Jan 2026 00:00:00 +0000\nSubject: [PATCH] Say two\n\nBecause one is not enough.\n", changed, StringComparison.Ordinal);
        Assert.Contains("+void one(void) { puts(\"three\"); }\n", changed, StringComparison.Ordinal);
        await SucceedAsync("build", "hello", "--board", "small");

        await SucceedAsync("edit", "hello");
        await GitAsync("reset", "-q", "--hard", "refs/imagecraft/base");
        text = await SucceedAsync("edit", "hello", "--finish");
        Assert.Contains("`recipes/hello/hello.yaml` no longer names `0001-say-two.patch`, whose file stays", text, StringComparison.Ordinal);
        Assert.DoesNotContain("patches", Read("recipes/hello/hello.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_that_no_patch_has_is_lost_without_a_word()
    {
        await SucceedAsync("edit", "hello");
        await RefusedAsync("`hello` is worked on in `work/hello` already", "edit", "hello");
        Work(".git/info/exclude", "*.log\n");
        Work("mine.log", "notes\n");
        await RefusedAsync("`work/hello` has changes or files that no patch of `hello` has", "edit", "hello", "--discard");
        var text = await SucceedAsync("edit", "hello", "--finish");
        Assert.Contains("The patches are as they were\n`work/hello` stays, because it has files that git ignores: [mine.log]", text, StringComparison.Ordinal);
        Assert.True(File.Exists(WorkPath("mine.log")));
        await RefusedAsync("`work/hello` is there already", "edit", "hello");
        Directory.Delete(WorkPath(""), recursive: true);

        await SucceedAsync("edit", "hello");
        Work("new.c", "int x;\n");
        await RefusedAsync("has changes or files", "edit", "hello", "--discard");
        await SucceedAsync("edit", "hello", "--discard", "--force");
        Assert.False(Directory.Exists(WorkPath("")));
        await SucceedAsync("edit", "hello");
        await SucceedAsync("edit", "hello", "--discard");
        Assert.Contains("No recipe is worked on", await SucceedAsync("edit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_patches_cannot_hold_is_refused_with_the_remedy()
    {
        await SucceedAsync("edit", "hello");
        Work("logo.png", "\0\u0001\0");
        await GitAsync("add", ".");
        await GitAsync("commit", "-qm", "Add a logo");
        await RefusedAsync("Commit `Add-a-logo`", "edit", "hello", "--finish");
        await GitAsync("reset", "-q", "--hard", "refs/imagecraft/patched");
        await GitAsync("checkout", "-q", "-b", "side", "refs/imagecraft/base");
        Work("side.c", "int side;\n");
        await GitAsync("add", ".");
        await GitAsync("commit", "-qm", "Side");
        await GitAsync("checkout", "-q", "work");
        await GitAsync("reset", "-q", "--hard", await GitAsync("commit-tree", "-p", "HEAD", "-p", "side", "-m", "Merge", "HEAD^{tree}"));
        await RefusedAsync("has merges, which patches cannot hold", "edit", "hello", "--finish");
        await GitAsync("checkout", "-q", "--orphan", "other");
        await GitAsync("commit", "-qm", "Other");
        await RefusedAsync("do not come after the commit of the sources", "edit", "hello", "--finish");
        Assert.Equal(Patch, Read("recipes/hello/0001-say-two.patch"));
    }

    [Fact]
    public async Task A_patch_that_another_layer_brings_is_not_changed()
    {
        _workspace.Write("layers/top/layer.yaml", "layer: top\n");
        _workspace.Write("layers/top/recipes/more.patch", "--- a/main.c\n+++ b/main.c\n@@ -1,2 +1,3 @@\n void one(void);\n int main(void) { one(); return 0; }\n+int more;\n");
        _workspace.Write("layers/top/recipes/hello.append.yaml", "append: hello\npatches: [ more.patch ]\n");
        await SucceedAsync("edit", "hello");
        Work("main.c", "int main(void) { return 0; }\n");
        await GitAsync("commit", "-qam", "Do nothing");
        var text = await SucceedAsync("edit", "hello", "--finish");
        Assert.Contains("Changed `layers/top/recipes/hello.append.yaml`", text, StringComparison.Ordinal);
        Assert.Equal("append: hello\npatches: [ more.patch, 0003-Do-nothing.patch ]\n", Read("layers/top/recipes/hello.append.yaml"));

        await SucceedAsync("edit", "hello");
        await GitAsync("reset", "-q", "--hard", "refs/imagecraft/base");
        await RefusedAsync("Commits of patches that other layers bring were changed, moved or taken out: [0001-say-two.patch]", "edit", "hello", "--finish");
    }

    [Fact]
    public async Task A_folder_of_ones_own_is_built_as_it_lies_and_stays()
    {
        var own = Directory.CreateTempSubdirectory("imagecraft-own-").FullName;
        try
        {
            foreach (var name in new[] { "one.c", "main.c", "Makefile" })
                File.Copy(Path.Combine(_workspace.Root, "recipes/hello", name), Path.Combine(own, name));
            await SucceedAsync("edit", "hello", "--folder", own);
            await SucceedAsync("build", "hello", "--board", "small");
            await File.WriteAllTextAsync(Path.Combine(own, "main.c"), "int main(void) { return 1; }\n", TestContext.Current.CancellationToken);
            await SucceedAsync("build", "hello", "--board", "small");
            Assert.DoesNotContain(" -c -o one.o one.c", Log(), StringComparison.Ordinal);
            await RefusedAsync("is a folder of your own", "edit", "hello", "--finish");
            await SucceedAsync("edit", "hello", "--discard");
            Assert.Equal(["Makefile", "main.c", "one.c"], Directory.EnumerateFileSystemEntries(own).Select(Path.GetFileName).Order(StringComparer.Ordinal)!);

            await SucceedAsync("edit", "hello", "--folder", own);
            Directory.Move(own, own + ".moved");
            await RefusedAsync("which is gone", "build", "hello", "--board", "small");
        }
        finally
        {
            foreach (var folder in new[] { own, own + ".moved" }.Where(Directory.Exists))
                Directory.Delete(folder, recursive: true);
        }
    }

    // A workspace that came from elsewhere names no folder of the host by itself, nor by a link.
    [Theory]
    [InlineData("/etc")]
    [InlineData("work/link")]
    public async Task A_record_that_came_along_with_a_workspace_leads_nowhere_else(string folder)
    {
        Directory.CreateDirectory(WorkPath("").TrimEnd('/') + "/..");
        Directory.CreateSymbolicLink(Path.Combine(_workspace.Root, "work/link"), "/etc");
        _workspace.Write("work/hello.edit.json", $"{{ \"recipe\": \"hello\", \"folder\": \"{folder}\", \"version\": \"1\", \"is-own\": true }}");
        await RefusedAsync("which lies outside of the workspace", "build", "hello", "--board", "small");
    }

    [Fact]
    public async Task Recipes_that_cannot_be_worked_on_are_told()
    {
        _workspace.WriteRecipe("ready", "system: prebuilt\n  feed: trixie\n  packages: [ libc6 ]", "ready", "/**");
        _workspace.WriteRecipe("beside", "system: make", "beside", "/**", "sources: [ { url: \"file:program\" } ]\n");
        _workspace.Write("recipes/beside/program/Makefile", "install:\n");
        await RefusedAsync("Did you mean `hello`?", "edit", "helo");
        await RefusedAsync("`ready` is made of ready packages and has no sources", "edit", "ready");
        await RefusedAsync("The sources of `beside` lie in the workspace, in `recipes/beside/program`", "edit", "beside");
        await RefusedAsync("`hello` is not worked on", "edit", "hello", "--finish");
        await RefusedAsync("`--force` belongs to `--discard`", "edit", "hello", "--force");
        await RefusedAsync("exclude each other", "edit", "hello", "--finish", "--discard");
        await RefusedAsync("`nowhere` is no folder", "edit", "hello", "--folder", "nowhere");
        _workspace.Write("work/hello.edit.json", "{");
        await RefusedAsync("is no record of a recipe that is worked on", "build", "hello", "--board", "small");
    }

    public void Dispose() => _workspace.Dispose();

    private async Task<string> SucceedAsync(params string[] arguments)
    {
        var (code, text) = await _workspace.RunAsync(arguments);
        Assert.True(code == 0, text);
        return text;
    }

    private async Task RefusedAsync(string words, params string[] arguments)
    {
        var (code, text) = await _workspace.RunAsync(arguments);
        Assert.True(code == 3, text);
        Assert.Contains(words, text, StringComparison.Ordinal);
    }

    private string WorkPath(string name) => Path.Combine(_workspace.Root, "work/hello", name);

    private void Work(string name, string text) => File.WriteAllText(WorkPath(name), text);

    private string Read(string path) => File.ReadAllText(Path.Combine(_workspace.Root, path));

    private string Log() => File.ReadAllText(Assert.Single(Directory.EnumerateFiles(Path.Combine(_workspace.Root, ".imagecraft/logs"), "hello@*build.log")));

    private async Task<string> GitAsync(params string[] arguments)
    {
        var root = Path.Combine(Environment.GetEnvironmentVariable("IMAGECRAFT_TEST_TOOLROOT") is { Length: > 0 } set ? set : throw new InvalidOperationException("`IMAGECRAFT_TEST_TOOLROOT` is not set; run the tests by `./build.sh test`"), "git");
        var git = ToolRootProgram.Find(root, "/usr/bin/git");
        var result = await CliWrap.Cli.Wrap(git.Program)
            .WithArguments([.. git.Arguments, "-c", "user.name=Me", "-c", "user.email=me@example.org", .. arguments])
            .WithWorkingDirectory(WorkPath(""))
            .WithEnvironmentVariables(e => e.Set("GIT_EXEC_PATH", Path.Combine(root, "usr/lib/git-core")).Set("HOME", "/nowhere").Set("GIT_CONFIG_NOSYSTEM", "1"))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, result.StandardError);
        return result.StandardOutput.TrimEnd('\n');
    }
}
