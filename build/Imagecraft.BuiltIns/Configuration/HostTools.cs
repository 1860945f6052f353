// What a recipe's tool roots have, and which programs a macro of Kconfig asks for. Unaware of configurations.

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;

namespace Imagecraft.BuiltIns.Configuration;

/// <summary>The tool roots of a recipe's steps.</summary>
/// <param name="store">Where they lie.</param>
/// <param name="roots">Their trees, which lie on each other at <c>/</c>.</param>
/// <param name="crossPrefix">What the names of the board's tools begin with, such as <c>aarch64-linux-gnu-</c>.</param>
internal sealed partial class HostTools(IContentStore store, ImmutableArray<Digest> roots, string crossPrefix)
{
    private static readonly string[] ProgramFolders = ["usr/bin", "usr/sbin", "bin", "sbin"];

    /// <summary>Whether there is something at the path, or a program of the name.</summary>
    public bool Has(string pathOrProgram) =>
        (pathOrProgram.Contains('/', StringComparison.Ordinal) ? [pathOrProgram] : ProgramFolders.Select(f => $"{f}/{pathOrProgram}")).Any(path => roots.Any(root => TreeWalk.Find(store, root, path) is not null));

    /// <summary>The programs that a macro's commands run, as the makefile names them, and that no tool root has.</summary>
    public ImmutableArray<string> MissingFor(string macro, KconfigFiles files)
    {
        var programs = Programs(files.Text("Makefile") ?? "");
        var asked = new SortedSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Look(macro);
        return [.. asked.Where(program => !Has(program))];

        void Look(string text)
        {
            foreach (Match reference in Reference().Matches(text))
            {
                var name = reference.Groups["name"].Value;
                if (!seen.Add(name))
                    continue;
                if (programs.TryGetValue(name, out var program))
                    asked.Add(program);
                else if (files.MacroBody(name) is { } body)
                    Look(body);
            }

            // A script reads the names of its programs from the environment.
            foreach (Match script in Script().Matches(text))
            {
                if (seen.Add(script.Value) && files.Text(script.Groups["path"].Value) is { } content)
                    asked.UnionWith(FromEnvironment().Matches(content).Select(m => programs.GetValueOrDefault(m.Groups["name"].Value)).OfType<string>());
            }
        }
    }

    // Variables of a makefile that name a program; a later assignment is the one for GCC.
    private Dictionary<string, string> Programs(string makefile)
    {
        var programs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match assignment in Assignment().Matches(makefile))
            programs[assignment.Groups["name"].Value] = (assignment.Groups["cross"].Success ? crossPrefix : "") + assignment.Groups["program"].Value;
        return programs;
    }

    [GeneratedRegex(@"^(export[ \t]+)?(?<name>[A-Z][A-Z0-9_]*)[ \t]*[:?]?=[ \t]*(?<cross>\$\(CROSS_COMPILE\))?(?<program>[a-z][a-z0-9+.-]*)[ \t]*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\$\((?<name>[A-Za-z][A-Za-z0-9_-]*)", RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();

    [GeneratedRegex(@"\$\{?(?<name>[A-Z][A-Z0-9_]*)", RegexOptions.ExplicitCapture)]
    private static partial Regex FromEnvironment();

    [GeneratedRegex(@"\$\(srctree\)/(?<path>[^\s$(),]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Script();
}
