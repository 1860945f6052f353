// The remote cache of one call, as user, environment and workspace name it. Unaware of protocols.

using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Remote;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Configuration;
using Imagecraft.Metadata.Model;
using Imagecraft.Remote;

namespace Imagecraft.Cli.Building;

/// <summary>Reads the settings when a build begins.</summary>
public static class RemoteChoice
{
    /// <summary>The cache of this call; null: none is named.</summary>
    /// <exception cref="ProblemException">A setting is wrong.</exception>
    public static RemoteSettings? Read(Session session, WorkspaceFile? workspace)
    {
        var machine = Machine.This(session.WorkspaceRoot) with { Variable = name => session.Variable(name) is { Length: > 0 } value ? value : null };
        try
        {
            var said = workspace?.Remote is { } remote ? new WorkspaceRemote(remote.Cache.Value, remote.Instance?.Value, remote.Upload?.Value) : null;
            return RemoteSettings.Read(machine.Setting, said, session.Variable("CI") is { Length: > 0 } ci && ci is not ("0" or "false"));
        }
        catch (Exception e) when (e is RemoteSettingException or FeedException)
        {
            throw ProblemException.User(e.Message, $"It is set by a variable `IMAGECRAFT_REMOTE_...`, in `{machine.UserFile}` or in `imagecraft.yaml`; docs/remote.md has all settings");
        }
    }

    /// <summary>Adds it to the options of an engine.</summary>
    public static EngineOptions With(EngineOptions options, Session session, WorkspaceFile? workspace) => Read(session, workspace) is { } settings
        ? options with
        {
            Remote = new RemoteOptions(settings.Address.Open, settings.Upload, settings.IsUsers),
            Executor = settings.Executor is { } machines ? new ExecutorOptions(() => new GrpcExecutor(machines), settings.Jobs) : null,
        }
        : options;
}
