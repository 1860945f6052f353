// Licenses as Buildroot and Yocto write them, as SPDX expressions. Pure.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Importing;

/// <summary>A translated license.</summary>
/// <param name="Expression">SPDX expression; names that SPDX does not have are <c>LicenseRef-NAME</c>. Null: the text is none that can be taken apart.</param>
/// <param name="Unknown">Names that SPDX may know by another spelling.</param>
public sealed record TranslatedLicense(string? Expression, ImmutableArray<string> Unknown);

/// <summary>Translates licenses.</summary>
/// <remarks>Source of the identifiers: the SPDX License List, as far as the two systems use it.</remarks>
public static partial class ForeignLicense
{
    private static readonly ImmutableHashSet<string> Known =
    [
        "0BSD", "AFL-2.0", "AFL-2.1", "AFL-3.0", "AGPL-3.0-only", "AGPL-3.0-or-later", "Apache-1.1", "Apache-2.0", "Artistic-1.0", "Artistic-1.0-Perl", "Artistic-2.0", "BSD-1-Clause", "BSD-2-Clause", "BSD-2-Clause-Patent", "BSD-3-Clause",
        "BSD-3-Clause-Clear", "BSD-4-Clause", "BSD-4-Clause-UC", "BSD-Source-Code", "BSL-1.0", "Beerware", "Bitstream-Vera", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-2.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC0-1.0", "CDDL-1.0", "CPL-1.0", "ECL-2.0",
        "EFL-2.0", "EPL-1.0", "EPL-2.0", "EUPL-1.2", "FTL", "HPND", "HPND-sell-variant", "ICU", "IJG", "IPL-1.0", "ISC", "ImageMagick", "Imlib2", "Info-ZIP", "Intel", "Libpng", "MIT", "MIT-0", "MIT-CMU", "MIT-open-group", "MPL-1.1", "MPL-2.0",
        "MS-PL", "MirOS", "MulanPSL-2.0", "NCSA", "NTP", "OFL-1.0", "OFL-1.1", "OLDAP-2.8", "OML", "OpenSSL", "PHP-3.0", "PHP-3.01", "PSF-2.0", "PostgreSQL", "Python-2.0", "Python-2.0.1", "Qhull", "RSA-MD", "Ruby", "SGI-B-2.0", "SMLNJ",
        "Sleepycat", "Spencer-94", "TCL", "UPL-1.0", "Unicode-3.0", "Unicode-DFS-2016", "Unicode-TOU", "Unlicense", "Vim", "W3C", "WTFPL", "X11", "ZPL-2.1", "Zlib", "blessing", "bzip2-1.0.6", "curl", "dtoa", "gnuplot", "libpng-2.0", "libtiff",
        "mpich2", "pkgconf", "xinetd", "zlib-acknowledgement",
    ];

    private static readonly ImmutableHashSet<string> Exceptions =
    [
        "Autoconf-exception-2.0", "Autoconf-exception-3.0", "Autoconf-exception-generic-3.0", "Autoconf-exception-macro", "Bison-exception-2.2", "Bootloader-exception", "Classpath-exception-2.0", "GCC-exception-2.0", "GCC-exception-3.1",
        "LLVM-exception", "Libtool-exception", "Linux-syscall-note", "OCaml-LGPL-linking-exception", "Qt-GPL-exception-1.0", "WxWindows-exception-3.1", "eCos-exception-2.0", "fmt-exception", "u-boot-exception-2.0",
    ];

    private static readonly ImmutableSortedDictionary<string, string> Spelled = new Dictionary<string, string>
    {
        ["PD"] = "LicenseRef-Public-Domain", ["LicenseRef-PD"] = "LicenseRef-Public-Domain", ["Public Domain"] = "LicenseRef-Public-Domain", ["Public domain"] = "LicenseRef-Public-Domain", ["public domain"] = "LicenseRef-Public-Domain",
        ["CLOSED"] = "LicenseRef-Proprietary", ["Proprietary"] = "LicenseRef-Proprietary", ["PROPRIETARY"] = "LicenseRef-Proprietary", ["proprietary"] = "LicenseRef-Proprietary",
        ["AFL-2"] = "AFL-2.0", ["Apachev2"] = "Apache-2.0", ["BSD-3-clause"] = "BSD-3-Clause", ["BSD-2-clause"] = "BSD-2-Clause", ["MIT-style"] = "LicenseRef-MIT-style", ["MPLv2"] = "MPL-2.0", ["MPL-2"] = "MPL-2.0", ["MPLv1.1"] = "MPL-1.1",
        ["Artisticv1"] = "Artistic-1.0", ["PSFv2"] = "PSF-2.0", ["Python-2"] = "Python-2.0", ["zlib"] = "Zlib", ["openssl"] = "OpenSSL", ["TCL/TK"] = "TCL",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Of a recipe of Yocto's: names with <c>&amp;</c> and <c>|</c>, or <c>AND</c> and <c>OR</c>, and parentheses.</summary>
    public static TranslatedLicense OfYocto(string text)
    {
        var unknown = new List<string>();
        var tokens = new Queue<string>(Token().Matches(text).Select(match => match.Value));
        return Alternatives(tokens, unknown) is { } made && tokens.Count == 0 ? new(made.Text, [.. unknown.Distinct()]) : new(null, []);
    }

    /// <summary>Of a package of Buildroot's: a list with commas, <c>or</c> and <c>and</c> within its items, and in parentheses which part an item is about.</summary>
    public static TranslatedLicense OfBuildroot(string text)
    {
        var unknown = new List<string>();
        var items = Item().Matches(text).Select(match => match.Value.Trim()).Where(item => item.Length > 0).Select(item =>
        {
            var bare = Remark().Replace(item, "");
            bare = bare is ['(', .., ')'] && !bare[1..^1].Contains('(', StringComparison.Ordinal) ? bare[1..^1] : bare;
            var alternatives = Or().Split(bare).Select(one => string.Join(" AND ", And().Split(one).Select(name => Name(name.Trim(), unknown)).Distinct())).Distinct().ToList();
            return (Text: string.Join(" OR ", alternatives), IsMany: alternatives.Count > 1);
        }).DistinctBy(item => item.Text).ToList();
        return items.Count == 0 ? new(null, []) : new(items.Count == 1 ? items[0].Text : string.Join(" AND ", items.Select(item => item.IsMany ? $"({item.Text})" : item.Text)), [.. unknown.Distinct()]);
    }

    private static (string Text, bool IsMany)? Alternatives(Queue<string> tokens, List<string> unknown)
    {
        var parts = new List<string>();
        do
        {
            if (All(tokens, unknown) is not { } part)
                return null;
            parts.Add(part);
        }
        while (tokens.TryPeek(out var next) && next is "|" or "||" or "OR" or "or" && tokens.TryDequeue(out _));
        return (string.Join(" OR ", parts.Distinct()), parts.Distinct().Count() > 1);
    }

    private static string? All(Queue<string> tokens, List<string> unknown)
    {
        var parts = new List<string>();
        do
        {
            if (!tokens.TryDequeue(out var token))
                return null;
            if (token == "(")
            {
                if (Alternatives(tokens, unknown) is not { } inner || !tokens.TryDequeue(out var close) || close != ")")
                    return null;
                parts.Add(inner.IsMany ? $"({inner.Text})" : inner.Text);
            }
            else if (token is ")" or "&" or "|" or "AND" or "OR" or "WITH")
                return null;
            else
            {
                var name = Name(token, unknown);
                if (tokens.TryPeek(out var with) && with is "WITH" or "with")
                {
                    tokens.Dequeue();
                    if (!tokens.TryDequeue(out var exception))
                        return null;
                    if (!Exceptions.Contains(exception))
                        unknown.Add(exception);
                    name = Exceptions.Contains(exception) ? $"{name} WITH {exception}" : name;
                }

                parts.Add(name);
            }
        }
        while (tokens.TryPeek(out var next) && next is "&" or "&&" or "AND" or "and" && tokens.TryDequeue(out _));
        // What stands alone in its parentheses needs none.
        return parts.Distinct().Count() == 1 && parts[0] is ['(', .., ')'] ? parts[0] : string.Join(" AND ", parts.Distinct());
    }

    private static string Name(string name, List<string> unknown)
    {
        if (Known.Contains(name) || Gnu().IsMatch(name))
            return name;
        if (Spelled.TryGetValue(name, out var spelled))
            return spelled;
        if (Old().Match(name) is { Success: true } old && (old.Groups["version"].Value, old.Groups["name"].Value) is var (version, family))
        {
            var full = version.Contains('.', StringComparison.Ordinal) ? version : $"{version}.0";
            return $"{family}-{full}-{(old.Groups["later"].Length > 0 ? "or-later" : "only")}";
        }

        if (WithException().Match(name) is { Success: true } with)
        {
            unknown.Add(name);
            return Name(with.Groups[1].Value, []);
        }

        if (!name.StartsWith("LicenseRef-", StringComparison.Ordinal))
            unknown.Add(name);
        var plain = Odd().Replace(name, "-").Trim('-');
        return plain.StartsWith("LicenseRef-", StringComparison.Ordinal) ? plain : $"LicenseRef-{(plain.Length == 0 ? "unnamed" : plain)}";
    }

    [GeneratedRegex(@"[()]|&+|\|+|[^()&|\s]+")]
    private static partial Regex Token();

    // Up to a comma that is in no parentheses.
    [GeneratedRegex(@"(?:[^,()]|\((?:[^()]|\([^()]*\))*\))+")]
    private static partial Regex Item();

    [GeneratedRegex(@"(?<=\S)\s*\((?:[^()]|\([^()]*\))*\)\s*$")]
    private static partial Regex Remark();

    [GeneratedRegex(@"\s+or\s+")]
    private static partial Regex Or();

    [GeneratedRegex(@"\s+and\s+")]
    private static partial Regex And();

    [GeneratedRegex(@"^(A?GPL|LGPL|GFDL)-\d\.\d(-no-invariants)?-(only|or-later)$")]
    private static partial Regex Gnu();

    [GeneratedRegex(@"^(?<name>A?GPL|LGPL|GFDL)(-|v|-v)(?<version>\d(\.\d)?)(?<later>\+)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Old();

    [GeneratedRegex(@"^(\S+) with .*$")]
    private static partial Regex WithException();

    [GeneratedRegex(@"[^A-Za-z0-9.]+")]
    private static partial Regex Odd();
}
