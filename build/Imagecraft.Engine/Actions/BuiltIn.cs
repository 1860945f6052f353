// The contract of actions that are C# functions. Unaware of which functions exist.

using System.Collections.Immutable;
using Imagecraft.Engine.Content;

namespace Imagecraft.Engine.Actions;

/// <summary>A pure function from input content to output content, run by the engine and cached like any other action.</summary>
public interface IBuiltIn
{
    /// <summary>The name that <see cref="ActionWork.BuiltIn"/> uses.</summary>
    string Name { get; }

    /// <summary>What else than name, parameters and inputs decides the output: as a rule the <see cref="CodeRevision"/> of the implementing assembly.</summary>
    string Identity { get; }

    /// <summary>Runs it. A problem of the user's making is an <see cref="ActionFailedException"/>.</summary>
    Task RunAsync(BuiltInContext context, CancellationToken cancellationToken);
}

/// <summary>An action cannot succeed because of its inputs: the message is for the user and names the remedy.</summary>
public sealed class ActionFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The machine keeps an action from succeeding, not its inputs: the message is for the user and names the remedy.</summary>
public sealed class EnvironmentException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What a built-in sees of the world.</summary>
public abstract class BuiltInContext
{
    /// <summary>The parameters the planner gave.</summary>
    public abstract ImmutableSortedDictionary<string, string> Parameters { get; }

    /// <summary>All inputs in the order the planner gave them.</summary>
    public abstract ImmutableArray<BuiltInInput> Inputs { get; }

    /// <summary>An empty folder of this action's own, removed afterwards.</summary>
    public abstract string Scratch { get; }

    /// <summary>Path of the input's file, to be read only.</summary>
    public abstract Task<string> FileAsync(BuiltInInput input, CancellationToken cancellationToken);

    /// <summary>The input's tree, read within itself: its links lead nowhere else. No path of the host is given, because whoever opens one follows links on the host.</summary>
    public abstract Store.StoredTree Tree(BuiltInInput input);

    /// <summary>The store, for functions that work on Merkle trees without materializing them.</summary>
    public abstract Store.IContentStore Store { get; }

    /// <summary>Takes a file (moved when it lies in <see cref="Scratch"/>) as the output <paramref name="name"/>.</summary>
    public abstract Task OutputFileAsync(string name, string path, bool executable, CancellationToken cancellationToken);

    /// <summary>Takes a folder (moved when it lies in <see cref="Scratch"/>) as the output <paramref name="name"/>.</summary>
    public abstract Task OutputTreeAsync(string name, string path, CancellationToken cancellationToken);

    /// <summary>Takes content that is in the store already as the output <paramref name="name"/>.</summary>
    public abstract void Output(string name, OutputValue value);

    /// <summary>A line for the action's log.</summary>
    public abstract void Log(string line);
}

/// <summary>An input as a built-in sees it.</summary>
public sealed record BuiltInInput(string Name, OutputValue Value);
