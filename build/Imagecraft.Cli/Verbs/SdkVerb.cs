// `sdk`: what others make programs for an image with. Unaware of what is in it.

using System.CommandLine;
using System.Security.Cryptography;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Development;
using Imagecraft.Cli.Publishing;
using Imagecraft.Planning;

namespace Imagecraft.Cli.Verbs;

/// <summary>Builds the image and writes an archive, or a container, that needs neither the workspace nor a place of its own.</summary>
public static class SdkVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("sdk", "Write an archive with everything that programs for the image are made, run and debugged with", Build);

    private static void Build(Command command, Session session)
    {
        var container = new Option<bool>("--container") { Description = "An OCI image with the SDK instead" };
        var output = new Option<string?>("--output") { Description = "Folder of the archive (default: beside the image)", HelpName = "folder" };
        command.Options.Add(container);
        command.Options.Add(output);
        var options = new BuildOptions(command);
        command.SetAction(async (parsed, _) =>
        {
            using var workshop = await Workshop.OpenAsync(session, options.Read(parsed), _ => [new Extra.Sdk()]).ConfigureAwait(false);
            var (sdk, failed) = await Sdk.BuildAsync(session, workshop).ConfigureAwait(false);
            if (sdk is null)
                return failed;
            using (sdk)
                return await WriteAsync(session, sdk, parsed.GetValue(output) ?? workshop.OutputFolder, parsed.GetValue(container)).ConfigureAwait(false);
        });
    }

    private static async Task<int> WriteAsync(Session session, Sdk sdk, string output, bool isContainer)
    {
        var path = Path.Combine(Directory.CreateDirectory(output).FullName, sdk.Name + (isContainer ? ".oci.tar" : ".tar.gz"));
        var unfinished = $"{path}.{Environment.ProcessId}";
        try
        {
            if (isContainer)
                await sdk.WriteContainerAsync(unfinished, session.Interrupts.Gentle).ConfigureAwait(false);
            else
                await using (var stream = File.Create(unfinished))
                    ToolArchive.Write(stream, sdk.Name, sdk.Files());
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }

        await using var written = File.OpenRead(path);
        session.Console.Out.WriteLine($"{path}  {Rendering.Quantities.Size(written.Length)}\nsha256 {Convert.ToHexStringLower(await SHA256.HashDataAsync(written).ConfigureAwait(false))}");
        return ExitCodes.Done;
    }
}
