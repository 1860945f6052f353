// Meson with a generated cross file.

using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class MesonSystem
{
    private const string CrossPath = "/imagecraft/cross.ini";

    public static OutputRef Plan(BuildJob job, BuildSpec.Meson build)
    {
        var architecture = job.Target.Architecture;
        var triplet = architecture.Triplet.Value;
        var family = architecture.Cpu.Value switch { "armv7l" => "arm", var cpu => cpu };
        var cross = $"""
            [binaries]
            c = '{triplet}-gcc'
            cpp = '{triplet}-g++'
            ar = '{triplet}-ar'
            strip = '{triplet}-strip'
            pkg-config = 'pkg-config'

            [properties]
            pkg_config_libdir = ['/usr/lib/{triplet}/pkgconfig', '/usr/share/pkgconfig']
            needs_exe_wrapper = true

            [host_machine]
            system = 'linux'
            cpu_family = '{family}'
            cpu = '{architecture.Cpu}'
            endian = 'little'

            """;
        return job.Build(new Steps()
            .Then("cd", job.SourceFolder)
            .ThenShell(build.Before?.Value)
            .Then(["env", "-u", "CC", "-u", "CXX", "meson", "setup", "--cross-file", CrossPath, "--prefix=/usr", $"--libdir=lib/{triplet}", "--sysconfdir=/etc", "--localstatedir=/var", "--buildtype=plain", "--wrap-mode=nodownload", .. job.Variables.Expand(build.Options), "/build", job.SourceFolder])
            .Then("meson", "compile", "-C", "/build")
            .Then("env", $"DESTDIR={BuildJob.Destination}", "meson", "install", "-C", "/build", "--no-rebuild"),
            [.. job.Inputs(), new(CrossPath, new InputSource.Inline(cross), "Meson's description of the toolchain")]);
    }
}
