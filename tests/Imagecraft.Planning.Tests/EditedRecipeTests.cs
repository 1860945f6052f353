// Plans of recipes whose sources somebody works on.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Planning.Recipes;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Tests;

public class EditedRecipeTests
{
    private static ImageBuild Plan(params string[] edited) => Planner.Plan(TestPlans.Workspace(), TestPlans.Lock, new PlanOptions("/workspace", "amd64", TestPlans.Sdk)
    {
        Edited = edited.ToImmutableSortedDictionary(name => name, name => new EditedRecipe($"/workspace/work/{name}", $"/workspace/.imagecraft/kept/{name}"), StringComparer.Ordinal),
    }, "virt", null);

    private static InputSource Source(ImageBuild plan, string id) => Assert.Single(plan.Graph!.Nodes[new(id)].Inputs, input => input.MountPath == "/src").Source;

    [Fact]
    public void They_are_seen_in_place_and_built_in_a_folder_that_stays()
    {
        var plan = Plan("tool");

        const string build = "tool@arm64.cortex-a57:build";
        var source = Assert.IsType<InputSource.Local>(Source(plan, build));
        Assert.True(source.IsInPlace);
        Assert.Equal(("/workspace/work/tool", ".git"), (source.HostPath, Assert.Single(source.Exclude)));
        Assert.Equal(["/src"], plan.Process(build).Follows);
        Assert.Equal("/workspace/.imagecraft/kept/tool/tool@arm64.cortex-a57.build", plan.Process(build).KeptFolder);
        Assert.DoesNotContain(plan.Graph!.Nodes.Keys, id => id.Value is "tool:source" or "tool:patch");
        Assert.Contains("[ config.status -nt configure ] || exec ./configure \"$@\"", plan.Process(build).Arguments);
        Assert.Equal("edited:tool", Assert.Single(plan.Request<MakeManifestRequest>("base@virt:manifest").Manifest.Packages, package => package.Recipe == "tool").Sources[0].Url);
    }

    [Fact]
    public void All_others_are_planned_as_ever()
    {
        var (plan, usual) = (Plan("tool"), Plan());

        foreach (var id in usual.Graph!.Order.Where(id => id.Value.StartsWith("zlib", StringComparison.Ordinal) || id.Value.StartsWith("linux", StringComparison.Ordinal)))
            Assert.Equal(usual.Graph.Nodes[id].Work.ToString(), plan.Graph!.Nodes[id].Work.ToString());
        Assert.Null(usual.Process("tool@arm64.cortex-a57:build").KeptFolder);
    }

    [Fact]
    public void A_changed_program_configures_no_kernel()
    {
        var plan = Plan("linux");

        var configure = Assert.IsType<InputSource.Local>(Source(plan, "linux@virt:configure"));
        Assert.Contains("**/*.c", configure.Exclude);
        Assert.DoesNotContain("**/*.c", Assert.IsType<InputSource.Local>(Source(plan, "linux@virt:build")).Exclude);
        Assert.Equal(["/imagecraft/config", "/src"], plan.Process("linux@virt:build").Follows);
        Assert.Contains("cmp -s /imagecraft/config /build/.config || { rm -rf /build/scripts; cp /imagecraft/config /build/.config; touch /build/.config; }", plan.Process("linux@virt:build").Arguments);
    }

    [Fact]
    public void A_repository_of_them_has_the_patches_in_their_order_whoever_works_on_them()
    {
        var options = new PlanOptions("/workspace", "amd64", TestPlans.Sdk) { Edited = ImmutableSortedDictionary<string, EditedRecipe>.Empty.Add("tool", new("/workspace/work/tool", "/kept")) };
        var plan = Planner.Plan(TestPlans.Workspace(("recipes/git.yaml", "toolroot: git\nfeed: trixie\npackages: [ git ]\n")), TestPlans.Lock, options, "virt", null, new Extra.SourcesOf("tool"));

        Assert.Empty(plan.Diagnostics);
        Assert.Equal(["tool:patched", "tool:repository", "toolroot:git"], plan.Extras[0].Outputs.Select(output => output.Action.Value));
        Assert.Equal(["/bin/bash", "/imagecraft/make-repository", "/src", "/out/repository", "tool 2.0", "/patches/000-0001-fix.patch"], plan.Process("tool:repository").Arguments);
    }
}
