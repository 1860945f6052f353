// Lock files of languages: what they pin, and what is refused while reading.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Tests;

public class LanguageLockTests
{
    const string Hash = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    const string Cargo = "# generated\nversion = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"serde\",\n]\n\n[[package]]\nname = \"serde\"\nversion = \"1.0.219\"\nsource = \"registry+https://example.org/index\"\nchecksum = \"" + Hash + "\"\n";

    const string Go = "golang.org/x/Text v0.3.0 h1:abc=\ngolang.org/x/Text v0.3.0/go.mod h1:def=\n";

    const string Npm = "{ \"lockfileVersion\": 3, \"packages\": { \"\": { \"name\": \"a\" }, \"node_modules/@x/b\": { \"version\": \"1.0.0\", \"integrity\": \"sha1-x sha512-abc==\" }, \"node_modules/@x/b/node_modules/c\": { \"version\": \"2.0.0\", \"integrity\": \"sha512-def==\" }, \"node_modules/t\": { \"version\": \"1.0.0\", \"dev\": true } } }";

    static TestWorkspace Workspace(string build, string file, string text) => new TestWorkspace().Add("recipes/a/a.yaml", $"recipe: a\nversion: 1\nlicense: MIT\nbuild: {build}").Add($"recipes/a/{file}", text);

    static BuildSpec Build(string build, string file, string text) => Workspace(build, file, text).Good().Recipes["a"].Build;

    [Fact]
    public void Crates_are_those_of_the_registry_with_their_hashes()
    {
        var crates = Assert.IsType<BuildSpec.Cargo>(Build("{ system: cargo, crates: Cargo.lock }", "Cargo.lock", Cargo)).Crates!;

        Assert.Equal("recipes/a/Cargo.lock", crates.File.Value);
        Assert.Equal(new LockedModule("serde", "1.0.219", Hash, ""), Assert.Single(crates.Modules));
    }

    [Fact]
    public void Modules_of_Go_are_archives_and_descriptions() =>
        Assert.Equal([new("golang.org/x/Text", "v0.3.0", "h1:abc=", "zip"), new("golang.org/x/Text", "v0.3.0", "h1:def=", "mod")], Assert.IsType<BuildSpec.Go>(Build("{ system: go, modules: go.sum }", "go.sum", Go)).Modules!.Modules);

    [Fact]
    public void Packages_of_npm_lie_in_folders_and_those_for_development_are_left_out() =>
        Assert.Equal([new("@x/b", "1.0.0", "sha512-abc==", "node_modules/@x/b"), new("c", "2.0.0", "sha512-def==", "node_modules/@x/b/node_modules/c")], Assert.IsType<BuildSpec.Node>(Build("{ system: node, modules: package-lock.json }", "package-lock.json", Npm)).Modules!.Modules);

    [Theory]
    [InlineData("cargo, crates: l", "version = 3\n", "`recipes/a/l` has no `[[package]]`, so it is no Cargo.lock", "recipes/a/a.yaml:4:33")]
    [InlineData("cargo, crates: l", "[[package]]\nname = \"a\"\n", "`recipes/a/l` has a package without `name` or `version`", "recipes/a/l:1:1")]
    [InlineData("cargo, crates: l", "\n[[package]]\nname = \"a\"\nversion = \"1.0\"\nsource = \"git+https://example.org/a#1\"\n", "`recipes/a/l` takes `a` from a git repository, which has no hash: only crates of a registry can be fetched beforehand", "recipes/a/l:2:1")]
    [InlineData("cargo, crates: l", "[[package]]\nname = \"../a\"\nversion = \"1.0\"\nsource = \"registry+x\"\nchecksum = \"" + Hash + "\"\n", "`recipes/a/l` has the package `../a` `1.0`, which no registry has", "recipes/a/l:1:1")]
    [InlineData("cargo, crates: l", "[[package]]\nname = \"a\"\nversion = \"1.0\"\nsource = \"registry+x\"\n", "`recipes/a/l` has no checksum of `a`", "recipes/a/l:1:1")]
    [InlineData("go, modules: l", "a.b/c v1 h1:x\n../x v1 h1:x\n", "`recipes/a/l` has a line that is not `MODULE VERSION h1:HASH`", "recipes/a/l:2:1")]
    [InlineData("go, modules: l", "a/../../x v1 h1:x\n", "`recipes/a/l` has a line that is not `MODULE VERSION h1:HASH`", "recipes/a/l:1:1")]
    [InlineData("go, modules: l", "a.b/c ../v h1:x\n", "`recipes/a/l` has the version `../v`, which is none", "recipes/a/l:1:1")]
    [InlineData("node, modules: l", "{ \"dependencies\": {} }", "`recipes/a/l` has no `packages`: it was written by npm before version 7", "recipes/a/a.yaml:4:33")]
    [InlineData("node, modules: l", "{ \"packages\": { \"../x\": { \"version\": \"1.0.0\", \"integrity\": \"sha512-a\" } } }", "`recipes/a/l` has the package `../x` `1.0.0`, which no registry has", "recipes/a/a.yaml:4:33")]
    [InlineData("node, modules: l", "{ \"packages\": { \"node_modules/../x\": { \"version\": \"1.0.0\", \"integrity\": \"sha512-a\" } } }", "`recipes/a/l` has the package `node_modules/../x` `1.0.0`, which no registry has", "recipes/a/a.yaml:4:33")]
    [InlineData("node, modules: l", "{ \"packages\": { \"node_modules/x\": { \"version\": \"1.0.0\", \"integrity\": \"sha1-a\" } } }", "`recipes/a/l` has no SHA-512 of `node_modules/x`", "recipes/a/a.yaml:4:33")]
    public void What_no_tool_writes_is_refused_with_its_place(string build, string text, string message, string place)
    {
        var problem = Assert.Single(Workspace($"{{ system: {build} }}", "l", text).Read().Diagnostics);

        Assert.Equal((message, place), (problem.Message, problem.Span!.ToString()));
    }

    [Theory]
    [InlineData("\"version\": null, \"integrity\": \"sha512-a\"", "has the package `node_modules/x` ``, which no registry has")]
    [InlineData("\"version\": \"1.0.0\", \"integrity\": null", "has no SHA-512 of `node_modules/x`")]
    public void Words_that_are_none_are_told(string package, string message) =>
        Assert.Equal($"`recipes/a/l` {message}", Assert.Single(Workspace("{ system: node, modules: l }", "l", $"{{ \"packages\": {{ \"node_modules/x\": {{ {package} }} }} }}").Read().Diagnostics).Message);

    [Theory]
    [InlineData("\"os\": [ \"darwin\" ]", 0)]
    [InlineData("\"os\": [ \"!win32\" ]", 1)]
    [InlineData("\"os\": [ \"linux\", \"darwin\" ]", 1)]
    [InlineData("\"inBundle\": true", 0)]
    public void What_runs_on_no_board_or_comes_in_another_package_is_left_out(string more, int count) =>
        Assert.Equal(count, Assert.IsType<BuildSpec.Node>(Build("{ system: node, modules: l }", "l", $"{{ \"packages\": {{ \"node_modules/x\": {{ \"version\": \"1.0.0\", \"integrity\": \"sha512-a\", {more} }} }} }}")).Modules!.Modules.Length);

    [Fact]
    public void Something_that_is_no_JSON_is_told() =>
        Assert.StartsWith("`recipes/a/l` is no package-lock.json: ", Assert.Single(Workspace("{ system: node, modules: l }", "l", "<html>").Read().Diagnostics).Message, StringComparison.Ordinal);
}
