// A cache that cannot be written is told as that.

using Imagecraft.Engine.Files;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Store;

public sealed class ForbiddenCacheTests : IDisposable
{
    private const string Variable = "IMAGECRAFT_TEST_FORBIDDEN_CACHE";
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_cache_on_a_read_only_file_system_names_the_folder_and_the_remedy()
    {
        var (exitCode, output) = await ChildProcess.RunTestAsync(
            typeof(ForbiddenCacheTests), nameof(Child_opens_a_read_only_cache), (Variable, _fixture.Cache),
            "unshare", "--user", "--map-root-user", "--mount", "sh", "-c", "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"", _fixture.Cache);
        Assert.True(exitCode == 0, output);
    }

    [Fact(Explicit = true)]
    public void Child_opens_a_read_only_cache()
    {
        var cache = Environment.GetEnvironmentVariable(Variable)!;
        var problem = Assert.Throws<StoreException>(() => new ContentStore(cache));
        Assert.StartsWith($"The cache `{cache}` cannot be written: ", problem.Message, StringComparison.Ordinal);
        Assert.Contains("Read-only file system", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith("or set IMAGECRAFT_CACHE to another folder", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cache_of_another_user_names_the_folder_and_the_remedy()
    {
        // In a user namespace of one user all others are nobody, and its root may not write their files.
        if (Environment.UserName != "root")
            return;
        File.SetUnixFileMode(_fixture.Folder, (UnixFileMode)0x1ed);
        foreach (var folder in Directory.EnumerateDirectories(_fixture.Cache, "*", SearchOption.AllDirectories).Append(_fixture.Cache))
            File.SetUnixFileMode(folder, (UnixFileMode)0x1ed);
        var (exitCode, output) = await ChildProcess.RunTestAsync(
            typeof(ForbiddenCacheTests), nameof(Child_opens_a_foreign_cache), (Variable, _fixture.Cache), "setpriv", "--reuid=65534", "--clear-groups");
        Assert.True(exitCode == 0, output);
    }

    [Fact(Explicit = true)]
    public void Child_opens_a_foreign_cache()
    {
        var cache = Environment.GetEnvironmentVariable(Variable)!;
        var problem = Assert.Throws<StoreException>(() => new ContentStore(cache));
        Assert.StartsWith($"The cache `{cache}` cannot be written: ", problem.Message, StringComparison.Ordinal);
        Assert.Contains("Permission denied", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_of_access_say_what_to_do() =>
        Assert.Equal("`/x`: Permission denied (open); give it to the current user with `chown`, or set IMAGECRAFT_CACHE to a folder of your own when it lies in the cache", Posix.Failure(13, "open", "/x").Message);
}
