// Variables of a recipe with their conditions, and what their values say. Pure; BitBake itself and its Python are never run.

using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>A function of shell, and when it counts.</summary>
internal sealed record ConditionalFunction(BitbakeStatement.Function Function, ForeignCondition When, string Operation);

/// <summary>Keeps variables and expands them.</summary>
/// <param name="name">Name of the recipe.</param>
/// <param name="version">Version that its file's name says.</param>
internal sealed partial class BitbakeScope(string name, string version)
{
    /// <summary>Variables of which each package has one.</summary>
    private static readonly ImmutableHashSet<string> OfPackages =
    [
        "RDEPENDS", "RRECOMMENDS", "RSUGGESTS", "RPROVIDES", "RCONFLICTS", "RREPLACES", "FILES", "CONFFILES", "ALLOW_EMPTY", "INSANE_SKIP", "SYSTEMD_SERVICE", "SYSTEMD_AUTO_ENABLE", "USERADD_PARAM", "GROUPADD_PARAM", "GROUPMEMS_PARAM", "INITSCRIPT_NAME", "INITSCRIPT_PARAMS", "ALTERNATIVE", "PKG", "DEBIAN_NOAUTONAME",
        "pkg_postinst", "pkg_preinst", "pkg_postrm", "pkg_prerm", "pkg_postinst_ontarget", "PRIVATE_LIBS", "ALTERNATIVE_PRIORITY", "DEBIANNAME", "LICENSE", "SUMMARY", "DESCRIPTION", "SECTION",
    ];

    private readonly Dictionary<string, BitbakeValue> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>What could not be kept.</summary>
    public List<Untranslated> Rest { get; } = [];

    /// <summary>What is about others.</summary>
    public List<Needless> Needless { get; } = [];

    /// <summary>Sentences about what was taken as given.</summary>
    public SortedSet<string> Given { get; } = new(StringComparer.Ordinal);

    /// <summary>Features of the distribution that something depends on, which become options.</summary>
    public SortedSet<string> Features { get; } = new(StringComparer.Ordinal);

    /// <summary>Functions by name.</summary>
    public Dictionary<string, List<ConditionalFunction>> Functions { get; } = new(StringComparer.Ordinal);

    /// <summary>Flags by variable and name.</summary>
    public Dictionary<(string Name, string Flag), BitbakeStatement.Flag> Flags { get; } = [];

    /// <summary>Names of variables that somebody asked for.</summary>
    public HashSet<string> Used { get; } = new(StringComparer.Ordinal);

    /// <summary>Variables of the environment.</summary>
    public HashSet<string> Exported { get; } = new(StringComparer.Ordinal);

    /// <summary>All variables with the places where they were set first.</summary>
    public IEnumerable<(string Name, ForeignPlace Place, string Text)> All => _values.Where(pair => pair.Value.Place is not null).Select(pair => (pair.Key, pair.Value.Place!, pair.Value.Shown));

    /// <summary>Whether a variable was set.</summary>
    public bool Has(string variable) => _values.ContainsKey(variable);

    /// <summary>Where a variable was set first; null: nowhere.</summary>
    public ForeignPlace? PlaceOf(string variable) => _values.GetValueOrDefault(variable)?.Place;

    /// <summary>What stands for a variable, for people.</summary>
    public string Shown(string variable) => _values.GetValueOrDefault(variable)?.Shown ?? "";

    /// <summary>Keeps an assignment.</summary>
    public void Assign(BitbakeStatement.Assignment assignment)
    {
        var shown = $"{string.Join(':', assignment.Overrides.Prepend(assignment.Name))} {assignment.Operator} \"{assignment.Value}\"";
        if (OldSyntax().IsMatch(assignment.Name))
        {
            Rest.Add(new(assignment.Place, shown, new("`_append`, `_prepend` and `_remove` are from before Yocto 3.4 and mean nothing since", "Let Yocto's convert-overrides.py rewrite the file, and import it then")));
            return;
        }

        if (Qualified(assignment.Name, assignment.Overrides, assignment.Place, shown) is not var (variable, when, operation, key))
            return;
        if (!_values.TryGetValue(variable, out var value))
            _values[variable] = value = new();
        value.Place ??= assignment.Place;
        value.Shown = value.Shown.Length == 0 ? assignment.Value : $"{value.Shown} {assignment.Value}";
        if (assignment.IsExported)
            Exported.Add(variable);
        var text = PieceText.Of(assignment.Value, assignment.Place);
        switch (operation)
        {
            case "append":
                value.Appended = value.Appended.Then(text.Under(when));
                break;
            case "prepend":
                value.Prepended = text.Under(when).Then(value.Prepended);
                break;
            case "remove" when when.IsAlways:
                value.Removed = value.Removed.Then(PieceText.Of(" ", assignment.Place)).Then(text);
                break;
            case "remove":
                Rest.Add(new(assignment.Place, shown, new("what is taken away under a condition has no words here", "Decide it by hand")));
                break;
            default:
                value.Set(key, when, assignment.Operator, text, PieceText.Of(" ", assignment.Place));
                break;
        }
    }

    /// <summary>Keeps a function.</summary>
    public void Define(BitbakeStatement.Function function)
    {
        if (OldSyntax().IsMatch(function.Name))
        {
            Rest.Add(new(function.Place, $"{function.Name}()", new("`_append` and `_prepend` are from before Yocto 3.4 and mean nothing since", "Let Yocto's convert-overrides.py rewrite the file, and import it then")));
            return;
        }

        if (Qualified(function.Name, function.Overrides, function.Place, $"{string.Join(':', function.Overrides.Prepend(function.Name))}()") is not var (variable, when, operation, _))
            return;
        if (!Functions.TryGetValue(variable, out var all))
            Functions[variable] = all = [];
        // A later one takes the place of an earlier one.
        if (operation.Length == 0 && when.IsAlways)
            all.RemoveAll(other => other.Operation.Length == 0);
        all.Add(new(function, when, operation));
    }

    /// <summary>A variable's value; empty when it is not set; null: it cannot be said here.</summary>
    public PieceText? ValueOf(string variable, out Reason? problem)
    {
        Used.Add(variable);
        problem = null;
        if (!_values.TryGetValue(variable, out var value))
            return PieceText.Empty;
        if (!_open.Add(variable))
        {
            problem = new($"`{variable}` is made of itself", "Write the value by hand");
            return null;
        }

        try
        {
            if (value.Whole is not { } whole)
            {
                problem = new("it is replaced under a condition whose contrary has no words here", "Decide it by hand");
                return null;
            }

            if (Expand(whole, out problem) is not { } expanded)
                return null;
            if (value.Removed.Pieces.IsEmpty)
                return expanded;
            if (Expand(value.Removed, out problem)?.Plain is not { } removed || !expanded.TryWords(out var words, out problem))
                return null;
            var gone = removed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return new([.. words.Where(word => !gone.Contains(word.Text)).Select(word => new Piece($" {Quoted(word.Text)}", word.When, word.Place))]);
        }
        finally
        {
            _open.Remove(variable);
        }
    }

    /// <summary>The pieces of a variable as they are written, unexpanded; empty when it is not set.</summary>
    public PieceText Raw(string variable)
    {
        Used.Add(variable);
        return _values.GetValueOrDefault(variable)?.Whole ?? PieceText.Empty;
    }

    /// <summary>Whether words are taken out of a variable.</summary>
    public bool IsThinned(string variable) => _values.TryGetValue(variable, out var value) && !value.Removed.Pieces.IsEmpty;

    /// <summary>Whether a value takes the place of the usual one, and is not added to it.</summary>
    public bool IsReplaced(string variable) => _values.TryGetValue(variable, out var value) && value.IsReplaced;

    /// <summary>The value of all pieces.</summary>
    public PieceText? Expand(PieceText raw, out Reason? problem)
    {
        var all = PieceText.Empty;
        problem = null;
        foreach (var piece in raw.Pieces)
        {
            if (Expand(piece.Text, piece.Place, out problem) is not { } expanded)
                return null;
            all = all.Then(expanded.Under(piece.When));
        }

        return all;
    }

    /// <summary>What a text says, with <c>${NAME}</c> for variables of recipes and <c>$$</c> for a dollar sign; null: it cannot be said here.</summary>
    public PieceText? Expand(string text, ForeignPlace place, out Reason? problem)
    {
        var all = PieceText.Empty;
        var plain = new StringBuilder();
        problem = null;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '$' || at + 1 == text.Length || text[at + 1] != '{')
            {
                plain.Append(text[at] == '$' ? "$$" : text[at].ToString());
                continue;
            }

            if (End(text, at) is not { } end)
            {
                problem = new("a brace is not closed", "Mend the file");
                return null;
            }

            all = all.Then(PieceText.Of(plain.ToString(), place));
            plain.Clear();
            if (Reference(text[(at + 2)..end], place, out problem) is not { } value)
                return null;
            all = all.Then(value);
            at = end;
        }

        return all.Then(PieceText.Of(plain.ToString(), place));
    }

    /// <summary>Where a reference ends; null: nowhere.</summary>
    public static int? End(string text, int at)
    {
        var depth = 0;
        for (var end = at + 1; end < text.Length; end++)
        {
            depth += text[end] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
                return end;
        }

        return null;
    }

    /// <summary>What every recipe is called and made of; null: it is no such variable.</summary>
    public string? Identity(string variable) => variable switch
    {
        "PN" => name,
        "BPN" when !Has("BPN") => name,
        "PV" when !Has("PV") => version,
        "BP" or "P" when !Has(variable) => $"{Identity("BPN") ?? "${BPN}"}-{Identity("PV") ?? "${PV}"}",
        "GITHUB_BASE_URI" when !Has("GITHUB_BASE_URI") => $"https://github.com/{Identity("BPN") ?? "${BPN}"}/{Identity("BPN") ?? "${BPN}"}/releases/",
        "BB_GIT_DEFAULT_DESTSUFFIX" => "git",
        "MLPREFIX" or "SRCPV" or "AUTOINC" or "EXTENDPE" or "base_prefix" or "PE" => "",
        "PR" when !Has("PR") => "r0",
        _ => null,
    };

    private PieceText? Reference(string inner, ForeignPlace place, out Reason? problem)
    {
        problem = null;
        if (inner.StartsWith('@'))
            return Python(inner[1..].Trim(), place, out problem);
        if (Identity(inner) is { } own)
            return own.Contains("${", StringComparison.Ordinal) ? Expand(own, place, out problem) : PieceText.Of(own, place);
        if (Has(inner) && !_open.Contains(inner))
            return ValueOf(inner, out problem);
        if (YoctoWords.Of(inner) is var (first, rest))
            return PieceText.Of((first.Kind == ShellValueKind.Variable ? $"${{{first.Text}}}" : first.Text) + rest, place);
        Used.Add(inner);
        problem = new($"`{inner}` is set by Yocto's configuration or classes, and nothing here says what it is", "Write the value by hand");
        return null;
    }

    // The few calls that only ask for what options say. Python is read as a text, and never run.
    private PieceText? Python(string call, ForeignPlace place, out Reason? problem)
    {
        problem = new("Python is not run", "See what it gives, and write that by hand");
        if (Contains().Match(call) is { Success: true } contains)
        {
            if (Asked(contains.Groups["variable"].Value, contains.Groups["words"].Value, contains.Groups["any"].Success) is not { } when || when.Negated() is not { } contrary)
                return null;
            problem = null;
            return Expand(contains.Groups["yes"].Value, place, out problem) is { } yes && Expand(contains.Groups["no"].Value, place, out problem) is { } no ? yes.Under(when).Then(no.Under(contrary)) : null;
        }

        if (Filter().Match(call) is { Success: true } filter)
        {
            var all = PieceText.Empty;
            foreach (var word in filter.Groups["words"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                if (Asked(filter.Groups["variable"].Value, word, isAny: false) is not { } when)
                    return null;
                all = all.Then(PieceText.Of($" {word} ", place).Under(when));
            }

            problem = null;
            return all;
        }

        if (Trim().Match(call) is { Success: true } trim && Expand(trim.Groups["text"].Value, place, out _)?.Plain is { } trimmed)
        {
            problem = null;
            return PieceText.Of(string.Join('.', trimmed.Split('.').Take(int.Parse(trim.Groups["count"].Value, System.Globalization.CultureInfo.InvariantCulture))), place);
        }

        return null;
    }

    private ForeignCondition? Asked(string variable, string words, bool isAny)
    {
        if (variable == "PTEST_ENABLED")
            return ForeignCondition.Never;
        var all = words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (variable is not ("PACKAGECONFIG" or "DISTRO_FEATURES") || all.Length == 0 || all.Any(word => !Metadata.Model.DocumentId.IsName(word)))
            return null;
        if (variable == "DISTRO_FEATURES")
        {
            if (all is ["usrmerge"])
                return ForeignCondition.Always;
            if (all is ["ptest"] or ["multiarch"])
                return ForeignCondition.Never;
            Features.UnionWith(all);
        }

        var literals = all.Select(word => new Literal(ConditionSubject.Option, word, false));
        return isAny ? ForeignCondition.Any(literals) : ForeignCondition.All(literals);
    }

    // The variable that is meant, when the value counts, what it does to it, and what tells values for different circumstances apart.
    private (string Variable, ForeignCondition When, string Operation, string Key)? Qualified(string variable, ImmutableArray<string> overrides, ForeignPlace place, string shown)
    {
        var (when, operation, key, package) = (ForeignCondition.Always, "", "", "");
        foreach (var raw in overrides)
        {
            var one = raw.Replace("${PN}", name, StringComparison.Ordinal).Replace("${BPN}", name, StringComparison.Ordinal);
            if (one is "append" or "prepend" or "remove")
                operation = one;
            else if (one == name || one.StartsWith($"{name}-", StringComparison.Ordinal) || (OfPackages.Contains(variable) && YoctoOverrides.Meaning(one, name) is null))
                package = one;
            else if (YoctoOverrides.Meaning(one, name) is { } meaning)
            {
                when = when.And(meaning);
                key += $":{one}";
            }
            else
            {
                Rest.Add(new(place, shown, new($"nothing here says what `{one}` is", "Decide it by hand; boards and images have `options:` and `when:`")));
                return null;
            }
        }

        if (when.IsNever)
        {
            Needless.Add(new(place, string.Join(':', overrides.Prepend(variable)), "it is about other systems and architectures, or the variant for the build host"));
            return null;
        }

        return (package.Length == 0 ? variable : $"{variable}:{package}", when, operation, key);
    }

    private static string Quoted(string word) => word.AsSpan().ContainsAny(' ', '\t', '"') || word.Length == 0 ? $"'{word}'" : word;

    [GeneratedRegex(@"_(append|prepend|remove)($|_)")]
    private static partial Regex OldSyntax();

    [GeneratedRegex("^bb\\.utils\\.contains(?<any>_any)?\\(\\s*(?<q>[\"'])(?<variable>[A-Z_]+)\\k<q>\\s*,\\s*(?<w>[\"'])(?<words>[^\"']*)\\k<w>\\s*,\\s*(?<y>[\"'])(?<yes>[^\"']*)\\k<y>\\s*,\\s*(?<n>[\"'])(?<no>[^\"']*)\\k<n>\\s*,\\s*d\\s*\\)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Contains();

    [GeneratedRegex("^bb\\.utils\\.filter\\(\\s*(?<q>[\"'])(?<variable>[A-Z_]+)\\k<q>\\s*,\\s*(?<w>[\"'])(?<words>[^\"']*)\\k<w>\\s*,\\s*d\\s*\\)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Filter();

    [GeneratedRegex("^oe\\.utils\\.trim_version\\(\\s*[\"'](?<text>[^\"']*)[\"']\\s*,\\s*(?<count>[1-9])\\s*\\)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Trim();
}
