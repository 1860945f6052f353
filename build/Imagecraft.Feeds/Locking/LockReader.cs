// Reads the lock's lines one by one. Unaware of files.

using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;

namespace Imagecraft.Feeds.Locking;

/// <summary>Collects lines into a lock; errors name file and line.</summary>
internal sealed class LockReader(string path)
{
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    private readonly Dictionary<string, LockedPackage> packages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LockedNupkg> nupkgs = new(StringComparer.Ordinal);
    private readonly ImmutableArray<LockedSet>.Builder sets = ImmutableArray.CreateBuilder<LockedSet>();
    private readonly ImmutableArray<LockedProject>.Builder projects = ImmutableArray.CreateBuilder<LockedProject>();
    private readonly ImmutableArray<LockedPackage>.Builder setMembers = ImmutableArray.CreateBuilder<LockedPackage>();
    private readonly ImmutableArray<LockedNupkg>.Builder projectMembers = ImmutableArray.CreateBuilder<LockedNupkg>();
    private readonly ImmutableSortedDictionary<string, DateTimeOffset>.Builder suites = ImmutableSortedDictionary.CreateBuilder<string, DateTimeOffset>(StringComparer.Ordinal);
    private readonly Range[] words = new Range[12];
    private bool headed;
    private LockedSet? set;
    private LockedProject? project;

    /// <summary>Takes one line that is neither empty nor a comment.</summary>
    public void Take(ReadOnlySpan<char> line, int number)
    {
        if (!headed)
        {
            if (line is not (LockText.First or LockText.Header)) throw Malformed(number, $"starts with `{line}`, not with `{LockText.Header}`: it was written by another version");
            headed = true;
            return;
        }
        var count = line.Split(words, ' ');
        switch (line[words[0]])
        {
            case "+" when count == 2:
                Member(line[words[1]], number);
                break;
            case "deb" when count == 10:
                var package = new LockedPackage(
                    line[words[1]].ToString(), line[words[2]].ToString(), line[words[3]].ToString(), line[words[4]].ToString(), Size(line[words[5]], number),
                    Hash(line[words[6]], number), line[words[7]].ToString(), line[words[8]].ToString(), line[words[9]].ToString());
                if (!packages.TryAdd(package.Key, package) && (packages[package.Key].Feed == package.Feed || !packages.TryAdd(package.KeyOfFeed, package))) throw Malformed(number, $"pins `{package.Key}` twice");
                break;
            case "nupkg" when count == 5:
                var nupkg = new LockedNupkg(line[words[1]].ToString(), line[words[2]].ToString(), Size(line[words[3]], number), Hash(line[words[4]], number));
                if (!nupkgs.TryAdd(nupkg.Key, nupkg)) throw Malformed(number, $"pins `{nupkg.Key}` twice");
                break;
            case "suite" when count == 3:
                if (!suites.TryAdd(line[words[1]].ToString(), Date(line[words[2]], number))) throw Malformed(number, $"names the suite of feed `{line[words[1]]}` twice");
                break;
            case "set" when count == 4:
                Close();
                set = new LockedSet(line[words[1]].ToString(), line[words[2]].ToString(), line[words[3]].ToString(), []);
                break;
            case "project" when count == 3:
                Close();
                project = new LockedProject(line[words[1]].ToString(), line[words[2]].ToString(), []);
                break;
            default:
                throw Malformed(number, $"has the unknown line `{line}`");
        }
    }

    /// <summary>The lock, after the last line.</summary>
    public LockFile Finish()
    {
        Close();
        return new LockFile(sets.ToImmutable(), projects.ToImmutable()) { Suites = suites.ToImmutable() };
    }

    private void Member(ReadOnlySpan<char> key, int number)
    {
        if (set is not null && packages.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var package)) setMembers.Add(package);
        else if (project is not null && nupkgs.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var nupkg)) projectMembers.Add(nupkg);
        else throw Malformed(number, $"names `{key}`, which no line above pins");
    }

    private void Close()
    {
        if (set is not null) sets.Add(set with { Packages = setMembers.DrainToImmutable() });
        if (project is not null) projects.Add(project with { Packages = projectMembers.DrainToImmutable() });
        set = null;
        project = null;
    }

    private long Size(ReadOnlySpan<char> word, int number) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : throw Malformed(number, $"has the malformed size `{word}`");

    private string Hash(ReadOnlySpan<char> word, int number) =>
        word.Length == 64 && !word.ContainsAnyExcept(Hexadecimal) ? word.ToString() : throw Malformed(number, $"has the malformed SHA-256 `{word}`");

    private DateTimeOffset Date(ReadOnlySpan<char> word, int number) =>
        DateTimeOffset.TryParseExact(word, LockText.DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date) ? date : throw Malformed(number, $"has the malformed date `{word}`");

    private FeedException Malformed(int number, string what) =>
        new($"{path}:{number}: The lock {what}; undo the change or write it anew with `./build.sh lock`", userError: true);
}
