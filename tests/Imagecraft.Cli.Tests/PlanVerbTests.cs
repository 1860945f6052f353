// What `plan NAME` shows of an action.

using System.Collections.Immutable;
using Imagecraft.Cli.Verbs;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Execution;
using Imagecraft.Requests;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Cli.Tests;

public sealed class PlanVerbTests
{
    [Fact]
    public void The_listing_says_what_would_run_and_why()
    {
        Forecast[] forecasts = [new(new("a:build"), WhyVerdict.UpToDate, ""), new(new("bee:build"), WhyVerdict.Stale, "input /src changed"), new(new("c:build"), WhyVerdict.Undecided, "after bee:build"), new(new("d"), WhyVerdict.Cached, "")];
        Assert.Equal(
            [
                "have   a:build    does a:build",
                "run    bee:build  does bee:build",
                "       because input /src changed",
                "maybe  c:build    does c:build",
                "have   d          does d",
                "4 actions: 1 would run, 1 run when what they read changes by that, 2 are there",
            ],
            PlanVerb.Listing(forecasts, id => $"does {id}"));
    }

    [Fact]
    public void A_built_in_action_shows_all_that_its_function_is_told()
    {
        var request = new MakeOciRequest("box", new("arm", "v7"));
        var node = new ActionNode
        {
            Id = new("box@virt:oci"),
            Description = "Make rootfs.oci.tar",
            Work = new ActionWork.BuiltIn(MakeOciRequest.FunctionName, ImmutableSortedDictionary<string, string>.Empty),
            Inputs =
            [
                RequestJson.Input.Of(new InputSource.Inline(RequestJson.Write(request)), "what the container is called"),
                MakeOciRequest.RootFsInput.Of(new InputSource.OutputOf(new("box@virt:rootfs"), "tar"), "the root file system"),
            ],
            Outputs = request.Outputs(),
        };
        Assert.Equal(
            [
                "box@virt:oci  Make rootfs.oci.tar",
                "  calls   make-oci",
                "  with    {",
                "  with      \"name\": \"box\",",
                "  with      \"platform\": {",
                "  with        \"architecture\": \"arm\",",
                "  with        \"variant\": \"v7\"",
                "  with      }",
                "  with    }",
                "  reads   /rootfs.tar: tar of box@virt:rootfs, because the root file system",
                "  makes   file (file file)",
            ],
            PlanVerb.Lines(node));
    }
}
