// What a build says when what it downloads does not come: a mirror without its own files, a busy one, a full disk.

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Imagecraft.Feeds.Tests;

namespace Imagecraft.EndToEnd.Tests;

public sealed class MirrorTests : IDisposable
{
    private static readonly string Architecture = RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    private readonly SmallWorkspace workspace = new();
    private readonly TestServer server = new();
    private readonly TemporaryFolder folder = new();

    // What is fetched must be this test's own, or the shared cache answers.
    private readonly string own = Guid.NewGuid().ToString("N");

    public MirrorTests()
    {
        var key = new SigningKey();
        workspace.Write("recipes/feeds/keys/own.asc", Encoding.ASCII.GetString(key.PublicKey));
        workspace.Write("recipes/feeds/own.yaml", "feed: own\nsuite: trixie\ncomponents: [ main ]\nkeys: [ keys/own.asc ]\n");
        workspace.Write("recipes/toolroots/own.yaml", "toolroot: own\nfeed: own\npackages: [ gadget ]\n");
        workspace.WriteRecipe("user", $"system: script\n  tools: [ own ]\n  steps: mkdir -p $DESTDIR/etc; echo {own} > $DESTDIR/etc/own", "user", "/**");
        workspace.Variables["IMAGECRAFT_DEBIAN_MIRROR"] = $"{server.Address}/debian";
        new TestSuite(server, folder, key, Architecture).Add("gadget", own).Publish();
    }

    private string PoolPath => $"pool/main/g/gadget/gadget_{own}_{Architecture}.deb";

    public void Dispose()
    {
        workspace.Dispose();
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_mirror_that_lacks_a_file_of_its_own_index_is_told_with_package_index_and_remedy()
    {
        server.Remove($"/debian/{PoolPath}");

        var (exitCode, text) = await workspace.BuildAsync("user");

        Assert.Equal(2, exitCode);
        Assert.Contains($"no mirror has it: {server.Address}/debian/{PoolPath} answered 404", text, StringComparison.Ordinal);
        Assert.Contains($"error: The mirror is incomplete: it lacks files that its own index names\n  package `gadget` {own}: `{PoolPath}`, named by `dists/trixie/main/binary-{Architecture}/Packages`\n  Name another mirror by IMAGECRAFT_DEBIAN_MIRROR", text, StringComparison.Ordinal);
        Assert.Contains("`./build.sh lock --update`", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mirror_that_is_busy_is_told_as_busy_and_the_lock_stays_as_it_is()
    {
        server.Serve($"/debian/{PoolPath}", Answer.Error(503));

        var (exitCode, text) = await workspace.BuildAsync("user");

        Assert.Equal(2, exitCode);
        Assert.Contains($"no mirror gave it: {server.Address}/debian/{PoolPath} answered 503 Status (5 attempts)", text, StringComparison.Ordinal);
        Assert.Contains("try again later", text, StringComparison.Ordinal);
        Assert.DoesNotContain("no mirror has it", text, StringComparison.Ordinal);
        Assert.DoesNotContain("incomplete", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_without_room_for_a_download_is_the_machines_fault_and_names_path_and_need()
    {
        var content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(own, 100)));
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        var partial = Path.Combine(Environment.GetEnvironmentVariable("IMAGECRAFT_CACHE")!, "partial", $"{hash}.partial");
        Directory.CreateDirectory(Path.GetDirectoryName(partial)!);
        File.CreateSymbolicLink(partial, "/dev/full");
        server.Serve("/data", Answer.Of(content));
        workspace.WriteRecipe("data", "system: script\n  steps: mkdir -p $DESTDIR/etc; cp * $DESTDIR/etc/", "data", "/**", $"sources:\n  - url: \"{server.Address}/data\"\n    sha256: \"{hash}\"\n    unpack: false\n");
        try
        {
            var (exitCode, text) = await workspace.BuildAsync("data");

            Assert.Equal(2, exitCode);
            Assert.Contains($"No space left for `{partial}`: ", text, StringComparison.Ordinal);
            Assert.Matches(@"\d+ bytes needed, [\d.]+ \w+ free; make room", text);
        }
        finally
        {
            File.Delete(partial);
            File.Delete(Path.Combine(Path.GetDirectoryName(partial)!, $"{hash}.lock"));
        }
    }
}
