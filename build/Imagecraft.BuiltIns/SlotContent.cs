// What lies in the slots of a request: inputs found by their place, outputs given by theirs. Unaware of functions.

using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Requests;

namespace Imagecraft.BuiltIns;

/// <summary>Inputs and outputs by slot.</summary>
internal static class SlotContent
{
    /// <summary>The input of a slot; planning always gives it.</summary>
    public static BuiltInInput Input(this BuiltInContext context, InputSlot slot) =>
        context.Find(slot) ?? throw new InvalidOperationException($"The plan gives no input `{slot.Path}`, only [{string.Join(", ", context.Inputs.Select(i => i.Name))}]");

    /// <summary>The input of a slot; null when the plan gives none.</summary>
    public static BuiltInInput? Find(this BuiltInContext context, InputSlot slot) => context.Inputs.FirstOrDefault(i => i.Name == slot.Path);

    /// <summary>All inputs of some slots by the names they have there, in the plan's order.</summary>
    public static IEnumerable<(string Name, BuiltInInput Input)> InputsOf(this BuiltInContext context, InputSlots slots) =>
        context.Inputs.Select(i => (Name: slots.NameOf(i.Name)!, Input: i)).Where(i => i.Name is not null);

    /// <summary>Path of a file input, to be read only.</summary>
    public static Task<string> FileAsync(this BuiltInContext context, InputSlot slot, CancellationToken cancellationToken) => context.FileAsync(context.Input(slot), cancellationToken);

    /// <summary>The text of a file input.</summary>
    public static async Task<string> TextAsync(this BuiltInContext context, BuiltInInput input, CancellationToken cancellationToken) =>
        await File.ReadAllTextAsync(await context.FileAsync(input, cancellationToken), cancellationToken);

    /// <summary>The text of a slot's file.</summary>
    public static Task<string> TextAsync(this BuiltInContext context, InputSlot slot, CancellationToken cancellationToken) => context.TextAsync(context.Input(slot), cancellationToken);

    /// <summary>The tree of a slot, read within itself.</summary>
    public static StoredTree Tree(this BuiltInContext context, InputSlot slot) => context.Tree(context.Input(slot));

    /// <summary>Takes content that is in the store already.</summary>
    public static void Output(this BuiltInContext context, OutputSlot slot, OutputValue value) => context.Output(slot.Name, value);

    /// <summary>Takes a tree that is in the store already.</summary>
    public static void Output(this BuiltInContext context, OutputSlot slot, Digest tree) => context.Output(slot.Name, new OutputValue(tree, OutputKind.Tree));

    /// <summary>Takes a file or folder of the scratch folder.</summary>
    public static Task OutputAsync(this BuiltInContext context, OutputSlot slot, string path, CancellationToken cancellationToken) =>
        slot.Kind == OutputKind.Tree ? context.OutputTreeAsync(slot.Name, path, cancellationToken) : context.OutputFileAsync(slot.Name, path, executable: false, cancellationToken);

    /// <summary>Writes a text as an output.</summary>
    public static async Task OutputTextAsync(this BuiltInContext context, OutputSlot slot, string text, CancellationToken cancellationToken)
    {
        var path = Path.Combine(context.Scratch, slot.Name);
        await File.WriteAllTextAsync(path, text, cancellationToken);
        await context.OutputAsync(slot, path, cancellationToken);
    }
}
