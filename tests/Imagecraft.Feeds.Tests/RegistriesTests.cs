using Imagecraft.Feeds.Configuration;

namespace Imagecraft.Feeds.Tests;

public sealed class RegistriesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_mirror_is_found_in_deb822_sources()
    {
        folder.Write("etc/apt/sources.list.d/debian.sources", """
            Types: deb
            # a comment
            URIs: http://mirror.example.org/debian http://second.example.org/debian/
            Suites: bookworm bookworm-updates
            Components: main contrib

            Types: deb
            URIs: http://mirror.example.org/debian-security
            Suites: bookworm-security
            Components: main

            Types: deb
            URIs: https://vendor.example.org/node
            Suites: nodistro
            Components: main

            Enabled: no
            Types: deb
            URIs: http://off.example.org/debian
            Suites: sid
            Components: main
            """);

        Assert.Equal(["http://mirror.example.org/debian/", "http://second.example.org/debian/"], Mirrors());
    }

    [Fact]
    public void A_mirror_is_found_in_one_line_sources()
    {
        folder.Write("etc/apt/sources.list", """
            # deb http://commented.example.org/debian stable main
            deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] http://mirror.example.org/debian trixie main contrib
            deb http://mirror.example.org/debian trixie-updates main
            deb http://mirror.example.org/debian-security trixie-security main
            deb http://ubuntu.example.org/ubuntu noble main
            """);

        Assert.Equal(["http://mirror.example.org/debian/"], Mirrors());
    }

    [Fact]
    public void Mirrors_of_the_security_archive_are_found_in_apts_sources_by_variable_or_beside_the_others()
    {
        folder.Write("etc/apt/sources.list", "deb http://mirror.example.org/debian trixie main\n");
        Assert.Equal(["http://mirror.example.org/debian-security/"], Security());

        folder.Write("etc/apt/sources.list", "deb http://mirror.example.org/debian trixie main\ndeb http://security.example.org/updates trixie-security main\n");
        Assert.Equal(["http://security.example.org/updates/"], Security());

        folder.Write("home/.config/imagecraft/config.yaml", "debian-security-mirror: http://user.example.org/s\n");
        Assert.Equal(["http://user.example.org/s/"], Security());
        Assert.Equal(["http://variable.example.org/s/"], Security(("IMAGECRAFT_DEBIAN_SECURITY_MIRROR", "http://variable.example.org/s")));
    }

    [Fact]
    public void A_variable_comes_before_the_users_file_and_that_before_apt()
    {
        folder.Write("etc/apt/sources.list", "deb http://apt.example.org/debian trixie main\n");
        Assert.Equal(["http://apt.example.org/debian/"], Mirrors());

        folder.Write("home/.config/imagecraft/config.yaml", "# mine\ndebian-mirror: \"http://user.example.org/debian\"\n");
        Assert.Equal(["http://user.example.org/debian/"], Mirrors());

        Assert.Equal(["http://variable.example.org/debian/"], Mirrors(("IMAGECRAFT_DEBIAN_MIRROR", "http://variable.example.org/debian")));
    }

    [Fact]
    public void No_mirror_says_what_to_set()
    {
        var error = Assert.Throws<FeedException>(() => Mirrors());

        Assert.Equal(
            $"No Debian mirror is configured on this machine: apt's configuration names none; set the variable `IMAGECRAFT_DEBIAN_MIRROR`, or `debian-mirror:` in `{folder["home/.config/imagecraft/config.yaml"]}`",
            error.Message);
        Assert.False(error.UserError);
    }

    [Fact]
    public void A_malformed_mirror_is_the_users_fault() =>
        Assert.True(Assert.Throws<FeedException>(() => Mirrors(("IMAGECRAFT_DEBIAN_MIRROR", "not an address"))).UserError);

    [Fact]
    public void A_malformed_line_of_the_users_file_is_named()
    {
        folder.Write("home/.config/imagecraft/config.yaml", "just words\n");

        Assert.Contains("config.yaml:1: `just words` is not of the form `key: value`", Assert.Throws<FeedException>(() => Mirrors()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_npm_registry_is_found_in_npms_files_and_variables()
    {
        folder.Write("home/.npmrc", "fund=false\nregistry = https://home.example.org/npm\n");
        Assert.Equal("https://home.example.org/npm/", await NpmAsync());

        folder.Write(".npmrc", "registry=https://project.example.org/npm/\n");
        Assert.Equal("https://project.example.org/npm/", await NpmAsync());

        Assert.Equal("https://variable.example.org/", await NpmAsync(("NPM_CONFIG_REGISTRY", "https://variable.example.org")));
        Assert.Equal("https://own.example.org/", await NpmAsync(("NPM_CONFIG_REGISTRY", "https://variable.example.org"), ("IMAGECRAFT_NPM_REGISTRY", "https://own.example.org")));
    }

    [Fact]
    public async Task NuGet_sources_are_those_that_the_SDK_lists()
    {
        folder.Write("nuget.config", """
            <configuration><packageSources><clear />
            <add key="one" value="https://one.example.org/v3/index.json" /><add key="off" value="https://off.example.org/v3/index.json" /></packageSources>
            <disabledPackageSources><add key="off" value="true" /></disabledPackageSources></configuration>
            """);

        Assert.Equal(["https://one.example.org/v3/index.json"], await new Registries(TestMachines.With(folder)).NugetSourcesAsync());
    }

    [Fact]
    public async Task A_NuGet_source_may_be_set_by_variable() =>
        Assert.Equal(["/srv/nuget"], await new Registries(TestMachines.With(folder, ("IMAGECRAFT_NUGET_SOURCE", "/srv/nuget"))).NugetSourcesAsync());

    private IEnumerable<string> Mirrors(params (string, string)[] variables) => new Registries(TestMachines.With(folder, variables)).DebianMirrors.Select(m => m.ToString());

    private IEnumerable<string> Security(params (string, string)[] variables) => new Registries(TestMachines.With(folder, variables)).DebianSecurityMirrors.Select(m => m.ToString());

    private async Task<string> NpmAsync(params (string, string)[] variables) => (await new Registries(TestMachines.With(folder, variables)).NpmRegistryAsync()).ToString();
}
