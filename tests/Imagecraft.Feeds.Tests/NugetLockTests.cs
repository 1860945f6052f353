using System.IO.Compression;
using System.Security.Cryptography;
using Imagecraft.Feeds.Nuget;

namespace Imagecraft.Feeds.Tests;

/// <summary>Real restores against a local folder of packages; nothing is downloaded.</summary>
public sealed class NugetLockTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public NugetLockTests()
    {
        folder.Write("p/app.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><UseAppHost>false</UseAppHost><SelfContained>false</SelfContained></PropertyGroup>
              <ItemGroup><PackageReference Include="Sample.One" Version="1.2.0" /></ItemGroup>
            </Project>
            """);
        folder.Write("p/nuget.config", "<configuration><packageSources><clear /><add key=\"local\" value=\"../feed\" /></packageSources></configuration>");
        Directory.CreateDirectory(folder["feed"]);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_package_that_a_restore_brings_is_pinned_and_the_project_is_left_alone()
    {
        Package("Sample.One", "1.2.0", "<dependencies><group targetFramework=\"net10.0\"><dependency id=\"Sample.Two\" version=\"2.0.0\" /></group></dependencies>");
        Package("Sample.Two", "2.0.0");

        var project = await ResolveAsync();

        Assert.Equal(["sample.one=1.2.0", "sample.two=2.0.0"], project.Packages.Select(p => p.Key));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder["feed/Sample.One.1.2.0.nupkg"]))), project.Packages[0].Sha256);
        Assert.Equal(["app.csproj", "nuget.config"], Directory.EnumerateFileSystemEntries(folder["p"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.False(Directory.Exists(folder["scratch"]));
    }

    [Fact]
    public async Task A_package_that_no_source_has_is_named()
    {
        var error = await Assert.ThrowsAsync<FeedException>(ResolveAsync);

        Assert.Contains("NU1101: Unable to find package Sample.One", error.Message, StringComparison.Ordinal);
        Assert.True(error.UserError);
    }

    [Fact]
    public void The_inputs_follow_project_files_runtimes_and_SDK()
    {
        var before = Inputs();
        Assert.Equal(before, Inputs());
        Assert.NotEqual(before, NugetLock.Inputs(folder["p/app.csproj"], ["linux-x64", "linux-arm64"], "10.0.401"));
        Assert.NotEqual(before, NugetLock.Inputs(folder["p/app.csproj"], ["linux-x64"], "10.0.402"));

        folder.Write("p/program.cs", "// no part of it");
        Assert.Equal(before, Inputs());

        folder.Write("Directory.Packages.props", "<Project />");
        Assert.NotEqual(before, Inputs());
    }

    private string Inputs() => NugetLock.Inputs(folder["p/app.csproj"], ["linux-x64"], "10.0.401");

    private Task<Locking.LockedProject> ResolveAsync() =>
        NugetLock.ResolveAsync("recipe/app", folder["p/app.csproj"], ["linux-x64"], "dotnet", "inputs", folder["scratch"], TestContext.Current.CancellationToken);

    private void Package(string id, string version, string dependencies = "")
    {
        using var zip = ZipFile.Open(folder[$"feed/{id}.{version}.nupkg"], ZipArchiveMode.Create);
        using (var nuspec = new StreamWriter(zip.CreateEntry($"{id}.nuspec").Open()))
            nuspec.Write($"<package><metadata><id>{id}</id><version>{version}</version><authors>test</authors><description>test</description>{dependencies}</metadata></package>");
        using var content = new StreamWriter(zip.CreateEntry("lib/net10.0/_._").Open());
    }
}
