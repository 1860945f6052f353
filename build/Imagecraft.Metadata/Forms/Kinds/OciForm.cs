// The form of how an image's container starts. Unaware of images.

using System.Globalization;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary><c>oci:</c> of images.</summary>
static class OciForm
{
    const int LastPort = 65535;

    static readonly string[] Protocols = ["tcp", "udp", "sctp"];

    static readonly Shape<Sited<string>> Port = new Scalar<string>(
        "a port such as `8080` or `53/udp`", text => (text.Contains('/') ? text : $"{text}/tcp", IsPort(text)),
        () => new() { ["type"] = new JsonArray("integer", "string"), ["pattern"] = "^[0-9]{1,5}(/(tcp|udp|sctp))?$", ["minimum"] = 1, ["maximum"] = LastPort },
        text => (Codes.WrongFormat, text.Contains(':') ? "On which port of the host it is reached, says who runs it" : null));

    // As a text for programs of all kinds, it is any but one that an environment cannot hold.
    static readonly Shape<Sited<string>> Argument = new Scalar<string>(
        "text without NUL", text => (text, !text.Contains('\0')), () => new() { ["type"] = new JsonArray("string", "number", "boolean") });

    public static Form<OciSpec> Form { get; } = new("how a container starts", keys => new OciSpec
    {
        Entrypoint = keys.List("entrypoint", Argument, "program with its first arguments"),
        Command = keys.List("command", Argument, "further arguments, which the command line replaces; /bin/sh when there is no entry point either"),
        User = keys.Maybe("user", AccountShapes.NameOrId, "user by name or number; root when absent"),
        Ports = keys.List("ports", Port, "ports that are listened at, such as 8080 or 53/udp"),
        Environment = keys.Map("environment", Argument, "variables of the environment", TextShapes.Variable),
        Labels = keys.Map("labels", Argument, "labels"),
        WorkingDirectory = keys.Maybe("working-directory", ScalarShapes.TargetFile, "folder in which it starts; / when absent"),
        Span = keys.Span,
    });

    static bool IsPort(string text)
    {
        var parts = text.Split('/');
        return parts.Length <= 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= LastPort && (parts.Length == 1 || Protocols.Contains(parts[1]));
    }
}
