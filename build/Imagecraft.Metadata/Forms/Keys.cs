// The keys of a form, each named once: where its value is taken. Unaware of which kinds exist.

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms;

/// <summary>
/// What makes a form's record asks this for each key, always for the same ones in the same order. Once, when the form is described, that notes the keys
/// and gives what stands for absent ones (null for required ones); for each map that is read it gives its values.
/// </summary>
sealed class Keys
{
    readonly List<Field>? described;
    readonly ImmutableArray<Field> fields = [];
    readonly object?[] values = [];
    readonly bool[] present = [];
    readonly Reading? reading;
    readonly SourceSpan? span;
    int next;

    Keys(List<Field> described) => this.described = described;

    /// <summary>The keys of a map.</summary>
    /// <param name="fields">The form's keys.</param>
    /// <param name="values">What was read, in their order.</param>
    /// <param name="present">Which of them there are.</param>
    /// <param name="span">Where the map begins.</param>
    /// <param name="reading">Takes problems that only several values together show.</param>
    public Keys(ImmutableArray<Field> fields, object?[] values, bool[] present, SourceSpan span, Reading reading) =>
        (this.fields, this.values, this.present, this.span, this.reading) = (fields, values, present, span, reading);

    /// <summary>Where the map begins; nowhere while the form is described.</summary>
    public SourceSpan Span => span ?? new SourceSpan("", 1, 1, 0);

    /// <summary>Folder of the file the map begins in.</summary>
    public string Folder => WorkspacePath.FolderOf(Span.File);

    /// <summary>Takes problems that only several values together show.</summary>
    public Reading Reading => reading ?? throw new InvalidOperationException("A form that is described has nothing to report");

    /// <summary>All keys that <paramref name="ask"/> asks for.</summary>
    public static ImmutableArray<Field> Described(Action<Keys> ask)
    {
        var fields = new List<Field>();
        ask(new Keys(fields));
        return fields.GroupBy(field => field.Key).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new InvalidOperationException($"The form asks twice for `{twice.Key}`")
            : [.. fields];
    }

    /// <summary>A key that must be there.</summary>
    public T Required<T>(string key, Shape<T> shape, string meaning)
    {
        described?.Add(new Field<T>(key, shape, meaning, required: true));
        return Value<T>(key, default)!;
    }

    /// <summary>A key with a value for its absence.</summary>
    [return: NotNullIfNotNull(nameof(fallback))]
    public T? Optional<T>(string key, Shape<T> shape, T? fallback, string meaning)
    {
        described?.Add(new Field<T>(key, shape, meaning, required: false));
        return Value(key, fallback);
    }

    /// <summary>A key whose absence is null.</summary>
    public T? Maybe<T>(string key, Shape<T> shape, string meaning) where T : class => Optional(key, shape, null, meaning);

    /// <summary>A list that is empty when absent.</summary>
    public ImmutableArray<T> List<T>(string key, Shape<T> item, string meaning)
    {
        described?.Add(new Field<ImmutableArray<T>>(key, new ListOf<T>(item), meaning, required: false));
        return Value<ImmutableArray<T>>(key, []);
    }

    /// <summary>A map with free keys that is empty when absent.</summary>
    public ImmutableSortedDictionary<string, T> Map<T>(string key, Shape<T> item, string meaning, Shape<Sited<string>>? name = null)
    {
        described?.Add(new Field<ImmutableSortedDictionary<string, T>>(key, new MapOf<T>(item, name), meaning, required: false));
        return Value(key, ImmutableSortedDictionary<string, T>.Empty)!;
    }

    T? Value<T>(string key, T? fallback)
    {
        if (described is not null)
            return fallback;
        var index = next++;
        if (index >= fields.Length || fields[index].Key != key)
            throw new InvalidOperationException($"The form asks for `{key}` out of the order in which it was described");
        return present[index] ? (T?)values[index] : fallback;
    }
}
