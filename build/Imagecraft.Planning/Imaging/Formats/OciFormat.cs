// OCI: the root file system as a container image, an image layout within one tar.

using System.Collections.Immutable;
using Imagecraft.Images.Oci;
using Imagecraft.Metadata.Model;
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
            new MakeOciRequest(job.Target.Image.Name, platform) { Start = Start(job.Target.Image.Oci) },
            "what the container is called, and how it starts",
            $"Make {Artifact}",
            [job.RootFs.At(MakeOciRequest.RootFsInput, "the root file system")]);
    }

    private static OciStart? Start(OciSpec? said) => said is null ? null : new()
    {
        Entrypoint = [.. said.Entrypoint.Select(word => word.Value)],
        Command = [.. said.Command.Select(word => word.Value)],
        User = said.User?.Value,
        Ports = [.. said.Ports.Select(port => port.Value)],
        Environment = said.Environment.ToImmutableSortedDictionary(v => v.Key, v => v.Value.Value, StringComparer.Ordinal),
        Labels = said.Labels.ToImmutableSortedDictionary(v => v.Key, v => v.Value.Value, StringComparer.Ordinal),
        WorkingDirectory = said.WorkingDirectory?.Value,
    };
}
