// PACKAGECONFIG: the options of a recipe, with what each gives to the build system and needs. Pure.

using System.Collections.Immutable;

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>Options of a recipe.</summary>
internal sealed record PackageConfigs(ImmutableArray<ForeignOption> Options, ImmutableArray<ForeignWord> Arguments, ImmutableArray<ForeignNeed> Needs)
{
    /// <summary>Reads the flags of PACKAGECONFIG.</summary>
    public static PackageConfigs Read(YoctoFindings found)
    {
        var (options, arguments, needs) = (new List<ForeignOption>(), new List<ForeignWord>(), new List<ForeignNeed>());
        var usual = Usual(found);
        foreach (var ((variable, name), flag) in found.Scope.Flags.Where(flag => flag.Key.Name == "PACKAGECONFIG").OrderBy(flag => flag.Value.Place.Line).ThenBy(flag => flag.Key.Flag, StringComparer.Ordinal))
        {
            var option = name.ToLowerInvariant();
            var (on, off) = (ForeignCondition.Option(option), ForeignCondition.Any(new Literal(ConditionSubject.Option, option, true)));
            if (!Metadata.Model.DocumentId.IsName(option) || found.Scope.Expand(flag.Value, flag.Place, out _)?.Plain is not { } value)
            {
                found.Rest.Add(new(flag.Place, $"{variable}[{name}] = \"{flag.Value}\"", new("it cannot be said as an option", "Write its arguments by hand")));
                continue;
            }

            var parts = value.Split(',').Select(part => part.Trim()).ToList();
            string Part(int at) => parts.ElementAtOrDefault(at) ?? "";
            const int enabled = 0, disabled = 1, build = 2, runtime = 3, recommended = 4, conflicts = 5;
            if (Words(Part(enabled), on, flag.Place) is not { } yes || Words(Part(disabled), off, flag.Place) is not { } no)
            {
                found.Rest.Add(new(flag.Place, $"{variable}[{name}] = \"{flag.Value}\"", new("its arguments do not fall into words", "Write them by hand")));
                continue;
            }

            // What is given in both cases by turns stands one behind the other.
            arguments.AddRange(yes.Length == 1 && no.Length == 1 ? [yes[0], no[0]] : yes.Concat(no));
            needs.AddRange(Part(build).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(need => YoctoNeeds.Of(need, on, flag.Place)));
            needs.AddRange(Part(runtime).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(need => new ForeignNeed(need, NeedKind.Runtime, on, flag.Place)));
            if (Part(recommended).Length > 0)
                found.Needless.Add(new(flag.Place, $"{variable}[{name}]: {Part(recommended)}", "nothing is recommended; images name it"));
            if (Part(conflicts).Length > 0)
                found.Rest.Add(new(flag.Place, $"{variable}[{name}]: {Part(conflicts)}", new("options here do not exclude each other", "Let images switch on one of them at most")));
            options.Add(new(option, $"What Yocto's PACKAGECONFIG `{name}` brings", usual.Contains(name), flag.Place));
        }

        // Some are only asked about by other values.
        foreach (var name in usual.Where(name => !found.Scope.Flags.ContainsKey(("PACKAGECONFIG", name)) && Metadata.Model.DocumentId.IsName(name)))
            options.Add(new(name, $"What Yocto's PACKAGECONFIG `{name}` brings", true, found.Scope.PlaceOf("PACKAGECONFIG") ?? found.Place));
        return new([.. options.DistinctBy(option => option.Name)], [.. arguments], [.. needs]);
    }

    /// <summary>The option that a feature of the distribution becomes.</summary>
    public static ForeignOption OfFeature(string feature, ForeignPlace place) => new(feature, $"What it has where Yocto's DISTRO_FEATURES has `{feature}`", IsUsual(feature), place);

    private static bool IsUsual(string feature) => feature is "ipv4" or "ipv6" or "largefile";

    // What is on when nobody says otherwise. Features of the distribution are not known, so what follows them is off, but for networks.
    private static HashSet<string> Usual(YoctoFindings found)
    {
        var usual = new HashSet<string>(StringComparer.Ordinal);
        foreach (var word in found.Words("PACKAGECONFIG"))
            if (word.When.IsAlways || (word.When.Options.ToList() is { Count: > 0 } features && features.TrueForAll(IsUsual) && !word.When.IsNever))
                usual.Add(word.Text);
            else if (word.When.Options.Any() && !found.Scope.Flags.ContainsKey(("PACKAGECONFIG", word.Text)))
                continue;
            else if (word.When.Options.Any())
                found.Scope.Given.Add($"`{word.Text}` of PACKAGECONFIG follows DISTRO_FEATURES there, and is off until an image switches the option on");
            else
                found.Rest.Add(new(word.Place, $"PACKAGECONFIG: {word.Text}", new($"it is on where {word.When}, and options have one default", "Let boards switch it by `options:`")));
        return usual;
    }

    private static ImmutableArray<ForeignWord>? Words(string text, ForeignCondition when, ForeignPlace place) =>
        PieceText.Of(text, place).TryWords(out var words, out _) ? [.. words.Select(word => word with { When = when })] : null;
}

/// <summary>Names of what recipes of Yocto's need.</summary>
internal static class YoctoNeeds
{
    private const string Native = "-native";

    /// <summary>Something that a build needs: a tool where it is <c>-native</c>.</summary>
    public static ForeignNeed Of(string name, ForeignCondition when, ForeignPlace place) =>
        name.EndsWith(Native, StringComparison.Ordinal) ? new(name[..^Native.Length], NeedKind.Tool, when, place)
        : name.EndsWith("-cross", StringComparison.Ordinal) || name.EndsWith("-initial", StringComparison.Ordinal) || name.Contains("-cross-", StringComparison.Ordinal) ? new("virtual/cross-cc", NeedKind.Library, when, place)
        : new(name, NeedKind.Library, when, place);
}
