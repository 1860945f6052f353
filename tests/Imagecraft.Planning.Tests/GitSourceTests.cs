// Sources that are commits of git repositories.

using Imagecraft.Engine.Actions;
using Imagecraft.Requests.Imaging;
using Imagecraft.Requests.Sources;

namespace Imagecraft.Planning.Tests;

public class GitSourceTests
{
    private static readonly string Commit = new('c', 40), Hash = new('a', 64);

    private static ImageBuild Plan(string more = "") => TestPlans.Plan(
        ("recipes/git.yaml", "toolroot: git\nfeed: trixie\npackages: [ git ]\n"),
        ("recipes/blob.yaml", $"recipe: blob\nversion: 1\nlicense: none\nsources: [ {{ url: \"git:https://example.org/blob.git\", commit: {Commit}{more} }} ]\nbuild: {{ system: script, steps: \"true\" }}\npackages: [ {{ name: blob, files: [ /** ] }} ]\n"),
        ("images/base.yaml", "image: base\npackages: [ tool, blob ]\n"));

    [Fact]
    public void A_git_source_is_known_by_its_commit_alone_and_fetched_with_git_of_a_tool_root()
    {
        var plan = Plan(", mirrors: [ \"git:ssh://git@example.net/blob\" ], into: third/party");

        Assert.Empty(plan.Diagnostics);
        var fetch = plan.Graph!.Nodes[new($"fetch:blob-{Commit}.tar:cccccccc")];
        var work = Assert.IsType<ActionWork.FetchCommit>(fetch.Work);
        Assert.Equal((Commit, null), (work.Commit, work.Sha256));
        Assert.Equal([$"git:https://example.org/blob.git#{Commit}", $"git:ssh://git@example.net/blob#{Commit}"], work.Places);
        Assert.Equal(new InputSource.OutputOf(new("toolroot:git"), "tree"), Assert.Single(fetch.Inputs).Source);
        Assert.Equal([new SourcePart("blob.git", "third/party", Unpack: true, Strip: 0)], plan.Request<AssembleSourceRequest>("blob:source").Parts);
        Assert.Contains(Commit, plan.Request<MakeManifestRequest>("base@virt:manifest").Manifest.Packages.SelectMany(p => p.Sources).Select(s => s.Sha256));
    }

    [Fact]
    public void The_hash_of_its_tar_may_be_given_too() =>
        Assert.Equal(Hash, Assert.IsType<ActionWork.FetchCommit>(Plan($", sha256: {Hash}").Graph!.Nodes[new($"fetch:blob-{Commit}.tar:cccccccc")].Work).Sha256);
}
