// `publish-tool`: Imagecraft itself as an archive. Unaware of what it holds.

using System.CommandLine;
using System.Security.Cryptography;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Publishing;

namespace Imagecraft.Cli.Verbs;

/// <summary>Writes the archive that runs without an SDK.</summary>
public static class PublishToolVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("publish-tool", "Write an archive of Imagecraft that runs where there is no .NET SDK, or a package of a .NET tool", Build);

    private static void Build(Command command, Session session)
    {
        var output = new Option<string?>("--output") { Description = "Folder of the archive (default: out)" };
        var package = new Option<bool>("--nuget") { Description = "A package for `dotnet tool install` instead, for machines with an SDK".Replace("`", "", StringComparison.Ordinal) };
        command.Options.Add(output);
        command.Options.Add(package);
        command.SetAction(parsed =>
        {
            var folder = Directory.CreateDirectory(parsed.GetValue(output) ?? session.OutputRoot).FullName;
            var isPackage = parsed.GetValue(package);
            var path = Path.Combine(folder, isPackage ? ToolPackage.Name : $"{PublishedTool.Name}.tar.gz");
            var unfinished = $"{path}.{Environment.ProcessId}";
            try
            {
                using (var stream = File.Create(unfinished))
                {
                    if (isPackage)
                        ToolPackage.Write(stream, PublishedTool.Orchestrator(), PublishedTool.Core(session));
                    else
                        ToolArchive.Write(stream, PublishedTool.Name, PublishedTool.Files(session));
                }

                File.Move(unfinished, path, overwrite: true);
            }
            finally
            {
                File.Delete(unfinished);
            }

            using var written = File.OpenRead(path);
            session.Console.Out.WriteLine($"{path}  {Rendering.Quantities.Size(written.Length)}\nsha256 {Convert.ToHexStringLower(SHA256.HashData(written))}");
            return ExitCodes.Done;
        });
    }
}
