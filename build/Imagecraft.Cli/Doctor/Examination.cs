// Looks at this machine: reads the kernel's switches and tries what builds do. Unaware of what follows from it.

using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Sandbox;
using Imagecraft.Feeds.Configuration;
using Imagecraft.Metadata;

namespace Imagecraft.Cli.Doctor;

/// <summary>Gathers all findings.</summary>
public static class Examination
{
    /// <summary>Looks at everything that a build needs of the host.</summary>
    /// <param name="workspaceRoot">Where `global.json` lies.</param>
    /// <param name="cacheRoot">The cache folder; made when it does not exist.</param>
    /// <param name="dotnet">The program that runs us.</param>
    /// <param name="registries">What the machine's configuration says.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(string workspaceRoot, string cacheRoot, string dotnet, Registries registries, CancellationToken cancellationToken)
    {
        Engine.Files.PrivateFolder.Make(cacheRoot);
        var space = Directory.CreateTempSubdirectory("imagecraft-doctor").FullName;
        var trialFolder = Path.Combine(cacheRoot, $"doctor-{Environment.ProcessId}");
        try
        {
            foreach (var name in new[] { "lower", "upper", "work", "merged" })
                Directory.CreateDirectory(Path.Combine(trialFolder, name));
            var namespaces = await Probe.RunAsync("unshare", ["--user", "--map-root-user", "true"], space, cancellationToken).ConfigureAwait(false);
            var overlay = await Probe.RunAsync(
                "unshare",
                ["--user", "--map-root-user", "--mount", "mount", "-t", "overlay", "overlay", "-o", "lowerdir=lower,upperdir=upper,workdir=work,userxattr", "merged"],
                trialFolder,
                cancellationToken).ConfigureAwait(false);
            var limits = SandboxLimits.OfMachine;
            return
            [
                Finding.Fine("Imagecraft", ImagecraftVersion.Current),
                Judgement.Caller(Environment.IsPrivilegedProcess),
                Judgement.Bounds(SandboxLimits.AreExact, $"{Quantities.Size(limits.MemoryBytes)} of memory, {limits.Processes} processes"),
                Judgement.UserNamespaces(namespaces, Read("/proc/sys/user/max_user_namespaces"), Read("/proc/sys/kernel/unprivileged_userns_clone"), Read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")),
                Judgement.Overlay(overlay, cacheRoot),
                Judgement.Disk(new DriveInfo(cacheRoot).AvailableFreeSpace, cacheRoot),
                Judgement.Memory(Read("/proc/meminfo") ?? ""),
                await Judgement.RegistryAsync("Debian mirror", () => Task.FromResult(registries.DebianMirrors.Select(m => m.ToString()))).ConfigureAwait(false),
                await Judgement.RegistryAsync("npm registry", async () => [(await registries.NpmRegistryAsync().ConfigureAwait(false)).ToString()]).ConfigureAwait(false),
                await Judgement.RegistryAsync("NuGet source", async () => await registries.NugetSourcesAsync().ConfigureAwait(false)).ConfigureAwait(false),
                Judgement.Sdk(await Probe.RunAsync(dotnet, ["--version"], workspaceRoot, cancellationToken).ConfigureAwait(false)),
            ];
        }
        finally
        {
            Directory.Delete(space, recursive: true);
            Remove(trialFolder);
        }
    }

    // The kernel leaves a folder without permissions inside an overlay's work folder.
    private static void Remove(string folder)
    {
        foreach (var inner in Directory.EnumerateDirectories(Path.Combine(folder, "work")))
            File.SetUnixFileMode(inner, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(folder, recursive: true);
    }

    private static string? Read(string path) => File.Exists(path) ? File.ReadAllText(path) : null;
}
