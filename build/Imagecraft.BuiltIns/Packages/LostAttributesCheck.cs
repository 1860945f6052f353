// Refuses to ship files of feed packages without the owners and capabilities that they have there, unless the recipe says what they get. Unaware of trees.

using Imagecraft.Engine.Actions;
using Imagecraft.Requests.Packages;

namespace Imagecraft.BuiltIns.Packages;

internal static class LostAttributesCheck
{
    /// <summary>Reads the lists of <c>unpack-deb</c>.</summary>
    /// <param name="context">Has them as <see cref="SplitPackagesRequest.LostInputs"/>.</param>
    /// <param name="packageOf">The package that a file goes to, or null.</param>
    /// <param name="isSaid">Whether the package's <c>attributes</c> are about the file.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ActionFailedException">All files of which something would be lost without a word.</exception>
    public static async Task RunAsync(BuiltInContext context, Func<string, string?> packageOf, Func<string, string, bool> isSaid, CancellationToken cancellationToken)
    {
        var lost = new List<string>();
        foreach (var (name, input) in context.InputsOf(SplitPackagesRequest.LostInputs))
        {
            foreach (var line in await File.ReadAllLinesAsync(await context.FileAsync(input, cancellationToken), cancellationToken))
            {
                var (what, path) = (line[..line.IndexOf('\t', StringComparison.Ordinal)].Split(' '), line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..]);
                if (packageOf(path) is { } package && !isSaid(package, path))
                    lost.Add($"  `{path}` of `{package}` ({name}): {Words(what[0], what[1])}");
            }
        }

        if (lost.Count > 0)
            throw new ActionFailedException($"{lost.Count} files would lose what they have in the feed's packages; say in `attributes` of the package what they get, e.g. `{{ path: PATH, group: shadow, capabilities: [ cap_net_raw ] }}`, or leave them out by `except`:\n{string.Join('\n', lost)}");
    }

    private static string Words(string owner, string attributes) =>
        string.Join(" and ", new[] { owner == "root:root" ? null : $"belongs to `{owner}`", attributes.Length == 0 ? null : $"has [{attributes.Replace(",", ", ", StringComparison.Ordinal)}]" }.OfType<string>());
}
