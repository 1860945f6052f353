// Words of recipes and profiles as the enumerations that they name. Unaware of what they mean.

using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Models;

internal static class Words
{
    /// <summary>The value whose name is the word without its dashes. The forms of YAML take no other words, so one that is none is a bug.</summary>
    public static T Of<T>(string word) where T : struct, Enum =>
        Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => value!.Value.ToString().Equals(word.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase))
        ?? throw new InvalidOperationException($"A form takes the word `{word}`, which no {typeof(T).Name} is");

    /// <summary>The same of a word that may be absent.</summary>
    public static T? Maybe<T>(Sited<string>? word) where T : struct, Enum => word is null ? null : Of<T>(word.Value);
}
