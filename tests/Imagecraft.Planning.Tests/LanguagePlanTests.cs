// Cargo, Go, Python and Node.js in plans: what is fetched, what the compilers are told, and what boards and images change.

using Imagecraft.Engine.Actions;
using Imagecraft.Metadata;

namespace Imagecraft.Planning.Tests;

public class LanguagePlanTests
{
    private const string Build = "tool@arm64.cortex-a57:build";

    private static readonly string Hash = new('b', 64);

    private static readonly (string Path, string Text)[] Languages =
    [
        ("boards/arch.yaml", TestPlans.Text("boards/arch.yaml") + "rust: { target: aarch64-unknown-linux-gnu, toolroot: rust }\ngo: { architecture: arm64, variant: GOARM64=v8.0, toolroot: go }\n"),
        .. new[] { "rust", "go", "python", "node" }.Select(name => ($"recipes/{name}.yaml", $"toolroot: {name}\nfeed: trixie\npackages: [ {name} ]\n")),
    ];

    private static ImageBuild Plan(string build, params (string Path, string Text)[] more) => TestPlans.Plan([.. Languages, ("recipes/tool.yaml", TestPlans.Recipe("tool", "2.0", build, "tool", "/usr/bin/**")), .. more]);

    [Fact]
    public void Crates_are_fetched_by_the_hashes_of_the_lock_file_and_linked_by_the_boards_compiler()
    {
        var plan = Plan("system: cargo\n  crates: Cargo.lock\n  arguments: [ --features, \"v$VERSION\" ]", ("recipes/Cargo.lock", $"[[package]]\nname = \"greet\"\nversion = \"1.2.0\"\nsource = \"registry+x\"\nchecksum = \"{Hash}\"\n"));

        Assert.Equal([], plan.Diagnostics);
        var fetch = Assert.Single(plan.Graph!.Nodes.Values.Select(n => n.Work).OfType<ActionWork.Fetch>(), f => f.FileName == "greet-1.2.0.crate");
        Assert.Equal((Hash, "cargo:greet/1.2.0", null), (fetch.Sha256, fetch.Places.Single(), fetch.Integrity));
        var process = plan.Process(Build);
        Assert.Equal(("aarch64-linux-gnu-gcc", "aarch64-unknown-linux-gnu"), (process.Environment["CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER"], process.Environment["CARGO_BUILD_TARGET"]));
        Assert.False(process.Environment.ContainsKey("CC"));
        Assert.Equal(["--locked", "--offline", "--features", "v2.0"], process.Arguments.SkipWhile(a => a != "--locked").Take(4));
        Assert.Contains(plan.InputsOf(Build), i => i.Mount == "/imagecraft/crates/greet-1.2.0.crate");
    }

    [Fact]
    public void Modules_are_a_proxy_by_escaped_paths()
    {
        var plan = Plan("system: go\n  modules: go.sum\n  programs: [ ./cmd/a ]\n  tags: [ x, y ]\n  linker-flags: [ -X, \"main.v=$VERSION\" ]", ("recipes/go.sum", "example.org/Greet v1.0.0 h1:abc=\n"));

        Assert.Equal([], plan.Diagnostics);
        var fetch = Assert.Single(plan.Graph!.Nodes.Values.Select(n => n.Work).OfType<ActionWork.Fetch>(), f => f.Integrity is not null);
        Assert.Equal(("h1:abc=", "go:example.org/Greet@v1.0.0.zip", "example.org-Greet-v1.0.0.zip"), (fetch.Integrity, fetch.Places.Single(), fetch.FileName));
        Assert.Contains(plan.InputsOf(Build), i => i.Mount == "/imagecraft/modules/example.org/!greet/@v/v1.0.0.zip");
        var process = plan.Process(Build);
        Assert.Equal(("arm64", "v8.0", "0", "file:///imagecraft/modules"), (process.Environment["GOARCH"], process.Environment["GOARM64"], process.Environment["CGO_ENABLED"], process.Environment["GOPROXY"]));
        Assert.Equal(["-buildmode=pie", "-tags", "x,y", "-ldflags=-buildid= -bindnow -X main.v=2.0", "./cmd/a"], process.Arguments.SkipWhile(a => a != "-buildmode=pie").Take(5));
    }

    [Fact]
    public void Packages_of_npm_are_fetched_whole_by_their_SHA_512()
    {
        var plan = Plan("system: node\n  modules: l.json\n  programs: { tool: bin/a.js }", ("recipes/l.json", "{ \"packages\": { \"node_modules/@x/b\": { \"version\": \"1.0.0\", \"integrity\": \"sha512-abc==\" } } }"));

        Assert.Equal([], plan.Diagnostics);
        var fetch = Assert.Single(plan.Graph!.Nodes.Values.Select(n => n.Work).OfType<ActionWork.Fetch>(), f => f.Integrity is not null);
        Assert.Equal(("sha512-abc==", "npm:@x/b@1.0.0", "x-b-1.0.0.tgz"), (fetch.Integrity, fetch.Places.Single(), fetch.FileName));
        Assert.Equal("0.tgz node_modules/@x/b\n", ((InputSource.Inline)plan.Graph.Nodes[new(Build)].Inputs.Single(i => i.MountPath == "/imagecraft/packages/list").Source).Text);
    }

    [Fact]
    public void Python_comes_with_its_own_tool_root_over_the_compilers() =>
        Assert.Equal(["tools", "Python and its build backends"], Plan("system: python").InputsOf(Build).Where(i => i.Mount == "/").Select(i => i.Reason));

    [Theory]
    [InlineData("cargo", "IC0344", "Add `rust: { target: ..., toolroot: ... }` to the architecture")]
    [InlineData("go", "IC0345", "Add `go: { architecture: ..., toolroot: ... }` to the architecture")]
    public void An_architecture_that_a_language_does_not_know_is_told(string system, string code, string hint)
    {
        var problem = Assert.Single(TestPlans.Plan(("recipes/tool.yaml", TestPlans.Recipe("tool", "2.0", $"system: {system}", "tool", "/usr/bin/**"))).Diagnostics);

        Assert.Equal((code, hint), (problem.Code, problem.Hint));
    }

    [Fact]
    public void An_image_that_switches_an_option_changes_the_arguments_of_a_build()
    {
        var reading = TestPlans.Reading(
            ("recipes/tool.yaml", TestPlans.Recipe("tool", "2.0", "system: autotools\n  configure: [ { value: --with-tls, when: { option: tls }, otherwise: --without-tls } ]", "tool", "/usr/bin/**", "options: { tls: { summary: TLS } }\n")),
            ("images/secure.yaml", "image: secure\npackages: [ tool ]\noptions: { tool: { tls: true } }\n"));

        Assert.Equal("--without-tls", Argument("base"));
        Assert.Equal("--with-tls", Argument("secure"));

        string Argument(string image) => Planner.Plan(reading.For("virt", image, "amd64").Workspace, TestPlans.Lock, new PlanOptions("/workspace", "amd64", TestPlans.Sdk), "virt", image).Process(Build).Arguments.Single(a => a.EndsWith("-tls", StringComparison.Ordinal));
    }
}
