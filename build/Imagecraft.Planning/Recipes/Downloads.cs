// Fetch actions, one a content.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Planning.Recipes;

internal static class Downloads
{
    /// <summary>Adds the download of known content; the same content from several recipes is one action.</summary>
    public static OutputRef Add(PlanContext context, string sha256, string fileName, ImmutableArray<string> places, long? size = null) => context.Add(new ActionNode
    {
        Id = new($"fetch:{fileName}:{sha256[..8]}"),
        Work = new ActionWork.Fetch(sha256, fileName, places) { Size = size },
        Outputs = [new("file", "file", OutputKind.File)],
        Description = $"Fetch {fileName}",
    });
}
