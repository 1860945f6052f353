// The sandbox of one action, open for a person. Unaware of terminals.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Execution.Running;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Sandbox;
using Imagecraft.Engine.Store;
using Microsoft.Win32.SafeHandles;

namespace Imagecraft.Engine.Execution.Processes;

/// <summary>How the sandbox of an action is opened for a person.</summary>
/// <param name="Command">What runs.</param>
/// <param name="KeptIn">An absolute path: the folder in which all that is written stays, for the next time; null: it goes with the command.</param>
public sealed record TerminalUse(TerminalCommand Command, string? KeptIn = null);

/// <summary>What runs on the terminal.</summary>
public enum TerminalCommand
{
    /// <summary>A shell.</summary>
    Shell,

    /// <summary>What the action runs.</summary>
    Action,
}

/// <summary>A command to be run on a terminal, in exactly the sandbox of an action; its folders live until it is disposed, unless they are kept.</summary>
public sealed class SandboxShell : IDisposable
{
    const string KeyFile = "key";

    readonly ScratchFolder scratch;
    readonly Lease lease;
    readonly SafeFileHandle filter;

    SandboxShell(ScratchFolder scratch, Lease lease, SandboxSpec spec, ActionWork.Process work)
    {
        this.scratch = scratch;
        this.lease = lease;
        filter = Bubblewrap.OpenFilter(spec);
        Command = Bubblewrap.Command(spec, new SandboxDescriptors((int)filter.DangerousGetHandle(), null, null));
        BuildFolder = spec.BuildFolder;
        OutFolder = spec.OutFolder;
        ActionArguments = [.. work.Arguments];
    }

    /// <summary>Program (absolute path) and arguments; to be run by this process, whose descriptors it inherits, with the terminal's own stdin, stdout and stderr.</summary>
    public IReadOnlyList<string> Command { get; }

    /// <summary>What the action itself would run.</summary>
    public IReadOnlyList<string> ActionArguments { get; }

    /// <summary>The host's folder behind <c>/build</c>.</summary>
    public string BuildFolder { get; }

    /// <summary>The host's folder behind <c>/out</c>.</summary>
    public string OutFolder { get; }

    internal static async Task<SandboxShell> OpenAsync(EngineOptions options, ContentStore store, ManifestBuilder manifests, ActionNode action, TerminalUse use, BuildResult result, OutputValue sandboxRoot, CancellationToken cancellationToken)
    {
        var lease = store.BeginLease();
        var scratch = ScratchFolder.Create(options.CacheRoot);
        try
        {
            var manifest = manifests.Build(action, result.OutputsOf);
            await manifests.StoreOwnInputsAsync(action, cancellationToken);
            var plan = new SandboxPlan(store, options);
            var folder = use.KeptIn is { } kept ? Keep(kept, CarriedFolder.KeyOf(store, manifest, [.. manifest.Inputs.Where(i => i.InPlace is not null).Select(i => i.MountPath)]).Hash) : scratch.New();
            var spec = await plan.MakeAsync(action, manifest, sandboxRoot, folder, jobserver: null, kept: null, cancellationToken);
            OutputFolders.Make(spec, action);
            var terminal = Environment.GetEnvironmentVariable("TERM") ?? "dumb";
            var shell = spec with
            {
                Interactive = true,
                Arguments = use.Command == TerminalCommand.Action ? spec.Arguments : ["/bin/sh", "-c", "if [ -x /bin/bash ]; then exec /bin/bash --norc -i; else exec /bin/sh -i; fi"],
                Environment = spec.Environment.SetItem("TERM", terminal).SetItem("PS1", $"[{action.Id}] \\w \\$ "),
            };
            return new SandboxShell(scratch, lease, shell, (ActionWork.Process)action.Work);
        }
        catch
        {
            scratch.Dispose();
            lease.Dispose();
            throw;
        }
    }

    // What was written over other files than these would be nonsense. A workspace that came from elsewhere may bring links, which would let the sandbox write wherever they lead.
    static string Keep(string folder, string key)
    {
        if (new FileInfo(folder).LinkTarget is not null || (Directory.Exists(folder) && new DirectoryInfo(folder).EnumerateFileSystemInfos().Any(entry => entry.LinkTarget is not null)))
            throw new GraphException($"`{folder}` is a link or has some, which no shell left there; remove it");
        var record = Path.Combine(folder, KeyFile);
        if (Directory.Exists(folder) && (!File.Exists(record) || File.ReadAllText(record) != key))
            throw new GraphException($"The action reads other things than when `{folder}` was kept; take out of it what is needed, and remove it");
        Directory.CreateDirectory(folder);
        File.WriteAllText(record, key);
        return folder;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        filter.Dispose();
        scratch.Dispose();
        lease.Dispose();
    }
}
