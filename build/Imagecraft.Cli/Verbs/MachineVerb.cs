// `machine`: an image ready to be booted by other programs. Unaware of who boots it.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Files;

namespace Imagecraft.Cli.Verbs;

/// <summary>Builds the image if need be and writes the machine as JSON, which the test kit reads.</summary>
public static class MachineVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("machine", "Build the image and write its QEMU machine as JSON, for the test kit", Build);

    private static void Build(Command command, Session session)
    {
        var options = new BuildOptions(command);
        var output = new Argument<string>("file") { Description = "File to write" };
        command.Arguments.Add(output);
        command.SetAction(async (parsed, _) =>
        {
            using var workshop = await Workshop.OpenAsync(session, options.Read(parsed)).ConfigureAwait(false);
            using var image = await BootableImage.MakeAsync(session, workshop).ConfigureAwait(false);
            if (image.Machine is null)
                return image.Result.ExitCode;
            // Readers never see half of it.
            AtomicFile.Write(Path.GetFullPath(parsed.GetValue(output)!), image.Machine.ToJson());
            return ExitCodes.Done;
        });
    }
}
