// What `plan NAME` shows of an action.

using System.Collections.Immutable;
using Imagecraft.Cli.Verbs;
using Imagecraft.Engine.Actions;
using Imagecraft.Requests;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Cli.Tests;

public sealed class PlanVerbTests
{
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
