// One planned action: what runs, on which inputs, giving which outputs. Unaware of how it is run or cached.

using System.Collections.Immutable;
using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Actions;

/// <summary>The unique, readable name of an action within a graph, e.g. <c>busybox:build</c>.</summary>
public sealed record ActionId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A node of the action graph as the planner wrote it; immutable.</summary>
public sealed record ActionNode
{
    /// <summary>The unique name.</summary>
    public required ActionId Id { get; init; }

    /// <summary>What is done.</summary>
    public required ActionWork Work { get; init; }

    /// <summary>What is read. Several trees may share a mount path: later ones lie on top of earlier ones.</summary>
    public ImmutableArray<InputEdge> Inputs { get; init; } = [];

    /// <summary>What is produced. A declared output that is absent afterwards fails the action.</summary>
    public ImmutableArray<OutputSpec> Outputs { get; init; } = [];

    /// <summary>What it needs of the machine; but for what its environment says of it, no part of the key.</summary>
    public Resources Resources { get; init; } = new();

    /// <summary>After this time the action is killed and has failed. Part of a process's key.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(4);

    /// <summary>A few words for progress displays, e.g. <c>Compile busybox 1.37.0</c>.</summary>
    public string Description { get; init; } = "";
}

/// <summary>An input: content, where the action sees it, and why it is there.</summary>
/// <param name="MountPath">Absolute path inside the sandbox. For built-ins it is the input's name, also with a leading slash.</param>
/// <param name="Source">Where the content comes from.</param>
/// <param name="Reason">Words for <c>why</c> and <c>plan</c>, e.g. <c>zlib is a build dependency</c>.</param>
public sealed record InputEdge(string MountPath, InputSource Source, string Reason);

/// <summary>Where an input's content comes from.</summary>
public abstract record InputSource
{
    private InputSource()
    {
    }

    /// <summary>An output of another action of the graph.</summary>
    public sealed record OutputOf(ActionId Action, string Output) : InputSource;

    /// <summary>A file or folder of the workspace, hashed when the build starts. <paramref name="Exclude"/> are globs relative to it.</summary>
    public sealed record Local(string HostPath, ImmutableArray<string> Exclude) : InputSource
    {
        /// <summary>
        /// A process sees the folder itself, with the times of its files, instead of a copy of its content, so that it may follow changes (<see cref="ActionWork.Process.KeptFolder"/>); what it writes there does not reach the folder.
        /// A folder that changes while it runs fails it. Entries that are excluded by name are empty.
        /// </summary>
        public bool IsInPlace { get; init; }
    }

    /// <summary>A file whose text the planner wrote.</summary>
    public sealed record Inline(string Text, bool Executable = false) : InputSource;
}

/// <summary>An output by name and path.</summary>
/// <param name="Name">How later actions refer to it.</param>
/// <param name="Path">Absolute path inside the sandbox (below <c>/out</c> or <c>/build</c>) for processes; equal to the name for built-ins.</param>
/// <param name="Kind">File or folder.</param>
public sealed record OutputSpec(string Name, string Path, OutputKind Kind);

/// <summary>What an action needs of the machine while it runs.</summary>
/// <param name="Jobserver">The children take further CPU slots from the GNU jobserver, besides the one they start with.</param>
/// <param name="MemoryBytes">Expected peak when no recorded figure exists.</param>
public sealed record Resources(bool Jobserver = false, long MemoryBytes = 256L << 20);

/// <summary>What an action does.</summary>
public abstract record ActionWork
{
    private ActionWork()
    {
    }

    /// <summary>A command in the sandbox.</summary>
    public sealed record Process : ActionWork
    {
        /// <summary>Program and arguments; never a shell string.</summary>
        public required ImmutableArray<string> Arguments { get; init; }

        /// <summary>The whole environment beside the sandbox's fixed one.</summary>
        public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

        /// <summary>Absolute path inside the sandbox.</summary>
        public string WorkingDirectory { get; init; } = "/build";

        /// <summary>What a machine must be or have to run it, beside what all need: properties by which a remote executor chooses a worker. Part of the key.</summary>
        public ImmutableSortedDictionary<string, string> Platform { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

        /// <summary>Persistent tool caches: name of the cache to its mount path. Outside the key, because they cannot change an output.</summary>
        public ImmutableSortedDictionary<string, string> Caches { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

        /// <summary>
        /// Mount paths of the inputs whose changes the build tool inside follows by itself. When nothing but these differs from an earlier successful run,
        /// the action starts with the <c>/build</c> that run left, times of files included; otherwise, and always when there are none, with an empty one.
        /// Outside the key: the tool's promise is that both ways give the same.
        /// </summary>
        public ImmutableArray<string> Follows { get; init; } = [];

        /// <summary>
        /// Absolute path on the host where the action's <c>/build</c>, and what it writes over inputs that are in place, stay between its runs, failed ones too, until something else changes than what it <see cref="Follows"/>.
        /// Part of the key: such results are for whoever works there, and nobody else gets them.
        /// </summary>
        public string? KeptFolder { get; init; }
    }

    /// <summary>A function of the orchestrator, keyed by name, parameters and the revision of its code.</summary>
    public sealed record BuiltIn(string Function, ImmutableSortedDictionary<string, string> Parameters) : ActionWork;

    /// <summary>A download of known content. Only <paramref name="Sha256"/> is identity; the places are not part of the key. Its one output is the file <c>file</c>.</summary>
    /// <param name="Sha256">64 lowercase hexadecimal characters.</param>
    /// <param name="FileName">The name it is known by, for messages.</param>
    /// <param name="Places">Addresses in the order they are tried: <c>https:</c>, <c>file:</c>, <c>debian:</c>, <c>npm:</c>, <c>nuget:</c>.</param>
    public sealed record Fetch(string Sha256, string FileName, ImmutableArray<string> Places) : ActionWork
    {
        /// <summary>Bytes of the content where somebody pinned them: no place may send more. Null when nobody knows. No part of the key.</summary>
        public long? Size { get; init; }

        /// <summary>A hash of another sort, in the words of who fetches, which is the identity in place of <see cref="Sha256"/> (empty then); null: the SHA-256 is known.</summary>
        public string? Integrity { get; init; }
    }

    /// <summary>
    /// The files of one git commit as a tar. The commit's id, a hash of all its content, is identity; places and the trees at <c>/</c>, which have git, are not part of the key. Its one output is the file <c>file</c>.
    /// </summary>
    /// <param name="Commit">40 lowercase hexadecimal characters (SHA-1), or 64 (SHA-256).</param>
    /// <param name="Sha256">Of the tar, for those whom SHA-1 is not enough; part of the identity, or null.</param>
    /// <param name="FileName">The name it is known by, for messages.</param>
    /// <param name="Places">Addresses in the order they are tried: <c>git:ADDRESS#COMMIT</c>.</param>
    public sealed record FetchCommit(string Commit, string? Sha256, string FileName, ImmutableArray<string> Places) : ActionWork;

    /// <summary>Whether it waits for servers rather than for the CPU.</summary>
    public bool IsDownload => this is Fetch or FetchCommit;

    /// <summary>Whether a sandbox is needed to run it.</summary>
    public bool NeedsSandbox => this is Process or FetchCommit;
}
