// What all built-in functions have in common: the request that names them and is read for them, and the identity of the assemblies that do the work.

using Imagecraft.Engine.Actions;
using Imagecraft.Requests;

namespace Imagecraft.BuiltIns;

/// <summary>A built-in action that is asked for by a <typeparamref name="TRequest"/>.</summary>
public abstract class BuiltInFunction<TRequest> : IBuiltIn
    where TRequest : IRequest
{
    /// <summary>A function whose output is decided by this assembly, that of its request and those of <paramref name="helpers"/>, types of the projects it calls.</summary>
    protected BuiltInFunction(params Type[] helpers)
        : this(helpers.Prepend(typeof(TRequest)).Prepend(typeof(BuiltInFunction<TRequest>)))
    {
    }

    /// <summary>A function that only passes on: its output is decided by the assemblies of <paramref name="deciders"/> alone, so other code of this one may change without it.</summary>
    protected BuiltInFunction(IEnumerable<Type> deciders) =>
        Identity = string.Join('+', deciders.Select(t => CodeRevision.Of(t.Assembly)));

    /// <inheritdoc/>
    public string Name => TRequest.FunctionName;

    /// <inheritdoc/>
    public string Identity { get; }

    /// <inheritdoc/>
    public async Task RunAsync(BuiltInContext context, CancellationToken cancellationToken) =>
        await RunAsync(RequestJson.Read<TRequest>(await context.TextAsync(RequestJson.Input, cancellationToken)), context, cancellationToken);

    /// <summary>Does what the request says. A problem of the user's making is an <see cref="ActionFailedException"/>.</summary>
    protected abstract Task RunAsync(TRequest request, BuiltInContext context, CancellationToken cancellationToken);
}
