// What the engine needs of machines that run actions for it. Unaware of protocols and of how one is chosen.

using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Remote;

/// <summary>Runs actions whose inputs, command and description are in its store. Safe for concurrent use.</summary>
public interface IRemoteExecutor : IAsyncDisposable
{
    /// <summary>Where it is, for people: an address without credentials.</summary>
    string Name { get; }

    /// <summary>Asks whether it runs actions.</summary>
    /// <exception cref="RemoteException">It does not, or cannot be asked.</exception>
    Task ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Runs an action to its end, through broken connections too. Who cancels has it ended there.</summary>
    /// <param name="action">Digest of the action.</param>
    /// <param name="afresh">It runs even where its result is known.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RemoteException">It could not be run.</exception>
    Task<RemoteRun> ExecuteAsync(Digest action, bool afresh, CancellationToken cancellationToken);
}

/// <summary>How a run elsewhere ended.</summary>
/// <param name="End">Why.</param>
/// <param name="Result">What it gave, its exit code and what it printed; null when there is nothing.</param>
/// <param name="Message">What the server said of it; empty as a rule.</param>
public sealed record RemoteRun(RemoteEnd End, Reapi.ActionResult? Result, string Message);

/// <summary>Why a run elsewhere ended.</summary>
public enum RemoteEnd
{
    /// <summary>Its command did, with an exit code.</summary>
    Exited,

    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>Some of its inputs are not in the store there any more.</summary>
    InputsMissing,
}

/// <summary>Machines that run actions, and how many they take at once.</summary>
/// <param name="Open">Makes what they are asked by; each build makes one and disposes it.</param>
/// <param name="Slots">Actions of this build that are there at once.</param>
public sealed record ExecutorOptions(Func<IRemoteExecutor> Open, int Slots);
