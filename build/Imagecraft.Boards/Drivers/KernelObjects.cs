// Whether a source file is compiled under a configuration, and by which symbols, followed through the kernel's makefiles. Unaware of devices.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Boards.Drivers;

/// <summary>How a source file is compiled.</summary>
/// <param name="Value">Whether, and how.</param>
/// <param name="Missing">Symbols that keep it from being built in, in the order from the root of the sources; a module's own when it is one.</param>
/// <param name="Module">Name of its module as <c>modprobe</c> knows it; null when no makefile names it.</param>
public sealed record CompiledFile(Compiled Value, ImmutableArray<string> Missing, string? Module)
{
    /// <summary>Whether a makefile names it at all.</summary>
    public bool IsKnown => Module is not null;
}

/// <summary>Follows makefiles. Their conditions (<c>ifdef</c>) are not read: what is in one counts as unconditional.</summary>
/// <remarks>Source: the kernel's Documentation/kbuild/makefiles.rst, chapter 3.</remarks>
public sealed partial class KernelObjects
{
    private const int Deepest = 6;
    private const string Prefix = "CONFIG_";

    private readonly KernelConfiguration configuration;
    private readonly string architecture;
    private readonly Dictionary<string, List<Rule>> targets = new(StringComparer.Ordinal), members = new(StringComparer.Ordinal);

    /// <summary>Reads the assignments of an index.</summary>
    /// <param name="index">Of the sources.</param>
    /// <param name="configuration">Final.</param>
    /// <param name="architecture">The kernel's name of it, whose folder below <c>arch</c> is the only one that counts.</param>
    public KernelObjects(DriverIndex index, KernelConfiguration configuration, string architecture)
    {
        (this.configuration, this.architecture) = (configuration, architecture);
        foreach (var line in index.Lines.Where(l => l.Kind == DriverFact.Compiles))
            Read(line);
    }

    /// <summary>The object of a source file, e.g. <c>drivers/mmc/host/dw_mmc.c</c>.</summary>
    public CompiledFile Of(string source)
    {
        if (source.StartsWith("arch/", StringComparison.Ordinal) && !source.StartsWith($"arch/{architecture}/", StringComparison.Ordinal))
            return new(Compiled.No, [], null);
        return Object(source[..^2] + ".o", 0) ?? new(Compiled.No, [], null);
    }

    /// <summary>The module of a name, with dashes or underscores; null when no makefile makes it.</summary>
    public CompiledFile? OfModule(string name) => targets
        .Where(t => t.Key.EndsWith(".o", StringComparison.Ordinal) && ModuleOf(t.Key) == name.Replace('-', '_'))
        .Select(t => Object(t.Key, 0))
        .OfType<CompiledFile>()
        .OrderByDescending(f => f.Value)
        .FirstOrDefault();

    // The best way in which an object comes into the kernel; null when no makefile names it.
    private CompiledFile? Object(string path, int depth)
    {
        var alone = targets.GetValueOrDefault(path, []).Select(rule => With(rule, Folder(FolderOf(path)), ModuleOf(path)));
        var within = depth == Deepest ? [] : members.GetValueOrDefault(path, []).Select(rule => (Rule: rule, Whole: Object(rule.Whole!, depth + 1))).Where(m => m.Whole is not null).Select(m => With(m.Rule, m.Whole!, m.Whole!.Module));
        return Best(alone.Concat(within));
    }

    // A folder that no makefile names is reached by other means: those of `arch`, and the first ones.
    private CompiledFile Folder(string path)
    {
        var built = new CompiledFile(Compiled.BuiltIn, [], null);
        if (!path.Contains('/', StringComparison.Ordinal) || path.StartsWith("arch/", StringComparison.Ordinal))
            return built;
        var above = Folder(FolderOf(path));
        return Best(targets.GetValueOrDefault(path + "/", []).Select(rule => With(rule, above, null))) ?? above;
    }

    private CompiledFile With(Rule rule, CompiledFile whole, string? module)
    {
        var own = rule.IsAlwaysModule ? Compiled.Module : Compiled.BuiltIn;
        foreach (var symbol in rule.Symbols)
            own = Least(own, rule.ModuleCounts && configuration[symbol] == Compiled.Module ? Compiled.BuiltIn : configuration[symbol]);
        // An object of a composite is part of it whenever its own symbol is set.
        var value = rule.Whole is not null && own == Compiled.Module ? whole.Value : Least(own, whole.Value);
        return new(value, [.. whole.Missing, .. rule.Symbols.Where(s => configuration[s] != Compiled.BuiltIn && !whole.Missing.Contains(s))], module);
    }

    private static CompiledFile? Best(IEnumerable<CompiledFile> ways) => ways.OrderByDescending(w => w.Value).ThenBy(w => w.Missing.Length).FirstOrDefault();

    private static Compiled Least(Compiled left, Compiled right) => left < right ? left : right;

    private static string FolderOf(string path) => path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : ".";

    private static string ModuleOf(string path) => path[(path.LastIndexOf('/') + 1)..^2].Replace('-', '_');

    private void Read(DriverLine line)
    {
        // NAME-CONDITION OPERATOR WORDS; the first dash behind which a condition stands ends the name.
        var text = line.Text;
        if (Sign(text) is not (>= 0 and var sign))
            return;
        var left = text[..sign].TrimEnd(' ', '+', ':');
        var dash = left.IndexOf("-$(", StringComparison.Ordinal) is >= 0 and var macro ? macro : left.LastIndexOf('-');
        if (dash < 0)
            return;
        var (name, condition) = (left[..dash], left[(dash + 1)..]);
        ImmutableArray<string> symbols = condition.Contains(Prefix, StringComparison.Ordinal) ? [.. Symbol().Matches(condition).Select(m => m.Groups[1].Value)] : [];
        // `foo-$(subst m,y,$(CONFIG_X))`
        var countsModules = condition.Contains("subst m,y", StringComparison.Ordinal) || condition.Contains(":m=y", StringComparison.Ordinal);
        if (symbols.IsEmpty && condition is not ("y" or "m" or "objs"))
            return;
        foreach (var word in text[(sign + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(w => !w.Contains('$', StringComparison.Ordinal)))
        {
            var path = Normal(line.Place, word);
            var isObject = name == "obj";
            var rule = new Rule(symbols, countsModules, condition == "m" && isObject, isObject ? null : Normal(line.Place, name + ".o"));
            if (rule.Whole == path)
                continue;
            var table = isObject ? targets : members;
            if (!table.TryGetValue(path, out var rules))
                table[path] = rules = [];
            rules.Add(rule);
        }
    }

    // The equals sign of an assignment; those within macros are others' (`$(CONFIG_X:m=y)`).
    private static int Sign(string text)
    {
        for (int i = 0, depth = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] == '=' && depth == 0)
                return i;
        }

        return -1;
    }

    private static string Normal(string folder, string word)
    {
        var names = new List<string>(folder == "." ? [] : folder.Split('/'));
        foreach (var name in word.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name == ".." && names.Count > 0)
                names.RemoveAt(names.Count - 1);
            else if (name is not ("." or ".."))
                names.Add(name);
        }

        return string.Join('/', names) + (word.EndsWith('/') ? "/" : "");
    }

    private sealed record Rule(ImmutableArray<string> Symbols, bool ModuleCounts, bool IsAlwaysModule, string? Whole);

    [GeneratedRegex("""CONFIG_([A-Za-z0-9_]+)""")]
    private static partial Regex Symbol();
}
