// What a path or glob on the board may look like. Unaware of YAML.

namespace Imagecraft.Metadata.Forms;

/// <summary>Paths of the target, as text.</summary>
static class TargetPaths
{
    /// <summary>Absolute, with names only: no `.`, `..` and empty ones, so that a file has one path; no control characters.</summary>
    public static bool IsPath(string text) => text.StartsWith('/') && !text.Contains("//", StringComparison.Ordinal) && !text.Any(char.IsControl) && text.Split('/').All(part => part is not ("." or ".."));

    /// <summary>A path in which `**` stands alone between slashes.</summary>
    public static bool IsGlob(string text) => IsPath(text) && text.Split('/').All(part => part == "**" || !part.Contains("**", StringComparison.Ordinal));

    /// <summary>A path of one file: no wildcards, no slash at its end.</summary>
    public static bool IsFile(string text) => IsPath(text) && !text.EndsWith('/') && !text.AsSpan().ContainsAny('*', '?');

    /// <summary>What to write in place of a text that is none.</summary>
    public static string? Remedy(string text)
    {
        if (text.Length > 0 && !text.StartsWith('/'))
            return $"Start it with a slash: `/{text}`";
        if (!IsPath(text))
            return text.Any(char.IsControl) ? "Write it without line breaks and other control characters" : "Write it without `.`, `..` and double slashes";
        return IsGlob(text) ? null : "`**` stands for folders, alone between two slashes; within a name write `*`";
    }
}
