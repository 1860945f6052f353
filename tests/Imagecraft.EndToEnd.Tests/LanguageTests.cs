// Programs with dependencies of registries that a test serves: Cargo and Go hold their lock files against what was fetched.

using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Imagecraft.Feeds.Tests;

namespace Imagecraft.EndToEnd.Tests;

public sealed class LanguageTests : IDisposable
{
    private readonly SmallWorkspace workspace = new();
    private readonly TestServer server = new();

    // What is built must be this test's own, or the shared cache answers.
    private readonly string own = Guid.NewGuid().ToString("N");

    public void Dispose()
    {
        workspace.Dispose();
        server.Dispose();
    }

    [Fact]
    [Trait("Matrix", "wide")]
    public async Task A_Rust_program_is_built_with_the_crates_of_its_lock_file()
    {
        var crate = new Tar()
            .File("greet-1.2.0/Cargo.toml", "[package]\nname = \"greet\"\nversion = \"1.2.0\"\nedition = \"2021\"\n")
            .File("greet-1.2.0/src/lib.rs", $"pub fn greet() -> &'static str {{ \"{own}\" }}\n").Gzip();
        server.Serve("/crates/config.json", Answer.Of($$"""{ "dl": "{{server.Address}}/dl" }"""));
        server.Serve("/dl/greet/1.2.0/download", Answer.Of(crate));
        workspace.Variables["IMAGECRAFT_CARGO_REGISTRY"] = $"{server.Address}/crates";
        var locked = $"version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"greet\",\n]\n\n[[package]]\nname = \"greet\"\nversion = \"1.2.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{Convert.ToHexStringLower(SHA256.HashData(crate))}\"\n";
        workspace.Write("recipes/app/Cargo.lock", locked);
        workspace.Write("recipes/app/program/Cargo.lock", locked);
        workspace.Write("recipes/app/program/Cargo.toml", "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\ngreet = \"1.2\"\n");
        workspace.Write("recipes/app/program/src/main.rs", "fn main() { println!(\"{}\", greet::greet()); }\n");
        Recipe("system: cargo\n  crates: Cargo.lock\n  after: grep -q " + own + " $DESTDIR/usr/bin/app");

        await workspace.SucceedAsync("app");

        Assert.Equal(["GET /crates/config.json", "GET /dl/greet/1.2.0/download"], server.Requests);
        workspace.Append("recipes/app/program/Cargo.lock", "# another one\n");
        Assert.Contains("error: Cargo.lock of the sources is not the one beside the recipe; copy it there, so that its crates are fetched", await workspace.FailAsync("app"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Matrix", "wide")]
    public async Task A_Go_program_is_built_with_the_modules_of_go_sum_which_Go_verifies()
    {
        const string module = "example.org/Greet", description = "module example.org/Greet\n\ngo 1.23\n";
        var text = $"package greet\n\nfunc Greet() string {{ return \"{own}\" }}\n";
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in new[] { ("go.mod", description), ("greet.go", text) })
            {
                using var entry = archive.CreateEntry($"{module}@v1.0.0/{name}").Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }

        server.Serve("/example.org/!greet/@v/v1.0.0.zip", Answer.Of(zip.ToArray()));
        server.Serve("/example.org/!greet/@v/v1.0.0.mod", Answer.Of(description));
        workspace.Variables["IMAGECRAFT_GO_PROXY"] = server.Address.ToString();
        var lines = $"{module} v1.0.0 h1:{Hash($"{module}@v1.0.0/go.mod", description, $"{module}@v1.0.0/greet.go", text)}\n{module} v1.0.0/go.mod h1:{Hash("go.mod", description)}\n";
        workspace.Write("recipes/app/go.sum", lines);
        workspace.Write("recipes/app/program/go.mod", $"module example.org/app\n\ngo 1.23\n\nrequire {module} v1.0.0\n");
        workspace.Write("recipes/app/program/main.go", $"package main\n\nimport (\n\t\"fmt\"\n\n\tgreet \"{module}\"\n)\n\nfunc main() {{ fmt.Println(greet.Greet()) }}\n");
        Recipe("system: go\n  modules: go.sum\n  after: grep -q " + own + " $DESTDIR/usr/bin/app");

        await workspace.SucceedAsync("app");

        // Of what go.sum does not have, Go itself says so.
        workspace.Write("recipes/app/go.sum", lines.Split('\n')[1] + "\n");
        Assert.Contains("missing go.sum entry", await workspace.FailAsync("app"), StringComparison.Ordinal);
    }

    private static string Hash(params string[] namesAndTexts) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Concat(namesAndTexts.Chunk(2).Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file[1])))}  {file[0]}\n")))));

    private void Recipe(string build) => workspace.WriteRecipe("app", build, "app", "/usr/bin/app", "sources: [ { url: \"file:program\" } ]\n");
}
