// What the doctor concludes from what it sees.

using Imagecraft.Cli.Doctor;
using Imagecraft.Feeds.Configuration;

namespace Imagecraft.Cli.Tests;

public sealed class DoctorTests
{
    private static readonly ProbeResult _refused = new(1, "unshare: Operation not permitted");

    [Fact]
    public void Switched_off_user_namespaces_are_missing_and_the_remedy_names_the_switch()
    {
        var finding = Judgement.UserNamespaces(_refused, "0\n", null, null);

        Assert.True(finding.IsMissing);
        Assert.Contains("sysctl -w user.max_user_namespaces", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_builds_is_told_and_what_it_means()
    {
        Assert.Contains("root; actions have one capability", Judgement.Caller(isRoot: true).Observation, StringComparison.Ordinal);
        Assert.StartsWith("a plain user", Judgement.Caller(isRoot: false).Observation, StringComparison.Ordinal);
    }

    [Fact]
    public void How_bounds_are_held_is_told_with_the_way_to_exact_ones()
    {
        Assert.Equal("8 GiB, held by control groups", Judgement.Bounds(areExact: true, "8 GiB").Observation);
        Assert.Contains("systemd-run --user --scope", Judgement.Bounds(areExact: false, "8 GiB").Observation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_restriction_by_AppArmor_is_told_with_its_switch() =>
        Assert.Contains("apparmor_restrict_unprivileged_userns=0", Judgement.UserNamespaces(_refused, "1000", "1", "1\n").Remedy, StringComparison.Ordinal);

    [Fact]
    public void A_restriction_that_did_not_hinder_the_trial_is_no_finding() =>
        Assert.False(Judgement.UserNamespaces(new ProbeResult(0, ""), "1000", null, "1").IsMissing);

    [Fact]
    public void A_refusal_without_a_known_switch_shows_the_kernels_words() =>
        Assert.Contains("Operation not permitted", Judgement.UserNamespaces(_refused, "1000", "1", "0").Observation, StringComparison.Ordinal);

    [Fact]
    public void An_overlay_that_cannot_be_mounted_is_missing_and_names_the_variable_that_moves_the_cache()
    {
        var finding = Judgement.Overlay(new ProbeResult(32, "wrong fs type"), "/srv/cache");

        Assert.True(finding.IsMissing);
        Assert.Contains("`/srv/cache`", finding.Observation, StringComparison.Ordinal);
        Assert.Contains("IMAGECRAFT_CACHE", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_little_disk_and_memory_are_missing_with_both_figures()
    {
        Assert.Contains("1.0 GiB free for `/c`, 15.0 GiB are needed", Judgement.Disk(1L << 30, "/c").Observation, StringComparison.Ordinal);
        Assert.Contains("512.0 MiB, 2.0 GiB are needed", Judgement.Memory("MemTotal:         524288 kB\nMemFree: 1 kB\n").Observation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_not_tried()
    {
        var result = await Probe.RunAsync("no-such-program-here", [], Path.GetTempPath(), TestContext.Current.CancellationToken);

        Assert.Null(result.ExitCode);
        Assert.False(result.Worked);
    }

    [Fact]
    public async Task Looking_at_this_machine_finds_its_sdk_and_leaves_nothing_behind()
    {
        var cache = Directory.CreateTempSubdirectory("imagecraft-test").FullName;
        try
        {
            var findings = await Examination.RunAsync(Golden.Root, cache, "dotnet", Registries(("IMAGECRAFT_DEBIAN_MIRROR", "http://mirror.example.org/debian"), ("IMAGECRAFT_NPM_REGISTRY", "http://npm.example.org"), ("IMAGECRAFT_NUGET_SOURCE", "/srv/nuget")), TestContext.Current.CancellationToken);

            Assert.Contains(findings, f => f.Subject == "Imagecraft" && f.Observation == Metadata.ImagecraftVersion.Current);
            Assert.Contains(findings, f => f is { Subject: ".NET SDK", IsMissing: false });
            Assert.Contains(findings, f => f.Subject == "overlay mounts");
            Assert.Contains(findings, f => f is { Subject: "Debian mirror", Observation: "http://mirror.example.org/debian/" });
            Assert.Empty(Directory.EnumerateFileSystemEntries(cache));
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    [Fact]
    public async Task A_registry_that_is_not_configured_is_missing_and_the_remedy_names_the_variable()
    {
        var registries = Registries();

        var finding = await Judgement.RegistryAsync("Debian mirror", () => Task.FromResult(registries.DebianMirrors.Select(m => m.ToString())));

        Assert.True(finding.IsMissing);
        Assert.Contains("IMAGECRAFT_DEBIAN_MIRROR", finding.Remedy, StringComparison.Ordinal);
    }

    // A machine without any configuration but the given variables.
    private static Registries Registries(params (string Name, string Value)[] variables)
    {
        const string nowhere = "/nonexistent";
        return new Registries(new Machine(name => variables.FirstOrDefault(v => v.Name == name).Value, nowhere, nowhere, nowhere));
    }
}
