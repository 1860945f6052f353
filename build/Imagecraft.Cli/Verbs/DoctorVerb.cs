// `doctor`: what this machine lacks, each with the remedy. Unaware of what is built.

using System.CommandLine;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Doctor;
using Imagecraft.Cli.Output;
using Imagecraft.Feeds.Configuration;

namespace Imagecraft.Cli.Verbs;

/// <summary>Examines the host; exit code 2 when something is missing.</summary>
public static class DoctorVerb
{
    /// <summary>The registration.</summary>
    public static readonly Verb Verb = new("doctor", "Say what this machine lacks, and the remedy", (command, session) =>
        command.SetAction((_, _) => RunAsync(session)));

    private static async Task<int> RunAsync(Session session)
    {
        var findings = await Examination.RunAsync(session.WorkspaceRoot, session.CacheRoot, HostSdk.Find(session)?.Program ?? session.Dotnet, new Registries(Machine.This(session.WorkspaceRoot)), session.Interrupts.Listen().Gentle).ConfigureAwait(false);
        findings = [.. findings, .. await RemoteExamination.RunAsync(RemoteChoice.Read(session, null), session.Interrupts.Gentle).ConfigureAwait(false)];
        foreach (var finding in findings)
        {
            session.Console.Out.WriteLine($"{(finding.IsMissing ? session.Console.Paint("31", "missing") : session.Console.Paint("32", "ok     "))}  {finding.Subject}: {finding.Observation}");
            if (finding.Remedy is not null)
                session.Console.Out.WriteLine($"         {finding.Remedy}");
        }

        return findings.Any(f => f.IsMissing) ? ExitCodes.Environment : ExitCodes.Done;
    }
}
