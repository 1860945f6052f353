// Says why a symbol has not the value that was asked for, down to the program that is missing. Unaware of who asked.

using System.Collections.Immutable;

namespace Imagecraft.BuiltIns.Configuration;

/// <summary>Explains a final configuration by the definitions of its program.</summary>
internal sealed class KconfigExplanation(KconfigFiles files, HostTools host, IReadOnlyDictionary<string, string> final)
{
    // A cause's cause helps, a longer chain is read by nobody.
    private const int Depth = 3;

    /// <summary>Why a symbol has not the wanted value, as far as its definitions tell.</summary>
    public string Of(string name, string wanted)
    {
        var definitions = files.Definitions(name);
        if (definitions.IsEmpty)
            return $"no Kconfig file defines `{name}` for {files.Architecture}; check the spelling and the version";
        return string.Join("; or ", definitions.Select(d => wanted == "n" ? WhySet(d) : WhyUnset(d, wanted)).Distinct(StringComparer.Ordinal));
    }

    private string WhySet(KconfigDefinition definition) =>
        definition.Prompt is { } prompt && prompt.Worth(Value) == 0
            ? $"it can be unset only where `{prompt}` holds{Place(definition)}, but {Why(prompt, Depth)}"
            : "another symbol selects it, or it has no prompt and a default";

    private string WhyUnset(KconfigDefinition definition, string wanted)
    {
        if (Unmet(definition) is { IsEmpty: false } unmet)
            return $"it depends on {Names(unmet)}{Place(definition)}, but {string.Join("; ", unmet.Select(c => Why(c, Depth)))}";
        if (definition.Prompt is null)
            return definition.Defaults.OfType<KconfigExpression.Macro>().FirstOrDefault() is { } test ? $"{Test(test)}{Place(definition)}" : $"it has no prompt, so only another symbol's `select` sets it{Place(definition)}";
        if (definition.Prompt.Worth(Value) == 0)
            return $"it can be chosen only where `{definition.Prompt}` holds{Place(definition)}, but {Why(definition.Prompt, Depth)}";
        return wanted == "y" && definition.Conditions.FirstOrDefault(c => c.Worth(Value) == 1) is { } module
            ? $"it depends on `{module}`, which is a module{Place(definition)}"
            : $"another symbol decides it, or the value is out of range{Place(definition)}";
    }

    // What does not hold; where everything else does, what only a macro could tell.
    private ImmutableArray<KconfigExpression> Unmet(KconfigDefinition definition)
    {
        ImmutableArray<KconfigExpression> broken = [.. definition.Conditions.Where(c => c.Worth(Value) == 0)];
        return broken.IsEmpty ? [.. definition.Conditions.Where(c => c.Worth(Value) is null)] : broken;
    }

    private string Why(KconfigExpression condition, int depth) => condition switch
    {
        KconfigExpression.All all => string.Join("; ", (all.Worth(Value) == 0 ? all.Parts.Where(p => p.Worth(Value) == 0) : all.Parts.Where(p => p.Worth(Value) is null)).Select(p => Why(p, depth))),
        KconfigExpression.Any any => string.Join(", and ", any.Parts.Select(p => Why(p, depth))),
        KconfigExpression.Not { Part: KconfigExpression.Symbol symbol } => $"`{symbol.Name}` is set",
        KconfigExpression.Symbol symbol => $"`{symbol.Name}` is not set{Cause(symbol.Name, depth)}",
        KconfigExpression.Comparison { Left: KconfigExpression.Symbol symbol } => $"`{symbol.Name}` is `{Value(symbol.Name)}`{Cause(symbol.Name, depth)}",
        KconfigExpression.Macro test => Test(test),
        _ => $"`{condition}` does not hold",
    };

    // Why a symbol on which another depends has its value, when that is nobody's choice.
    private string Cause(string name, int depth)
    {
        if (depth == 0)
            return "";
        var definitions = files.Definitions(name);
        if (definitions.IsEmpty)
            return $" (no Kconfig file defines it for {files.Architecture})";
        var definition = definitions[0];
        if (definitions.All(d => !Unmet(d).IsEmpty))
            return $", because {string.Join("; ", Unmet(definition).Select(c => Why(c, depth - 1)))}{Place(definition)}";
        if (definition.Prompt is not null)
            return "";
        return definition.Defaults.OfType<KconfigExpression.Macro>().FirstOrDefault() is { } test ? $", because {Test(test)}{Place(definition)}"
            : definition.Defaults.IsEmpty ? " (only another symbol's `select` sets it)" : "";
    }

    private string Test(KconfigExpression.Macro test) => host.MissingFor(test.Text, files) switch
    {
        [] => $"the test `{test}` does not succeed in the tool root",
        [var program] => $"the tool `{program}`, which `{test}` asks for, is missing in the tool root; name one that has it in the recipe's `tools`",
        var programs => $"the tools [{string.Join(", ", programs)}], which `{test}` asks for, are missing in the tool root; name one that has them in the recipe's `tools`",
    };

    private string Value(string name) => final.GetValueOrDefault(name, "n");

    private static string Names(ImmutableArray<KconfigExpression> conditions) => string.Join(" and ", conditions.Select(c => $"`{c}`"));

    private static string Place(KconfigDefinition definition) => $" ({definition.Path}:{definition.Line})";
}
