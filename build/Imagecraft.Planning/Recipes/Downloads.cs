// Fetch actions, one a content.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Planning.Recipes;

/// <summary>Plans what comes from outside.</summary>
public static class Downloads
{
    /// <summary>Adds the download of known content; the same content from several recipes is one action.</summary>
    public static OutputRef Add(PlanContext context, string sha256, string fileName, ImmutableArray<string> places, long? size = null) => context.Add(new ActionNode
    {
        Id = new($"fetch:{fileName}:{sha256[..8]}"),
        Work = new ActionWork.Fetch(sha256, fileName, places) { Size = size },
        Outputs = [new("file", "file", OutputKind.File)],
        Description = $"Fetch {fileName}",
    });

    /// <summary>Adds the download of what a lock file of a language pins by a hash of its own sort.</summary>
    public static OutputRef AddPinned(PlanContext context, string integrity, string fileName, string place) => context.Add(new ActionNode
    {
        Id = new($"fetch:{fileName}:{Digest.Of(System.Text.Encoding.UTF8.GetBytes(integrity)).Hash[..8]}"),
        Work = new ActionWork.Fetch("", fileName, [place]) { Integrity = integrity },
        Outputs = [new("file", "file", OutputKind.File)],
        Description = $"Fetch {fileName}",
    });

    /// <summary>Adds the download of a commit, with git of a tool root of its own.</summary>
    public static OutputRef AddCommit(PlanContext context, ToolRoots toolRoots, Sited<string> commit, string? sha256, string fileName, ImmutableArray<string> places) => context.Add(new ActionNode
    {
        Id = new($"fetch:{fileName}:{commit.Value[..8]}"),
        Work = new ActionWork.FetchCommit(commit, sha256, fileName, places),
        Inputs = [toolRoots.Plan(GitToolRoot, commit.Span).At("/", "git, which fetches it")],
        Outputs = [new("file", "file", OutputKind.File)],
        Description = $"Fetch {fileName}",
    });

    /// <summary>Name of the tool root that has git.</summary>
    public const string GitToolRoot = "git";
}
