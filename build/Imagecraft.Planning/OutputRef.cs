// A reference to an action's output while planning.

using Imagecraft.Engine.Actions;
using Imagecraft.Requests;

namespace Imagecraft.Planning;

/// <summary>The output <paramref name="Output"/> of the action <paramref name="Action"/>.</summary>
public sealed record OutputRef(ActionId Action, string Output)
{
    /// <summary>As what an input is made of.</summary>
    public InputSource Source => new InputSource.OutputOf(Action, Output);

    /// <summary>As an input at <paramref name="mountPath"/>.</summary>
    public InputEdge At(string mountPath, string reason) => new(mountPath, Source, reason);

    /// <summary>As the input of a built-in function.</summary>
    public InputEdge At(InputSlot slot, string reason) => slot.Of(Source, reason);

    /// <summary>Another output of the same action.</summary>
    public OutputRef Beside(OutputSlot output) => this with { Output = output.Name };
}
