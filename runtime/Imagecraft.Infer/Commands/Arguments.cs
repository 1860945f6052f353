// Splits a command line into options and the rest. Unaware of what the options mean.

using System.Globalization;

namespace Imagecraft.Infer.Commands;

/// <summary>The words after the verb: one model, options with values, flags.</summary>
sealed class Arguments
{
    readonly List<(string Name, string Value)> options = [];
    readonly HashSet<string> flags = [];

    /// <summary>Sorts the words; an unknown or incomplete option is an error.</summary>
    public Arguments(string verb, ReadOnlySpan<string> words, string[] valued, string[] plain)
    {
        string? model = null;
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            if (Array.IndexOf(plain, word) >= 0)
                flags.Add(word);
            else if (Array.IndexOf(valued, word) >= 0)
                options.Add((word, ++i < words.Length ? words[i] : throw new InferException($"`{word}` needs a value")));
            else if (word.StartsWith('-'))
                throw new InferException($"`{verb}` has no option `{word}`, it has [{string.Join(", ", valued.Concat(plain))}]");
            else if (model is null)
                model = word;
            else
                throw new InferException($"`{word}` is one word too many, only one MODEL can be given");
        }
        Model = model ?? throw new InferException($"`{verb}` needs a MODEL, see `imagecraft-infer --help`");
    }

    /// <summary>Path of the model.</summary>
    public string Model { get; }

    public bool Has(string flag) => flags.Contains(flag);

    public IEnumerable<string> All(string option) => options.Where(pair => pair.Name == option).Select(pair => pair.Value);

    public string? Last(string option) => All(option).LastOrDefault();

    /// <summary>A whole number within limits.</summary>
    public int Number(string option, int otherwise, int least, int most)
    {
        if (Last(option) is not { } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new InferException($"`{option} {text}` is not a whole number from {least} to {most}");
    }

    /// <summary>A whole number that limits something; null: it was not given.</summary>
    public int? Count(string option) => Last(option) is null ? null : Number(option, 0, 0, int.MaxValue);

    /// <summary>A finite decimal number.</summary>
    public double? Decimal(string option)
    {
        if (Last(option) is not { } text)
            return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw new InferException($"`{option} {text}` is not a number");
    }

    /// <summary>A decimal number within limits.</summary>
    public double? Decimal(string option, double least, double most) =>
        Decimal(option) is not { } number || (number >= least && number <= most)
            ? Decimal(option)
            : throw new InferException($"`{option} {Last(option)}` is not a number from {least} to {most}");

    /// <summary>Values of the form <c>LEFT=RIGHT</c>.</summary>
    public Dictionary<string, string> Pairs(string option)
    {
        var pairs = new Dictionary<string, string>();
        foreach (var text in All(option))
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || equals == text.Length - 1 || !pairs.TryAdd(text[..equals], text[(equals + 1)..]))
                throw new InferException($"`{option} {text}` is not NAME=VALUE with a name of its own");
        }
        return pairs;
    }
}
