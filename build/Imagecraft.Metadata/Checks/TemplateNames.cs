// Finds names that a template uses and nobody sets. Unaware of files and diagnostics.

using Imagecraft.Metadata.Model;
using Scriban;
using Scriban.Syntax;
using SourceSpan = Scriban.Parsing.SourceSpan;

namespace Imagecraft.Metadata.Checks;

/// <summary>A name that nobody sets.</summary>
/// <param name="Name">The variable, or a member of one.</param>
/// <param name="Span">Where it is used.</param>
/// <param name="Known">Names that would be right there.</param>
sealed record UnknownName(string Name, SourceSpan Span, IReadOnlyCollection<string> Known);

/// <summary>Walks the tree of a template twice: what it sets itself may be used before, in a function.</summary>
sealed class TemplateNames(ScriptNode page)
{
    static readonly HashSet<string> BuiltIn = [.. TemplateContext.GetDefaultBuiltinObject().Keys, "for", "while", "tablerow", "this", "empty"];

    /// <summary>Uses of unknown names; none where the template brings names that only rendering knows.</summary>
    public IReadOnlyList<UnknownName> Unknown()
    {
        var settings = new Settings();
        settings.Visit(page);
        if (settings.Opaque)
            return [];
        var uses = new Uses(settings);
        uses.Visit(page);
        return uses.Found;
    }

    sealed class Settings : ScriptVisitor
    {
        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

        /// <summary>Loop variable to the lists that it comes from.</summary>
        public Dictionary<string, HashSet<string>> Loops { get; } = new(StringComparer.Ordinal);

        public bool Opaque { get; private set; }

        public override void Visit(ScriptAssignExpression node)
        {
            Set(node.Target);
            base.Visit(node);
        }

        public override void Visit(ScriptForStatement node)
        {
            Set(node.Variable);
            if (node.Variable is ScriptVariable variable)
            {
                if (!Loops.TryGetValue(variable.Name, out var lists))
                    Loops.Add(variable.Name, lists = new(StringComparer.Ordinal));
                lists.Add(node.Iterator is ScriptVariable list ? list.Name : "");
            }

            base.Visit(node);
        }

        public override void Visit(ScriptCaptureStatement node)
        {
            Set(node.Target);
            base.Visit(node);
        }

        public override void Visit(ScriptFunction node)
        {
            Set(node.NameOrDoToken);
            foreach (var parameter in node.Parameters ?? [])
                Set(parameter.Name);
            base.Visit(node);
        }

        public override void Visit(ScriptImportStatement node) => Opaque = true;

        public override void Visit(ScriptWithStatement node) => Opaque = true;

        void Set(ScriptNode? target)
        {
            if (target is ScriptVariable variable)
                Names.Add(variable.Name);
        }
    }

    sealed class Uses(Settings settings) : ScriptVisitor
    {
        public List<UnknownName> Found { get; } = [];

        public override void Visit(ScriptVariableGlobal node)
        {
            if (!TemplateVariables.All.ContainsKey(node.Name) && !settings.Names.Contains(node.Name) && !BuiltIn.Contains(node.Name))
                Found.Add(new(node.Name, node.Span, [.. TemplateVariables.All.Keys]));
        }

        // The member is no variable; what it may be is known of the items of the documented lists.
        public override void Visit(ScriptMemberExpression node)
        {
            Visit(node.Target);
            if (node.Target is not ScriptVariable item || !settings.Loops.TryGetValue(item.Name, out var lists) || !lists.All(TemplateVariables.All.ContainsKey))
                return;
            string[] known = [.. lists.SelectMany(list => TemplateVariables.All[list]).Distinct().Order(StringComparer.Ordinal)];
            if (known.Length > 0 && node.Member is { Name: var member } && !known.Contains(member))
                Found.Add(new($"{item.Name}.{member}", node.Span, [.. known.Select(name => $"{item.Name}.{name}")]));
        }
    }
}
