// A lock file of a language, read with the document that names it. Unaware of the grammar of any.

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Languages;

/// <summary>Why a lock file cannot be used.</summary>
/// <param name="message">What is wrong, after the name of the file.</param>
/// <param name="line">Where, counting from one; 0 when it is the whole file.</param>
sealed class LockFileException(string message, int line = 0) : Exception(message)
{
    /// <summary>Where, counting from one; 0 when it is the whole file.</summary>
    public int Line { get; } = line;
}

/// <summary>The name of a lock file beside the document.</summary>
/// <param name="parse">Its modules by its text; throws <see cref="LockFileException"/>.</param>
sealed class LockFileShape(Func<string, ImmutableArray<LockedModule>> parse) : Shape<LanguageLock>
{
    public override bool TryRead(YamlNode node, string what, Reading reading, [MaybeNullWhen(false)] out LanguageLock value)
    {
        value = null;
        if (!FileShapes.File.TryRead(node, what, reading, out var file))
            return false;
        if (reading.Text(file.Value) is not { } text)
        {
            reading.Error(Codes.UnreadableFile, $"The lock file `{file.Value}` cannot be read as text", file.Span, null);
            return false;
        }

        try
        {
            value = new LanguageLock(file, parse(text));
            return true;
        }
        catch (LockFileException problem)
        {
            var place = problem.Line == 0 ? file.Span : new SourceSpan(file.Value, problem.Line, 1, 0);
            reading.Error(Codes.WrongFormat, $"`{file.Value}` {problem.Message}", place, "Take the file that the language's own tool wrote");
            return false;
        }
    }

    public override JsonObject Schema() => FileShapes.File.Schema();
}
