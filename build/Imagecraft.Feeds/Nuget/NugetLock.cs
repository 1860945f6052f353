// Finds every NuGet package that a .NET project needs, for the lock. Unaware of recipes.

using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Imagecraft.Feeds.Locking;

namespace Imagecraft.Feeds.Nuget;

/// <summary>Restores a project with the host's SDK and lists what that brought.</summary>
public static class NugetLock
{
    private static readonly string[] AncestorFiles = ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "NuGet.Config", "nuget.config", "global.json"];
    private static readonly string[] ProjectExtensions = [".csproj", ".props", ".targets"];
    private const string NugetLockFiles = "packages*.lock.json";

    /// <summary>Digest of what decides on the packages: project files, properties of the folders above, runtimes and the SDK's version.</summary>
    public static string Inputs(string project, IReadOnlyList<string> runtimes, string sdkVersion)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(project))!;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{sdkVersion}\n{string.Join(' ', runtimes.Order(StringComparer.Ordinal))}\n"));
        var files = Directory.EnumerateFiles(folder).Where(f => ProjectExtensions.Contains(Path.GetExtension(f))).Concat(Directory.EnumerateFiles(folder, NugetLockFiles)).Order(StringComparer.Ordinal).ToList();
        for (var above = Path.GetDirectoryName(folder); above is not null; above = Path.GetDirectoryName(above))
        {
            files.AddRange(AncestorFiles.Select(name => Path.Combine(above, name)).Where(File.Exists));
            // Files above the repository are the machine's business.
            if (Path.Exists(Path.Combine(above, ".git"))) break;
        }
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetRelativePath(folder, file)}\n"));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    /// <summary>Restores with network into <paramref name="scratch"/> and pins every package that came, the compilers and runtimes of NativeAOT included.</summary>
    /// <param name="name">Name in the lock.</param>
    /// <param name="project">Project file; its folder is not written to.</param>
    /// <param name="runtimes">Runtime identifiers, e.g. `linux-arm64`.</param>
    /// <param name="dotnet">Path or name of the SDK's `dotnet`.</param>
    /// <param name="inputs">See <see cref="Inputs"/>.</param>
    /// <param name="scratch">Folder that is used and emptied.</param>
    /// <param name="cancellationToken">Ends the restore.</param>
    /// <exception cref="FeedException">The restore failed; its last lines are in the message.</exception>
    public static async Task<LockedProject> ResolveAsync(string name, string project, IReadOnlyList<string> runtimes, string dotnet, string inputs, string scratch, CancellationToken cancellationToken)
    {
        var packages = Path.Combine(scratch, "packages");
        // NuGet's own lock file, where the project has one, is obeyed and never rewritten.
        var hasLock = Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(project))!, NugetLockFiles).Any();
        try
        {
            foreach (var runtime in runtimes)
            {
                var result = await Cli.Wrap(dotnet)
                    .WithArguments([
                        "restore", project, $"-p:RuntimeIdentifier={runtime}", "--packages", packages, "--force", "--disable-build-servers", "--nologo",
                        $"-p:ArtifactsPath={Path.Combine(scratch, "artifacts")}", hasLock ? "-p:RestoreLockedMode=true" : "-p:RestorePackagesWithLockFile=false",
                    ])
                    .WithWorkingDirectory(Path.GetDirectoryName(Path.GetFullPath(project))!)
                    .WithEnvironmentVariables(e => e.Set("DOTNET_CLI_TELEMETRY_OPTOUT", "1").Set("DOTNET_NOLOGO", "1"))
                    .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
                if (!result.IsSuccess)
                    throw new FeedException($"The packages of `{project}` for `{runtime}` could not be restored:\n{string.Join('\n', result.StandardOutput.Split('\n').Where(l => l.Contains("error", StringComparison.Ordinal)).Distinct().Take(10))}", userError: true);
            }
            return new LockedProject(name, inputs, await PinAsync(packages, cancellationToken));
        }
        finally
        {
            if (Directory.Exists(scratch)) Directory.Delete(scratch, recursive: true);
        }
    }

    // The folder holds `id/version/id.version.nupkg`, all in lower case.
    private static async Task<ImmutableArray<LockedNupkg>> PinAsync(string packages, CancellationToken cancellationToken)
    {
        var pinned = ImmutableArray.CreateBuilder<LockedNupkg>();
        foreach (var file in Directory.EnumerateFiles(packages, "*.nupkg", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var version = Path.GetDirectoryName(file)!;
            await using var stream = File.OpenRead(file);
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
            pinned.Add(new LockedNupkg(Path.GetFileName(Path.GetDirectoryName(version)!), Path.GetFileName(version), stream.Length, hash));
        }
        return pinned.ToImmutable();
    }
}
