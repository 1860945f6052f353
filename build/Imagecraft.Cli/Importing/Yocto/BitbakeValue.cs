// What one variable of a recipe is, by all that was assigned to it. Pure.

namespace Imagecraft.Cli.Importing.Yocto;

/// <summary>Texts by the conditions under which they count.</summary>
internal sealed class BitbakeValue
{
    private readonly List<(string Key, ForeignCondition When, PieceText Text)> _texts = [];
    private readonly Dictionary<string, PieceText> _weak = new(StringComparer.Ordinal);

    /// <summary>Where it was set first; null: it was not yet.</summary>
    public ForeignPlace? Place { get; set; }

    /// <summary>Its first assignment, for people.</summary>
    public string Shown { get; set; } = "";

    /// <summary>Whether something was assigned, not only added.</summary>
    public bool IsReplaced { get; private set; }

    /// <summary>What comes behind it in the end.</summary>
    public PieceText Appended { get; set; } = PieceText.Empty;

    /// <summary>What comes before it in the end.</summary>
    public PieceText Prepended { get; set; } = PieceText.Empty;

    /// <summary>Words that are taken out of it in the end.</summary>
    public PieceText Removed { get; set; } = PieceText.Empty;

    /// <summary>The text with all conditions; null: the contrary of one cannot be said.</summary>
    public PieceText? Whole
    {
        get
        {
            PieceText? whole = _texts.Find(one => one.Key.Length == 0).Text ?? _weak.GetValueOrDefault("", PieceText.Empty);
            foreach (var (_, when, text) in _texts.Where(one => one.Key.Length > 0))
                whole = whole?.Replaced(text, when);
            return whole is null ? null : Prepended.Then(whole).Then(Appended);
        }
    }

    /// <summary>Takes an assignment by one of BitBake's operators.</summary>
    public void Set(string key, ForeignCondition when, string operation, PieceText text, PieceText blank)
    {
        IsReplaced |= operation is "=" or ":=" or "?=";
        var at = _texts.FindIndex(one => one.Key == key);
        var present = at < 0 ? null : _texts[at].Text;
        if (operation == "??=")
        {
            _weak[key] = text;
            if (key.Length > 0 && at < 0)
                _texts.Add((key, when, text));
            return;
        }

        var made = operation switch
        {
            "?=" when present is not null => present,
            "+=" => (present ?? PieceText.Empty).Then(blank).Then(text),
            "=+" => text.Then(blank).Then(present ?? PieceText.Empty),
            ".=" => (present ?? PieceText.Empty).Then(text),
            "=." => text.Then(present ?? PieceText.Empty),
            _ => text,
        };
        if (at < 0)
            _texts.Add((key, when, made));
        else
            _texts[at] = (key, when, made);
    }
}
