// OCI: the root file system as a container image, an image layout within one tar.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Imaging.Formats;

internal static class OciFormat
{
    public const string Artifact = "rootfs.oci.tar";

    public static OutputRef Plan(FormatJob job) => job.Context.Add(new ActionNode
    {
        Id = job.Id("oci"),
        Work = new ActionWork.BuiltIn("make-oci", ImmutableSortedDictionary<string, string>.Empty
            .Add("architecture", job.Target.Target.Architecture.Debian)
            .Add("name", job.Target.Image.Name)),
        Inputs = [job.RootFs.At("/rootfs.tar", "the root file system")],
        Outputs = [new("file", "file", OutputKind.File)],
        Description = $"Make {Artifact}",
    });
}
