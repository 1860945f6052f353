// Sources that lie in the workspace: what users supply, and what has a hash beside its recipe.

using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Tests;

public class LocalSourceTests
{
    private const string Path = "supplied/acme/ddr.bin";
    private static readonly string First = new('a', 64), Second = new('b', 64), Other = new('c', 64);

    private static ImageBuild Plan(LocalFile? file, string more = "", string source = "url: \"supplied:acme/ddr.bin\", obtain: Ask Acme for it", string seen = Path)
    {
        (string, string)[] blob =
        [
            ("recipes/blob.yaml", $"recipe: blob\nversion: 1\nlicense: none\nsources: [ {{ {source}{more} }} ]\nbuild: {{ system: script, steps: \"true\" }}\npackages: [ {{ name: blob, files: [ /** ] }} ]\n"),
            ("images/base.yaml", "image: base\npackages: [ tool, blob ]\n"),
        ];
        var options = new PlanOptions("/workspace", "amd64", TestPlans.Sdk);
        return Planner.Plan(TestPlans.Workspace(blob), TestPlans.Lock, file is null ? options : options with { Look = (path, hash) => path != seen ? new LocalFile.Missing() : file is LocalFile.Readable f && !hash ? f with { Sha256 = null } : file }, "virt", null);
    }

    private static LocalFile.Readable File(string sha256) => new(4096, false, sha256);

    [Fact]
    public void A_supplied_file_that_is_missing_is_told_with_the_way_to_get_it_and_used_when_it_is_there()
    {
        var problem = Assert.Single(Plan(null).Diagnostics);
        Assert.Equal(("IC0321", $"`blob` needs the file `{Path}`, which only you can supply", "Ask Acme for it"), (problem.Code, problem.Message, problem.Hint));

        var plan = Plan(File(First));
        Assert.Empty(plan.Diagnostics);
        Assert.Contains(plan.Graph!.Nodes[new("blob:source")].Inputs, i => i.Source is InputSource.Local { HostPath: $"/workspace/{Path}" });
    }

    public static TheoryData<LocalFile, string> Useless => new()
    {
        { new LocalFile.Readable(0, true, null), "is empty" },
        { new LocalFile.Readable(4096, true, null), "has 4096 bytes, all of them zero" },
        { new LocalFile.Unreadable("is a folder"), "is a folder" },
        { new LocalFile.Unreadable("cannot be read: Access is denied"), "cannot be read: Access is denied" },
    };

    [Theory]
    [MemberData(nameof(Useless))]
    public void A_supplied_file_that_cannot_be_the_right_one_is_refused_where_the_recipe_names_it(LocalFile file, string why)
    {
        var problem = Assert.Single(Plan(file).Diagnostics);
        Assert.Equal(("IC0322", $"`{Path}`, which `blob` needs, {why}", "Ask Acme for it", "recipes/blob.yaml:4:19"), (problem.Code, problem.Message, problem.Hint, problem.Span!.ToString()));
        Assert.Equal(problem.Message, Assert.Single(Plan(file, $", sha256: {First}").Diagnostics).Message);
    }

    [Theory]
    [InlineData(4095, "has 4095 bytes, at least 4096 are expected: it is cut, or another file")]
    [InlineData(4096, null)]
    [InlineData(8192, null)]
    [InlineData(8193, "has 8193 bytes, at most 8192 are expected: it is another file")]
    public void A_supplied_file_whose_hash_nobody_knows_is_held_against_its_size(long size, string? why)
    {
        var problems = Plan(new LocalFile.Readable(size, false, null), ", at-least: 4 KiB, at-most: 8 KiB").Diagnostics;
        if (why is null)
            Assert.Empty(problems);
        else
            Assert.Equal(("IC0322", $"`{Path}`, which `blob` needs, {why}", "Ask Acme for it"), (Assert.Single(problems).Code, problems[0].Message, problems[0].Hint));
    }

    [Fact]
    public void A_supplied_file_must_have_the_hash_that_the_recipe_says()
    {
        Assert.Empty(Plan(File(First), $", sha256: {First}").Diagnostics);

        var problem = Assert.Single(Plan(File(Other), $", sha256: {First}").Diagnostics);
        Assert.Equal(("IC0323", $"`{Path}`, which `blob` needs, has SHA-256 `{Other}`, expected is `{First}`"), (problem.Code, problem.Message));
        Assert.Equal(("Ask Acme for it; or, when this file is the right one, correct `sha256`", 77), (problem.Hint, problem.Span!.Column));
    }

    [Fact]
    public void A_supplied_file_may_be_of_any_version_that_the_recipe_knows_and_the_manifest_says_which()
    {
        var versions = $", sha256: {{ \"1.17\": {First}, \"1.18\": {Second} }}";
        var plan = Plan(File(Second), versions);
        Assert.Empty(plan.Diagnostics);
        Assert.Contains(Second, plan.Request<MakeManifestRequest>("base@virt:manifest").Manifest.Packages.SelectMany(p => p.Sources).Select(s => s.Sha256));

        Assert.EndsWith($"expected is `{First}` (version 1.17) or `{Second}` (version 1.18)", Assert.Single(Plan(File(Other), versions).Diagnostics).Message, StringComparison.Ordinal);
    }

    // Fetched once, it would be taken from the cache by its hash for ever, however it was edited.
    [Fact]
    public void A_file_beside_its_recipe_is_held_against_its_hash()
    {
        ImageBuild Beside(LocalFile file, string hash) => Plan(file, hash, "url: \"file:table.bin\"", "recipes/table.bin");

        var plan = Beside(new LocalFile.Readable(0, true, First), $", sha256: {First}");
        Assert.Empty(plan.Diagnostics);
        Assert.Contains(plan.Graph!.Nodes[new("blob:source")].Inputs, i => i.Source is InputSource.Local { HostPath: "/workspace/recipes/table.bin" });
        Assert.Empty(Beside(new LocalFile.Missing(), "").Diagnostics);
        var problem = Assert.Single(Beside(File(Other), $", sha256: {First}").Diagnostics);
        Assert.Equal(("IC0323", $"`recipes/table.bin`, which `blob` needs, has SHA-256 `{Other}`, expected is `{First}`"), (problem.Code, problem.Message));
        Assert.Equal("IC0322", Assert.Single(Beside(new LocalFile.Unreadable("is a folder"), $", sha256: {First}").Diagnostics).Code);
    }

    [Fact]
    public void A_network_may_be_supplied_too()
    {
        const string path = "supplied/acme/net.onnx";
        var workspace = TestPlans.Workspace(("models/net.yaml", "model: net\nversion: 1\nlicense: none\nsource: { url: \"supplied:acme/net.onnx\", obtain: Ask Acme for it }\n"), ("images/base.yaml", "image: base\npackages: [ tool ]\nmodels: [ net ]\n"));
        ImageBuild With(LocalFile file) => Planner.Plan(workspace, TestPlans.Lock, new PlanOptions("/workspace", "amd64", TestPlans.Sdk) { Look = (asked, _) => asked == path ? file : new LocalFile.Missing() }, "virt", null);

        var plan = With(new LocalFile.Readable(9, false, null));
        Assert.Empty(plan.Diagnostics);
        Assert.Contains(plan.Graph!.Nodes[new("net:prepare")].Inputs, i => i is { MountPath: "/model.onnx", Source: InputSource.Local { HostPath: $"/workspace/{path}" } });
        Assert.Equal($"`{path}`, which `net` needs, is empty", Assert.Single(With(new LocalFile.Readable(0, true, null)).Diagnostics).Message);
    }
}
