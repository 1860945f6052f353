// OCI: the root file system as a container image, an image layout within one tar.

using Imagecraft.Images.Oci;
using Imagecraft.Requests.Imaging;

namespace Imagecraft.Planning.Imaging.Formats;

internal static class OciFormat
{
    public const string Artifact = "rootfs.oci.tar";

    public static OutputRef Plan(FormatJob job)
    {
        var architecture = job.Target.Target.Architecture;
        if (OciPlatform.OfDebian(architecture.Debian) is not { } platform)
        {
            job.Context.Error("IC0369", $"The image `{job.Target.Image.Name}` cannot be a container for `{architecture.Name}`: Debian's `{architecture.Debian}` has no name in OCI images", architecture.Debian.Span, $"Known are [{string.Join(", ", OciPlatform.DebianNames)}]");
            platform = new(architecture.Debian);
        }

        return job.Context.Call(
            job.Id("oci"),
            new MakeOciRequest(job.Target.Image.Name, platform),
            "what the container is called",
            $"Make {Artifact}",
            [job.RootFs.At(MakeOciRequest.RootFsInput, "the root file system")]);
    }
}
