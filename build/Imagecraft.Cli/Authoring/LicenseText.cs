// Names of licenses by what their texts say that no other says. Pure.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Authoring;

/// <summary>Finds the license of sources, as an SPDX expression.</summary>
/// <remarks>Source of the names: the SPDX License List. Words are compared without regard to case, breaks and punctuation, as SPDX's matching guidelines want.</remarks>
public static partial class LicenseText
{
    private sealed record Known(string Id, ImmutableArray<string> Says)
    {
        public ImmutableArray<string> Lacks { get; init; } = [];

        /// <summary>The first words are the first of their family in the text: each names others of it.</summary>
        public bool IsTitle { get; init; }
    }

    // The first that fits counts, so that a license which holds the words of another stands before it.
    private static readonly ImmutableArray<Known> Texts =
    [
        new("AGPL-3.0-only", ["gnu affero general public license", "version 3 19 november 2007"]) { IsTitle = true },
        new("LGPL-3.0-only", ["gnu lesser general public license", "version 3 29 june 2007"]) { IsTitle = true },
        new("LGPL-2.1-only", ["gnu lesser general public license", "version 2 1 february 1999"]) { IsTitle = true },
        new("LGPL-2.0-only", ["gnu library general public license", "version 2 june 1991"]) { IsTitle = true },
        new("GPL-3.0-only", ["gnu general public license", "version 3 29 june 2007"]) { IsTitle = true },
        new("GPL-2.0-only", ["gnu general public license", "version 2 june 1991"]) { IsTitle = true },
        new("Apache-2.0", ["apache license", "version 2 0 january 2004"]),
        new("MPL-2.0", ["mozilla public license version 2 0"]),
        new("MPL-1.1", ["mozilla public license version 1 1"]),
        new("EPL-2.0", ["eclipse public license v 2 0"]),
        new("EPL-1.0", ["eclipse public license v 1 0"]),
        new("CDDL-1.0", ["common development and distribution license", "version 1 0"]),
        new("BSL-1.0", ["boost software license version 1 0"]),
        new("Artistic-2.0", ["artistic license 2 0"]),
        new("Python-2.0", ["python software foundation license version 2"]),
        new("OpenSSL", ["this product includes software developed by the openssl project"]),
        new("curl", ["permission to use copy modify and distribute this software for any purpose with or without fee is hereby granted", "shall not be used in advertising or otherwise"]),
        new("0BSD", ["permission to use copy modify and or distribute this software for any purpose with or without fee is hereby granted"]) { Lacks = ["copyright notice and this permission notice appear in all copies"] },
        new("ISC", ["permission to use copy modify and or distribute this software for any purpose with or without fee is hereby granted"]),
        new("Zlib", ["this software is provided as is without any express or implied warranty", "altered source versions must be plainly marked as such"]),
        new("libpng-2.0", ["png reference library license version 2"]),
        new("IJG", ["independent jpeg group"]),
        new("FTL", ["the freetype project license"]),
        new("Unlicense", ["this is free and unencumbered software released into the public domain"]),
        new("CC0-1.0", ["cc0 1 0 universal", "statement of purpose"]),
        new("BSD-4-Clause", ["redistribution and use in source and binary forms", "all advertising materials mentioning features or use of this software"]),
        new("BSD-3-Clause", ["redistribution and use in source and binary forms", "endorse or promote products"]),
        new("BSD-2-Clause", ["redistribution and use in source and binary forms", "redistributions in binary form must reproduce"]),
        new("BSD-1-Clause", ["redistribution and use in source and binary forms", "redistributions of source code must retain"]),
        new("MIT", ["permission is hereby granted free of charge to any person obtaining a copy of this software", "the above copyright notice and this permission notice"]),
        new("hdparm", ["the only condition is that my name and copyright notice remain in the source code as is"]),
        new("HPND", ["permission to use copy modify and distribute this software and its documentation", "that the name of"]),
        new("WTFPL", ["do what the fuck you want to public license"]),
        new("PostgreSQL", ["permission to use copy modify and distribute this software and its documentation for any purpose without fee"]),
    ];

    /// <summary>The license of a text; null: none that is known.</summary>
    /// <param name="text">The text.</param>
    /// <param name="list">All texts that SPDX knows; null: they cannot be had, and words that only some licenses say must do.</param>
    public static string? IdOf(string text, LicenseList? list = null)
    {
        var spoken = SpokenBy(text);
        // Texts of GNU's family differ in a few words of thousands.
        return spoken is { IsTitle: true } ? spoken.Id : list?.IdOf(text) ?? spoken?.Id ?? list?.IdWithin(text);
    }

    private static Known? SpokenBy(string text)
    {
        var words = Words(text);
        return Texts.FirstOrDefault(known => known.Says.All(says => words.Contains(says, StringComparison.Ordinal)) && (!known.IsTitle || Title().Match(words).Value == known.Says[0]) && !known.Lacks.Any(lacks => words.Contains(lacks, StringComparison.Ordinal)));
    }

    /// <summary>The license of sources, and what somebody must look at.</summary>
    /// <param name="sources">The sources.</param>
    /// <param name="declared">What the build files say; null: nothing.</param>
    /// <param name="list">All texts that SPDX knows; null: they cannot be had.</param>
    public static (string? License, ImmutableArray<string> Doubts) Of(SourceView sources, string? declared, LicenseList? list = null)
    {
        var reuse = sources.Files.Where(file => file.StartsWith("LICENSES/", StringComparison.Ordinal) && file.EndsWith(".txt", StringComparison.Ordinal)).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal).ToList();
        var texts = sources.AtRoot(@"^(COPYING|LICEN[CS]E|COPYRIGHT|UNLICENSE)([-._].*)?$").ToList();
        var named = texts.Select(file => (File: file, Id: IdOf(sources.Text(file), list))).ToList();
        var heads = HeadsOf(sources).ToList();
        var tags = heads.SelectMany(head => Tag().Matches(head)).Select(match => match.Groups[1].Value.Trim()).ToHashSet(StringComparer.Ordinal);
        var isLater = heads.Any(head => OrLater().IsMatch(Words(head)));
        var found = named.Select(text => text.Id).OfType<string>().Distinct().Select(id => isLater && id.EndsWith("-only", StringComparison.Ordinal) && !tags.Contains(id) ? id.Replace("-only", "-or-later", StringComparison.Ordinal) : id).ToList();
        ImmutableArray<string> doubts =
        [
            .. named.Where(text => text.Id is null && !(found.Count > 0 && sources.Text(text.File).Length < ShortNote)).Select(text => $"The license in `{text.File}` is not known: read it"),
            .. texts.Count == 0 && reuse.Count == 0 && declared is null ? ["No text of a license was found"] : Array.Empty<string>(),
        ];
        if (declared is not null && Expression().IsMatch(declared))
            return (declared, found.Count > 0 && !found.Any(id => declared.Contains(id.Split("-o")[0], StringComparison.Ordinal)) ? doubts.Add($"The build files say {declared}, the texts are of [{string.Join(", ", found)}]: read them") : doubts);
        var all = reuse.Count > 0 ? reuse : found;
        // An exception is no license of its own.
        if (all.Remove(SyscallNote) && all.FindIndex(id => id.StartsWith("GPL-2.0", StringComparison.Ordinal)) is >= 0 and var excepted)
            all[excepted] += $" WITH {SyscallNote}";
        return all.Count switch
        {
            0 => (null, doubts),
            1 => (all[0], doubts),
            _ => (string.Join(" AND ", all), doubts.Add($"There are several licenses, [{string.Join(", ", all)}]: say which parts are under which, and by AND or OR")),
        };
    }

    // In fewer characters a file only says where the text is.
    private const int ShortNote = 400;

    private const string SyscallNote = "Linux-syscall-note";

    // The beginnings of some of its programs, and what is read first.
    private static IEnumerable<string> HeadsOf(SourceView sources)
    {
        const int files = 60, characters = 3000;
        foreach (var file in sources.AtRoot(@"^README(\..*)?$"))
            yield return sources.Text(file);
        foreach (var file in sources.Files.Where(file => Program().IsMatch(file)).OrderBy(file => file.Count(c => c == '/')).ThenBy(file => file, StringComparer.Ordinal).Take(files))
        {
            var text = sources.Text(file);
            yield return text[..Math.Min(text.Length, characters)];
        }
    }

    private static string Words(string text) => NoWord().Replace(text.ToLowerInvariant(), " ");

    [GeneratedRegex(@"gnu (?:(?:affero|lesser|library) )?general public license")]
    private static partial Regex Title();

    [GeneratedRegex(@"[^a-z0-9]+")]
    private static partial Regex NoWord();

    [GeneratedRegex(@"SPDX-License-Identifier:\s*([A-Za-z0-9.+() -]+?)\s*(?:\*/|-->|$)", RegexOptions.Multiline)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\bversion [\d ]+(?:of the (?:gnu (?:affero |lesser |library )?general public )?license )?or (?:at your option )?(?:any |a )?(?:later|newer)(?: version)?\b|\bl?gpl ?v? ?[\d ]+or later\b")]
    private static partial Regex OrLater();

    [GeneratedRegex(@"^[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*$")]
    private static partial Regex Expression();

    [GeneratedRegex(@"\.(c|h|cc|cpp|cxx|hh|hpp|l|y|S|rs|go|py|js|sh|pl|vala|java|ac|am)$")]
    private static partial Regex Program();
}
