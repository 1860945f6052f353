// The configuration of an OCI image as JSON. Unaware of layouts and manifests.

using System.Text.Json.Nodes;
using Imagecraft.Images.RootFs;

namespace Imagecraft.Images.Oci;

/// <summary>Source: OCI Image Format Specification 1.1, "Image Configuration".</summary>
internal static class OciConfig
{
    private const string Path = "PATH", UsualPath = "/usr/sbin:/usr/bin:/sbin:/bin", Shell = "/bin/sh";

    /// <summary>The configuration of one layer that is not compressed.</summary>
    public static JsonObject Of(OciPlatform platform, OciStart start, FileContent layer)
    {
        var environment = start.Environment.ContainsKey(Path) ? start.Environment : start.Environment.Add(Path, UsualPath);
        var config = new JsonObject { ["Env"] = Texts(environment.Select(variable => $"{variable.Key}={variable.Value}")) };
        if (!start.Entrypoint.IsEmpty)
            config["Entrypoint"] = Texts(start.Entrypoint);
        if (!start.Command.IsEmpty || start.Entrypoint.IsEmpty)
            config["Cmd"] = Texts(start.Command.IsEmpty ? [Shell] : start.Command);
        if (start.User is { } user)
            config["User"] = user;
        if (!start.Ports.IsEmpty)
            config["ExposedPorts"] = new JsonObject(start.Ports.Distinct().Order(StringComparer.Ordinal).Select(port => KeyValuePair.Create<string, JsonNode?>(port, new JsonObject())));
        if (!start.Labels.IsEmpty)
            config["Labels"] = new JsonObject(start.Labels.Select(label => KeyValuePair.Create<string, JsonNode?>(label.Key, label.Value)));
        if (start.WorkingDirectory is { } folder)
            config["WorkingDir"] = folder;
        var all = new JsonObject
        {
            ["created"] = "2026-01-01T00:00:00Z",
            ["architecture"] = platform.Architecture,
            ["os"] = "linux",
            ["config"] = config,
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray("sha256:" + layer.Sha256) },
            ["history"] = new JsonArray(new JsonObject { ["created"] = "2026-01-01T00:00:00Z", ["created_by"] = "imagecraft" }),
        };
        if (platform.Variant is { } variant)
            all["variant"] = variant;
        return all;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
