// Shell of a foreign recipe with our variables in place of its own. Pure; nothing of it is run.

using System.Text;

namespace Imagecraft.Cli.Importing;

/// <summary>What a reference in shell stands for.</summary>
/// <param name="Text">The text, or the name of the variable.</param>
/// <param name="Kind">Which of the two.</param>
public sealed record ShellValue(string Text, ShellValueKind Kind)
{
    /// <summary>A text that the shell reads as it is.</summary>
    public static ShellValue Literal(string text) => new(text, ShellValueKind.Literal);

    /// <summary>A variable of the shell.</summary>
    public static ShellValue Variable(string name) => new(name, ShellValueKind.Variable);
}

/// <summary>How a value comes into shell.</summary>
public enum ShellValueKind
{
    /// <summary>Its words as they are.</summary>
    Literal,

    /// <summary>A variable, quoted as its place wants it.</summary>
    Variable,
}

/// <summary>Writes shell, and knows in which quotes it is.</summary>
internal sealed class ShellWriter
{
    private readonly StringBuilder _text = new();
    private char _quote;
    private bool _isEscaped;

    /// <summary>Whether the folder of the sources is named.</summary>
    public bool UsesSource { get; private set; }

    /// <summary>Whether what comes next is in no quotes.</summary>
    public bool IsBare => _quote == '\0';

    /// <summary>What was written.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>Shell as it is.</summary>
    public void Add(string text)
    {
        foreach (var c in text)
            Add(c);
    }

    /// <summary>A character of shell.</summary>
    public void Add(char c)
    {
        _text.Append(c);
        if (_isEscaped)
            _isEscaped = false;
        else if (c == '\\' && _quote != '\'')
            _isEscaped = true;
        else if (_quote == '\0' && (c is '"' or '\''))
            _quote = c;
        else if (c == _quote)
            _quote = '\0';
    }

    /// <summary>A value.</summary>
    public void Add(ShellValue value)
    {
        if (value.Kind == ShellValueKind.Literal)
        {
            Add(value.Text);
            return;
        }

        UsesSource |= value.Text == SourceVariable;
        // What follows could be read as a part of the name.
        var name = $"${{{value.Text}}}";
        if (_quote == '\0' && IsList(value.Text) && (_text.Length == 0 || _text[^1] != '='))
            _text.Append(name);
        else
            _text.Append(_quote switch { '"' => name, '\'' => $"'\"{name}\"'", _ => $"\"{name}\"" });
    }

    // Flags are several words.
    private static bool IsList(string variable) => variable is "CFLAGS" or "CXXFLAGS";

    /// <summary>The variable that has the folder of the sources.</summary>
    public const string SourceVariable = "src";
}
