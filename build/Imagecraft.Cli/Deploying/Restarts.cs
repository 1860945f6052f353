// What has to begin anew once files were changed: kernel modules that are loaded, and services. Unaware of how the files got there.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Qemu.Consoles;

namespace Imagecraft.Cli.Deploying;

/// <summary>Begins them anew on a machine.</summary>
public static class Restarts
{
    private const string Modules = "/usr/lib/modules/";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Loads changed modules anew that are loaded, those that others use after these are gone.</summary>
    /// <returns>What happened, a line each; those that begin with <c>Not</c> did not.</returns>
    public static async Task<IReadOnlyList<string>> ModulesAsync(SerialConsole console, IEnumerable<string> changed, CancellationToken cancellationToken)
    {
        var names = changed.Where(IsModule).Select(path => Path.GetFileName(path).Split('.')[0].Replace('-', '_')).ToHashSet(StringComparer.Ordinal);
        if (names.Count == 0)
            return [];
        // The newest first, so that whoever uses another goes before it.
        var loaded = (await console.RunAsync("cut -d' ' -f1 /proc/modules", Limit, cancellationToken).ConfigureAwait(false)).Output.Split('\n').Where(names.Contains).ToList();
        var said = new List<string>();
        var removed = new List<string>();
        foreach (var name in loaded)
        {
            var gone = await console.RunAsync($"rmmod {name}", Limit, cancellationToken).ConfigureAwait(false);
            if (gone.Succeeded)
                removed.Add(name);
            else
                said.Add($"Not loaded anew: {name}, which cannot be unloaded ({gone.Output.Trim()}); the new one counts after the next boot");
        }

        foreach (var name in Enumerable.Reverse(removed))
        {
            var back = await console.RunAsync($"modprobe {name}", Limit, cancellationToken).ConfigureAwait(false);
            said.Add(back.Succeeded ? $"Loaded anew: {name}" : $"Not loaded anew: {name} ({back.Output.Trim()})");
        }

        return said;
    }

    /// <summary>Whether a file is a kernel module.</summary>
    public static bool IsModule(string path) => path.StartsWith(Modules, StringComparison.Ordinal) && path.Contains(".ko", StringComparison.Ordinal);

    /// <summary>The kernel whose modules lie at the paths; null: none do.</summary>
    public static string? KernelOf(IEnumerable<string> paths) => paths.FirstOrDefault(IsModule) is { } path ? path[Modules.Length..].Split('/')[0] : null;

    /// <summary>Restarts services that run.</summary>
    /// <returns>What happened, a line each.</returns>
    public static async Task<IReadOnlyList<string>> ServicesAsync(SerialConsole console, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var said = new List<string>();
        foreach (var name in names)
        {
            var done = await console.RunAsync($"service {name} restart", Limit, cancellationToken).ConfigureAwait(false);
            said.Add(done.Succeeded ? $"Restarted: service {name}" : $"Not restarted: service {name} ({done.Output.Trim()})");
        }

        return said;
    }

    /// <summary>Services of an image that what was deployed belongs to, by their recipe, or by a program that they name.</summary>
    public static IEnumerable<string> Of(IEnumerable<Recipe> recipes, ImmutableArray<ServiceSpec> ofImage, IReadOnlyCollection<string> changed)
    {
        var programs = changed.Where(path => path.Contains("/bin/", StringComparison.Ordinal) || path.Contains("/sbin/", StringComparison.Ordinal) || path.Contains("/libexec/", StringComparison.Ordinal)).SelectMany(path => new[] { path, Path.GetFileName(path) }).ToHashSet(StringComparer.Ordinal);
        var own = recipes.SelectMany(recipe => recipe.Services);
        var naming = ofImage.Where(service => service.Run.Value.Split([' ', '\n', '\t', ';', '"', '\''], StringSplitOptions.RemoveEmptyEntries).Any(programs.Contains));
        return own.Concat(naming).Where(service => service.Kind?.Value != "once").Select(service => service.Name.Value).Distinct();
    }
}
