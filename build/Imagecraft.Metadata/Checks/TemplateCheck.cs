// Judges templates while they are read: their grammar, and the names that they use. Unaware of what the variables hold, and of disks.

using System.Collections.Immutable;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;
using Scriban;
using Scriban.Syntax;

namespace Imagecraft.Metadata.Checks;

/// <summary>Templates of images and features.</summary>
/// <param name="read">The text of a workspace-relative path; null when it cannot be read.</param>
/// <param name="reading">Takes the problems.</param>
sealed class TemplateCheck(Func<string, string?> read, Reading reading)
{
    readonly Dictionary<string, ImmutableArray<Diagnostic>> judged = new(StringComparer.Ordinal);

    /// <summary>Judges each template once; who names it has its problems.</summary>
    public void Check(Workspace workspace)
    {
        foreach (var image in workspace.Images.Values)
            Check(new DocumentId(KindNames.Image, image.Name), image.Files);
        foreach (var feature in workspace.Features.Values)
            Check(new DocumentId(KindNames.Feature, feature.Name), feature.Files);
    }

    void Check(DocumentId owner, ImmutableArray<ImageFile> files)
    {
        foreach (var template in files.Select(file => file.Template).OfType<Sited<string>>())
        {
            reading.Owner = owner;
            if (!judged.TryGetValue(template.Value, out var problems))
                judged.Add(template.Value, problems = Judge(template));
            reading.Add(problems);
        }
    }

    ImmutableArray<Diagnostic> Judge(Sited<string> place)
    {
        if (read(place.Value) is not { } text)
            return [new(Codes.UnreadableFile, Severity.Error, $"The template `{place.Value}` cannot be read as text", place.Span, "Write `source:` for a file that is taken as it is")];
        var template = Template.Parse(text, place.Value);
        if (template.HasErrors)
            return [.. template.Messages.Select(problem => new Diagnostic(Codes.Template, Severity.Error, $"The template is malformed: {problem.Message}", Span(problem.Span), "Braces that stand for themselves are written `{{ \"{{\" }}`"))];
        var names = new TemplateNames(template.Page!);
        return [.. names.Unknown().DistinctBy(unknown => (unknown.Name, unknown.Span.Start.Line)).Select(unknown => new Diagnostic(Codes.Template, Severity.Error, $"Unknown variable `{unknown.Name}` in the template", Span(unknown.Span), Hint(unknown)))];
    }

    static string Hint(UnknownName unknown) => Nearest.To(unknown.Name, unknown.Known) is { } near ? $"Did you mean `{near}`?" : $"Known are [ {string.Join(", ", unknown.Known.Select(name => $"`{name}`"))} ]";

    static Model.SourceSpan Span(Scriban.Parsing.SourceSpan span) =>
        new(span.FileName, span.Start.Line + 1, span.Start.Column + 1, span.Start.Line == span.End.Line ? Math.Max(0, span.End.Column - span.Start.Column + 1) : 0);
}
