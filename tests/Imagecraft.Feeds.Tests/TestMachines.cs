// Machines with a configuration of their own. Unaware of the real one.

using Imagecraft.Feeds.Configuration;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Feeds.Tests;

internal static class TestMachines
{
    /// <summary>A machine of which only these variables are known.</summary>
    public static Machine With(TemporaryFolder folder, params (string Name, string Value)[] variables) =>
        new(name => variables.FirstOrDefault(v => v.Name == name).Value, folder["home"], folder.Path, folder.Path);

    /// <summary>All registries on one server: `/debian/`, `/npm/` and `/nuget/index.json`.</summary>
    public static Registries On(TestServer server, TemporaryFolder folder) => new(With(
        folder, ("IMAGECRAFT_DEBIAN_MIRROR", $"{server.Address}/debian"), ("IMAGECRAFT_NPM_REGISTRY", $"{server.Address}/npm"), ("IMAGECRAFT_NUGET_SOURCE", $"{server.Address}/nuget/index.json")));

    /// <summary>Impatient, so that failures come at once.</summary>
    public static FetcherOptions Fast { get; } = new() { Attempts = 3, FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(5), Stall = TimeSpan.FromSeconds(20) };
}
