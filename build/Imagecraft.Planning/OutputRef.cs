// A reference to an action's output while planning.

using Imagecraft.Engine.Actions;

namespace Imagecraft.Planning;

/// <summary>The output <paramref name="Output"/> of the action <paramref name="Action"/>.</summary>
public sealed record OutputRef(ActionId Action, string Output)
{
    /// <summary>As what an input is made of.</summary>
    public InputSource Source => new InputSource.OutputOf(Action, Output);

    /// <summary>As an input at <paramref name="mountPath"/>.</summary>
    public InputEdge At(string mountPath, string reason) => new(mountPath, Source, reason);
}
