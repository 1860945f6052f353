// The contract of requests: what planning asks of a built-in function. Unaware of who writes and who reads them.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Requests;

/// <summary>
/// Everything that a built-in function is told beside the content of its inputs. The record of the function <c>NAME</c> is <c>NAMERequest</c>, in the folder of that function's name.
/// It is part of the action's key, so it says nothing that does not decide the outputs.
/// </summary>
public interface IRequest
{
    /// <summary>The function's name, as <see cref="ActionWork.BuiltIn"/> has it.</summary>
    static abstract string FunctionName { get; }

    /// <summary>What the function gives.</summary>
    ImmutableArray<OutputSpec> Outputs();
}
