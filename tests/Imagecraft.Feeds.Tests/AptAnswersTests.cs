// Small questions to the resolver, each with its expected answer and with what apt says.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Feeds.Debian;

namespace Imagecraft.Feeds.Tests;

public sealed class AptAnswersTests(AptAnswersTests.Apt apt) : IClassFixture<AptAnswersTests.Apt>
{
    /// <summary>What apt says to a question.</summary>
    public enum Says
    {
        /// <summary>The same.</summary>
        Same,

        /// <summary>It finds nothing, though there is a solution: it looks at the newest version of a package only, takes no choice back, or finds no order to configure in, which nothing here does.</summary>
        Nothing,

        /// <summary>Another solution; the question says which of our rules makes the difference.</summary>
        Other,
    }

    // Packages as NAME VERSION ARCH FIELDS; `@` is the question's own prefix.
    private static readonly Question[] Questions =
    [
        new("a later dependency decides about an earlier choice", "p", "b c p", ["p 1 amd64 Depends: @a | @b, @c", "a 1", "b 1", "c 1 amd64 Conflicts: @a"]),
        new("the first alternative that exists", "p", "b p", ["p 1 amd64 Depends: @none | @b | @c", "b 1", "c 1"]),
        new("an alternative that is wanted anyway", "p c", "c p", ["p 1 amd64 Depends: @b | @c", "b 1", "c 1"]),
        new("an alternative that is needed anyway", "p", "c p q", ["p 1 amd64 Depends: @b | @c, @q", "b 1", "c 1", "q 1 amd64 Depends: @c"], Says.Other),
        new("a real package before a provider", "p", "p v", ["p 1 amd64 Depends: @v", "a 1 amd64 Provides: @v", "v 1"]),
        new("a provider of the right version", "p", "n p", ["p 1 amd64 Depends: @v (>= 2)", "a 1 amd64 Provides: @v", "m 1 amd64 Provides: @v (= 1)", "n 1 amd64 Provides: @v (= 2)"]),
        new("the more important provider", "p", "b p", ["p 1 amd64 Depends: @v", "a 1 amd64 Provides: @v;Priority: optional", "b 1 amd64 Provides: @v;Priority: required"]),
        new("a conflict with what a package provides itself", "p", "p", ["p 1 amd64 Provides: @v;Conflicts: @v"]),
        new("two providers that exclude each other", "a b", null, ["a 1 amd64 Provides: @v;Conflicts: @v", "b 1 amd64 Provides: @v;Conflicts: @v"]),
        new("a broken older version", "p b", "b=2 p", ["p 1 amd64 Breaks: @b (<< 2)", "b 1", "b 2"]),
        new("a cycle", "p", "a p", ["p 1 amd64 Depends: @a", "a 1 amd64 Depends: @p"]),
        new("a cycle of what must be configured before", "p", "a p", ["p 1 amd64 Depends: @a", "a 1 amd64 Pre-Depends: @p"], Says.Nothing),
        new("something that is missing", "p", null, ["p 1 amd64 Depends: @a", "a 1 amd64 Depends: @none"]),
        new("an alternative whose dependency is missing", "p", "b p", ["p 1 amd64 Depends: @a | @b", "a 1 amd64 Depends: @none", "b 1"]),
        new("a choice two levels down leads nowhere", "p", "b p", ["p 1 amd64 Depends: @a | @b", "a 1 amd64 Depends: @x | @y", "x 1 amd64 Conflicts: @p", "y 1 amd64 Depends: @z", "z 1 amd64 Depends: @none", "b 1"]),
        new("a choice that a later request excludes", "p q", "b p q", ["p 1 amd64 Depends: @a | @b", "a 1", "b 1", "q 1 amd64 Conflicts: @a"]),
        new("a provider that a later request excludes", "p q", "b p q", ["p 1 amd64 Depends: @v", "a 1 amd64 Provides: @v", "b 1 amd64 Provides: @v", "q 1 amd64 Breaks: @a"]),
        new("two ranges that share no version", "p q", null, ["p 1 amd64 Depends: @l (>= 2)", "q 1 amd64 Depends: @l (<< 2)", "l 1", "l 2"]),
        new("an older version is the only one that fits", "p q", "l=1 p q", ["p 1 amd64 Depends: @l", "q 1 amd64 Depends: @l (<< 2)", "l 1", "l 2"], Says.Nothing),
        new("the newest version needs what is missing", "p", "p=1", ["p 1", "p 2 amd64 Depends: @none"], Says.Nothing),
        new("another branch before an upgrade", "p q", "l=1 m p q", ["p 1 amd64 Depends: @l (= 1)", "q 1 amd64 Depends: @l (>= 2) | @m", "l 1", "l 2", "m 1"], Says.Nothing),
        new("a chain of choices that ends in a conflict", "p", "b d p r", ["p 1 amd64 Depends: @a | @b, @c | @d, @r", "a 1 amd64 Depends: @c", "b 1", "c 1", "d 1", "r 1 amd64 Conflicts: @c"]),
        new("a library for two architectures", "l l:arm64", "l l:arm64", ["l 1 amd64 Multi-Arch: same", "l 1 arm64 Multi-Arch: same"]),
        new("a library of two versions for two architectures", "l l:arm64", null, ["l 1 amd64 Multi-Arch: same", "l 2 arm64 Multi-Arch: same"]),
        new("a program for two architectures", "l l:arm64", null, ["l 1", "l 1 arm64"]),
        new("a tool of the root for a foreign package", "p:arm64", "p:arm64 t", ["p 1 arm64 Depends: @t", "t 1 amd64 Multi-Arch: foreign", "t 1 arm64 Multi-Arch: foreign"]),
        new("a library of its own for a foreign package", "p:arm64", "l:arm64 p:arm64", ["p 1 arm64 Depends: @l", "l 1 amd64 Multi-Arch: same", "l 1 arm64 Multi-Arch: same"]),
        new("an interpreter that allows others", "p:arm64", "p:arm64 t", ["p 1 arm64 Depends: @t:any", "t 1 amd64 Multi-Arch: allowed"]),
        new("an interpreter that allows others, asked for its own architecture", "p:arm64", null, ["p 1 arm64 Depends: @t", "t 1 amd64 Multi-Arch: allowed"]),
        new("a dependency on another architecture", "p:arm64", "p:arm64 t", ["p 1 arm64 Depends: @t:amd64", "t 1 amd64", "t 1 arm64"]),
        new("data for all architectures", "p:arm64", null, ["p 1 arm64 Depends: @d", "d 1 all"]),
        new("shared data for all architectures", "p:arm64", "d:all p:arm64", ["p 1 arm64 Depends: @d", "d 1 all Multi-Arch: foreign"]),
        new("a conflict with all architectures of a name", "p l:arm64", null, ["p 1 amd64 Conflicts: @l", "l 1 arm64"]),
    ];

    public static TheoryData<string> Names => [.. Questions.Select(q => q.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Both_answer(string name)
    {
        var question = Questions.Single(q => q.Name == name);
        var ours = question.Ours();

        Assert.Equal(question.Expected(), ours);
        var theirs = await (await apt.RootAsync(TestContext.Current.CancellationToken)).InstallAsync(question.Requests(), TestContext.Current.CancellationToken);
        if (question.Apt == Says.Same) Assert.Equal(ours, theirs);
        if (question.Apt == Says.Nothing) Assert.Null(theirs);
        if (question.Apt == Says.Other) Assert.NotEqual(ours, theirs);
    }

    /// <summary>All questions in one index, so that apt reads one.</summary>
    public sealed class Apt : IDisposable
    {
        private readonly Lazy<Task<AptRoot>> root = new(() => AptRoot.OfAsync(string.Concat(Questions.Select(q => q.Text())), "amd64", "arm64"));

        internal Task<AptRoot> RootAsync(CancellationToken cancellationToken) => root.Value.WaitAsync(cancellationToken);

        public void Dispose()
        {
            if (root.IsValueCreated && root.Value.IsCompletedSuccessfully) root.Value.Result.Dispose();
        }
    }

    private sealed record Question(string Name, string Wanted, string? Answer, string[] Packages, Says Apt = Says.Same)
    {
        private string Prefix => string.Create(CultureInfo.InvariantCulture, $"q{Array.FindIndex(Questions, q => q.Name == Name)}-");

        public IEnumerable<string> Requests() => Wanted.Split(' ').Select(w => Prefix + w);

        public string Text() => string.Concat(Packages.Select(p =>
        {
            var words = p.Split(' ', 4);
            var architecture = words.Length > 2 ? words[2] : "amd64";
            var fields = words.Length > 3 ? words[3].Replace("@", Prefix, StringComparison.Ordinal).Replace(";", "\n", StringComparison.Ordinal) + "\n" : "";
            return $"Package: {Prefix}{words[0]}\nVersion: {words[1]}\nArchitecture: {architecture}\nFilename: ./{Prefix}{words[0]}_{words[1]}_{architecture}.deb\nSize: 1\nSHA256: {new string('0', 64)}\n{fields}\n";
        }));

        /// <summary>The resolver's answer as apt would write it; null when it refuses.</summary>
        public IReadOnlyList<string>? Ours()
        {
            var request = new ResolveRequest { Feed = "base", Architecture = "amd64", Packages = [.. Requests().Select(PackageRequest.Parse)] };
            try
            {
                return [.. DebianResolver.Resolve(DebianIndex.Read([new("base", Text())]), request, TestContext.Current.CancellationToken).Select(p => $"{p.Name}:{p.Architecture}={p.Version}").Order(StringComparer.Ordinal)];
            }
            catch (FeedException e) when (e.UserError)
            {
                return null;
            }
        }

        public IReadOnlyList<string>? Expected() => Answer is null ? null : [.. Answer.Split(' ').Select(word =>
        {
            var (name, version) = word.Split('=') is [var left, var right] ? (left, right) : (word, "1");
            return $"{Prefix}{(name.Contains(':', StringComparison.Ordinal) ? name : name + ":amd64")}={version}";
        }).Order(StringComparer.Ordinal)];
    }
}
