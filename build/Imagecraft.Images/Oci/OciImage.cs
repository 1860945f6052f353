// A root file system as an OCI image: layer, configuration, manifest, index. Unaware of registries.

using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Oci;

/// <summary>The files of an image layout with one image of one layer.</summary>
/// <remarks>Source: OCI Image Format Specification 1.1, "Image Layout", "Image Manifest", "Image Configuration". The layer is not compressed, so that its digest is also its <c>diff_id</c> and no compressor has a say.</remarks>
public static class OciImage
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The entries of the layout, ready for <see cref="Archives.TarWriter"/>.</summary>
    /// <param name="name">What the image is called within the layout, and in the stores that load it.</param>
    /// <param name="platform">What its programs run on.</param>
    /// <param name="start">How it starts.</param>
    /// <param name="layer">The tar of the root file system, with its hash.</param>
    public static RootFsTree Layout(string name, OciPlatform platform, OciStart start, FileContent layer)
    {
        byte[] configBytes = Bytes(OciConfig.Of(platform, start, layer));
        byte[] manifest = Bytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["config"] = Descriptor("application/vnd.oci.image.config.v1+json", Hash(configBytes), configBytes.Length),
            ["layers"] = new JsonArray(Descriptor("application/vnd.oci.image.layer.v1.tar", layer.Sha256, layer.Size)),
        });
        var reference = Descriptor("application/vnd.oci.image.manifest.v1+json", Hash(manifest), manifest.Length);
        reference["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = $"localhost/{name}:latest" };
        byte[] index = Bytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.index.v1+json",
            ["manifests"] = new JsonArray(reference),
        });

        var layout = new RootFsBuilder();
        Add("/oci-layout", FileContent.Of("{\"imageLayoutVersion\":\"1.0.0\"}"));
        Add("/index.json", FileContent.Of(index));
        Add($"/blobs/sha256/{Hash(configBytes)}", FileContent.Of(configBytes));
        Add($"/blobs/sha256/{Hash(manifest)}", FileContent.Of(manifest));
        Add($"/blobs/sha256/{layer.Sha256}", layer);
        return layout.Build();

        void Add(string path, FileContent content) => layout.Add("oci", RootFsEntry.File(path, content));
    }

    private static JsonObject Descriptor(string mediaType, string sha256, long size) => new() { ["mediaType"] = mediaType, ["digest"] = "sha256:" + sha256, ["size"] = size };

    private static byte[] Bytes(JsonObject json) => JsonSerializer.SerializeToUtf8Bytes(json, Plain);

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
