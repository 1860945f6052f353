// Meson with a generated cross file.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

/// <summary>Plans recipes that Meson builds.</summary>
public static class MesonSystem
{
    private const string CrossPath = "/imagecraft/cross.ini";

    /// <summary>What Meson calls the processors of an architecture.</summary>
    public static string FamilyOf(Architecture architecture) => architecture.Cpu.Value switch { "armv7l" => "arm", var cpu => cpu };

    internal static OutputRef Plan(BuildJob job, BuildSpec.Meson build)
    {
        var architecture = job.Target.Architecture;
        var triplet = architecture.Triplet.Value;
        var cross = $"""
            [binaries]
            c = '{triplet}-gcc'
            cpp = '{triplet}-g++'
            ar = '{triplet}-ar'
            strip = '{triplet}-strip'
            pkg-config = 'pkg-config'
            {(job.Emulator.IsEmpty ? "" : $"exe_wrapper = ['{string.Join("', '", job.Emulator)}']\n")}
            [properties]
            sys_root = '{Toolchain.Sysroot}'
            pkg_config_libdir = '{job.Variables.Values["PKG_CONFIG_LIBDIR"]}'
            needs_exe_wrapper = true

            [host_machine]
            system = 'linux'
            cpu_family = '{FamilyOf(architecture)}'
            cpu = '{architecture.Cpu}'
            endian = 'little'

            """;
        ImmutableArray<string> how = job.Target.IsHost ? [] : ["--cross-file", CrossPath];
        ImmutableArray<InputEdge> told = job.Target.IsHost ? [] : [new(CrossPath, new InputSource.Inline(cross), "Meson's description of the toolchain")];
        return job.Build(new Steps()
            .Then("cd", job.SourceFolder)
            .ThenText("before", job.Before)
            .Then(["env", "-u", "CC", "-u", "CXX", "meson", "setup", .. how, "--prefix=/usr", $"--libdir=lib/{triplet}", "--sysconfdir=/etc", "--localstatedir=/var", "--buildtype=plain", "--wrap-mode=nodownload", .. job.Variables.Expand(build.Options), "/build", job.SourceFolder])
            .ThenWithJobs("meson", "compile", "-C", "/build", "-j", Steps.JobCount)
            .Then("env", $"DESTDIR={BuildJob.Destination}", "meson", "install", "-C", "/build", "--no-rebuild"),
            [.. job.Inputs(), Steps.Jobs, .. told]);
    }
}
