// A path on the target. Unaware of the build host's file system.

namespace Imagecraft.Images.RootFs;

/// <summary>An absolute, normalized path on the target: <c>/</c>, or components without <c>.</c>, <c>..</c> and empty names.</summary>
public readonly record struct TargetPath : IComparable<TargetPath>
{
    private readonly string? text;

    private TargetPath(string text) => this.text = text;

    /// <summary>The root folder.</summary>
    public static TargetPath Root { get; } = new("/");

    /// <summary>The path's text, starting with <c>/</c>.</summary>
    public string Value => text ?? "/";

    /// <summary>Whether it is <c>/</c>.</summary>
    public bool IsRoot => Value.Length == 1;

    /// <summary>The last component; empty for the root.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>The folder it lies in; the root's is the root.</summary>
    public TargetPath Parent => Value.LastIndexOf('/') is > 0 and var slash ? new(Value[..slash]) : Root;

    /// <summary>The components from the root downwards.</summary>
    public string[] Components => Value.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Reads an absolute path; one trailing slash and repeated slashes are forgiven.</summary>
    /// <exception cref="ImageInputException">It is relative, or has <c>.</c>, <c>..</c> or a NUL.</exception>
    public static TargetPath Parse(string path)
    {
        if (!path.StartsWith('/'))
            throw new ImageInputException($"Target path `{path}` is not absolute; start it with `/`");
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Any(part => part is "." or ".." || part.Contains('\0')))
            throw new ImageInputException($"Target path `{path}` has a component that is no name; write it without `.`, `..` and NUL");
        return parts.Length == 0 ? Root : new("/" + string.Join('/', parts));
    }

    /// <summary>The path of <paramref name="name"/> in this folder.</summary>
    public TargetPath Child(string name) => Parse(Value + "/" + name);

    /// <summary>Where a symbolic link at this path leads, by its text alone.</summary>
    public TargetPath FollowLink(string target)
    {
        var parts = new List<string>(target.StartsWith('/') ? [] : Parent.Components);
        foreach (string part in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            else if (part != ".")
                parts.Add(part);
        }

        return Parse("/" + string.Join('/', parts));
    }

    /// <summary>Ordinal by text, so that a folder comes before what lies in it.</summary>
    public int CompareTo(TargetPath other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Ordinal order.</summary>
    public static bool operator <(TargetPath left, TargetPath right) => left.CompareTo(right) < 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >(TargetPath left, TargetPath right) => left.CompareTo(right) > 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator <=(TargetPath left, TargetPath right) => left.CompareTo(right) <= 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >=(TargetPath left, TargetPath right) => left.CompareTo(right) >= 0;
}
