// Stacks merged from their first functions on, with what each took. Pure.

using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Imagecraft.Cli.Profiling;

/// <summary>A function, as it was called from those above it.</summary>
public sealed class StackTree
{
    private readonly SortedDictionary<string, StackTree> _calls = new(StringComparer.Ordinal);

    private StackTree(string name) => Name = name;

    /// <summary>The function; at the root, what all of it is.</summary>
    public string Name { get; }

    /// <summary>Units of the event with all that it called.</summary>
    public long Total { get; private set; }

    /// <summary>Units of the event in the function itself.</summary>
    public long Own { get; private set; }

    /// <summary>What it called, by name.</summary>
    public IReadOnlyCollection<StackTree> Calls => _calls.Values;

    /// <summary>Merges samples: below the root are programs.</summary>
    public static StackTree Of(string name, IEnumerable<StackSample> samples)
    {
        var root = new StackTree(name);
        foreach (var sample in samples)
        {
            var at = root;
            at.Total += sample.Period;
            foreach (var frame in sample.Frames.Prepend(sample.Program))
            {
                if (!at._calls.TryGetValue(frame, out var call))
                    at._calls[frame] = call = new(frame);
                (at, call.Total) = (call, call.Total + sample.Period);
            }

            at.Own += sample.Period;
        }

        return root;
    }

    /// <summary>A line for each stack, functions apart by semicolons, then what it took: what other tools of flame graphs read.</summary>
    public string Folded()
    {
        var text = new StringBuilder();
        foreach (var call in _calls.Values)
            Fold(call, call.Plain);
        return text.ToString();

        void Fold(StackTree at, string path)
        {
            if (at.Own > 0)
                text.Append(CultureInfo.InvariantCulture, $"{path} {at.Own}\n");
            foreach (var call in at._calls.Values)
                Fold(call, $"{path};{call.Plain}");
        }
    }

    /// <summary>Functions by what they took themselves, most first, each once; <c>Total</c> counts stacks in which it appears, however often.</summary>
    public ImmutableArray<(string Name, long Own, long Total)> Functions()
    {
        var found = new Dictionary<string, (long Own, long Total)>(StringComparer.Ordinal);
        foreach (var program in _calls.Values)
            foreach (var call in program._calls.Values)
                Add(call, []);
        return [.. found.Select(one => (one.Key, one.Value.Own, one.Value.Total)).OrderByDescending(one => one.Own).ThenByDescending(one => one.Total).ThenBy(one => one.Key, StringComparer.Ordinal)];

        void Add(StackTree at, ImmutableHashSet<string> above)
        {
            var (own, total) = found.GetValueOrDefault(at.Name);
            found[at.Name] = (own + at.Own, above.Contains(at.Name) ? total : total + at.Total);
            foreach (var call in at._calls.Values)
                Add(call, above.Add(at.Name));
        }
    }

    private string Plain => Name.Replace(';', ':').Replace('\n', ' ');
}
