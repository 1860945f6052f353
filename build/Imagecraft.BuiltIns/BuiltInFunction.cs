// What all built-in functions have in common: a name, and the identity of the assemblies that do the work.

using Imagecraft.Engine.Actions;

namespace Imagecraft.BuiltIns;

/// <summary>A built-in action.</summary>
public abstract class BuiltInFunction : IBuiltIn
{
    /// <summary>A function whose output is decided by this assembly and those of <paramref name="helpers"/>, types of the projects it calls.</summary>
    protected BuiltInFunction(string name, params Type[] helpers)
        : this(name, helpers.Prepend(typeof(BuiltInFunction)))
    {
    }

    /// <summary>A function that only passes on: its output is decided by the assemblies of <paramref name="deciders"/> alone, so other code of this one may change without it.</summary>
    protected BuiltInFunction(string name, IEnumerable<Type> deciders)
    {
        Name = name;
        Identity = string.Join('+', deciders.Select(t => t.Assembly.ManifestModule.ModuleVersionId.ToString("N")));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Identity { get; }

    /// <inheritdoc/>
    public abstract Task RunAsync(BuiltInContext context, CancellationToken cancellationToken);

    /// <summary>The input of the given name; planning always gives it.</summary>
    protected static BuiltInInput Input(BuiltInContext context, string inputName) =>
        context.Inputs.FirstOrDefault(i => i.Name == inputName) ?? throw new InvalidOperationException($"The plan gives no input `{inputName}`");

    /// <summary>The text of a file input.</summary>
    protected static async Task<string> TextAsync(BuiltInContext context, string inputName, CancellationToken cancellationToken) =>
        await File.ReadAllTextAsync(await context.FileAsync(Input(context, inputName), cancellationToken), cancellationToken);

    /// <summary>Writes a text as an output.</summary>
    protected static async Task OutputTextAsync(BuiltInContext context, string output, string text, CancellationToken cancellationToken)
    {
        var path = Path.Combine(context.Scratch, output);
        await File.WriteAllTextAsync(path, text, cancellationToken);
        await context.OutputFileAsync(output, path, executable: false, cancellationToken);
    }
}
