// What bad input gets, and that the next correct build succeeds without cleaning anything.

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.EndToEnd.Tests;

public sealed class FailureTests : IDisposable
{
    private readonly SmallWorkspace workspace = new();

    // What is built must be this test's own, or the shared cache answers.
    private readonly string own = Guid.NewGuid().ToString("N");

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task A_compile_error_shows_the_compilers_lines_the_log_and_the_shell_and_is_mended_by_a_correction()
    {
        workspace.WriteHello($"return nothing_{own};");
        var text = await workspace.FailAsync("hello");
        Assert.Contains($"nothing_{own}", text, StringComparison.Ordinal);
        Assert.Contains("ROOT/.imagecraft/logs/", text, StringComparison.Ordinal);
        Assert.Contains("./build.sh shell hello", text, StringComparison.Ordinal);
        workspace.WriteHello($"puts(\"{own}\"); return 0;");
        await workspace.SucceedAsync("hello");
    }

    [Fact]
    public async Task The_first_error_is_shown_with_the_remedy_however_much_is_printed_after_it()
    {
        workspace.Write("recipes/many/own.txt", own);
        workspace.WriteRecipe("many", $"system: script\n  steps: |\n    echo '#include <absent-{own}.h>' > a.c\n    $CC -c a.c || true\n    seq 50\n    exit 2", "many", "/**", "sources: [ { url: \"file:own.txt\" } ]\n");
        var text = await workspace.FailAsync("many");
        Assert.Contains("The first error, in line ", text, StringComparison.Ordinal);
        Assert.Contains($"| a.c:1:10: fatal error: absent-{own}.h: No such file or directory", text, StringComparison.Ordinal);
        Assert.Contains($"Remedy: No dependency has the header `absent-{own}.h`: name the recipe that installs it in `depends`", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patch_that_does_not_apply_names_patch_and_hunk()
    {
        workspace.WriteHello(more: "patches: [ wrong.patch ]\n");
        workspace.Write("recipes/hello/wrong.patch", $"--- a/hello.c\n+++ b/hello.c\n@@ -1,2 +1,2 @@\n-{own}\n+nothing\n \n");
        var text = await workspace.FailAsync("hello");
        Assert.Contains("Patch `000-wrong.patch` does not apply", text, StringComparison.Ordinal);
        workspace.Write("recipes/hello/wrong.patch", $"--- a/hello.c\n+++ b/hello.c\n@@ -1,2 +1,3 @@\n #include <stdio.h>\n+/* {own} */\n int main(void) {{ puts(\"hello\"); return 0; }}\n");
        await workspace.SucceedAsync("hello");
    }

    [Fact]
    public async Task A_hash_that_does_not_match_names_both_hashes()
    {
        workspace.Write("recipes/data/file.txt", own);
        var actual = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(own)));
        WriteData($"file:{workspace.Root}/recipes/data/file.txt", new string('0', 64));
        var text = await workspace.FailAsync("data");
        Assert.Contains(actual, text, StringComparison.Ordinal);
        Assert.Contains(new string('0', 64), text, StringComparison.Ordinal);
        WriteData($"file:{workspace.Root}/recipes/data/file.txt", actual);
        await workspace.SucceedAsync("data");
    }

    [Fact]
    public async Task A_supplied_file_is_looked_at_before_anything_is_built_and_each_correction_is_seen()
    {
        const string file = "supplied/acme/training.bin";
        void Describe(string more) => workspace.WriteRecipe("training", "system: script\n  steps: install -D training.bin $DESTDIR/lib/training.bin", "training", "/**", $"sources: [ {{ url: \"supplied:acme/training.bin\", obtain: Ask Acme for it{more} }} ]\n");

        Describe("");
        Assert.Contains($"needs the file `{file}`, which only you can supply", await RefusedAsync(), StringComparison.Ordinal);
        workspace.Write(file, "");
        Assert.Contains($"`{file}`, which `training` needs, is empty", await RefusedAsync(), StringComparison.Ordinal);
        workspace.Write(file, "\0\0\0\0");
        Assert.Contains($"`{file}`, which `training` needs, has 4 bytes, all of them zero", await RefusedAsync(), StringComparison.Ordinal);
        workspace.Write(file, own);
        var actual = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(own)));
        Describe($", sha256: {new string('a', 64)}");
        Assert.Contains($"has SHA-256 `{actual}`, expected is `{new string('a', 64)}`", await RefusedAsync(), StringComparison.Ordinal);
        Describe($", sha256: {actual}");
        await workspace.SucceedAsync("training");

        async Task<string> RefusedAsync()
        {
            var text = await workspace.FailAsync("training");
            Assert.Contains("recipes/training/training.yaml:4:", text, StringComparison.Ordinal);
            Assert.Contains("hint: Ask Acme for it", text, StringComparison.Ordinal);
            Assert.DoesNotContain(" run", text, StringComparison.Ordinal);
            return text;
        }
    }

    [Fact]
    public async Task A_mirror_that_answers_404_is_named_and_the_next_place_is_tried()
    {
        using var server = new HttpListener();
        var address = Serve(server, context => { context.Response.StatusCode = 404; context.Response.Close(); });
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(own)));
        WriteData($"{address}gone.txt", hash);
        var (exitCode, text) = await workspace.BuildAsync("data");
        Assert.Equal(2, exitCode);
        Assert.Contains("gone.txt", text, StringComparison.Ordinal);
        Assert.Contains("404", text, StringComparison.Ordinal);
        workspace.Write("recipes/data/file.txt", own);
        WriteData($"{address}gone.txt", hash, $"file:{workspace.Root}/recipes/data/file.txt");
        await workspace.SucceedAsync("data");
    }

    [Fact]
    public async Task An_action_that_opens_a_socket_fails()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        workspace.WriteRecipe("online", $"system: script\n  steps: |\n    # {own}\n    bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port.ToString(CultureInfo.InvariantCulture)}'", "online", "/**");
        Assert.Contains("/dev/tcp", await workspace.FailAsync("online"), StringComparison.Ordinal);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task An_action_that_reads_an_undeclared_file_of_the_host_fails()
    {
        var secret = Path.Combine(workspace.Root, "undeclared.txt");
        File.WriteAllText(secret, own);
        workspace.WriteRecipe("nosy", $"system: script\n  steps: cat {secret}", "nosy", "/**");
        Assert.Contains("No such file or directory", await workspace.FailAsync("nosy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_symbol_that_did_not_survive_names_fragment_and_reason()
    {
        workspace.TakeRecipe("libc");
        workspace.TakeRecipe("busybox");
        workspace.Append("recipes/busybox/busybox.config", $"# {own}\nCONFIG_FEATURE_NO_SUCH_THING=y\n");
        var text = await workspace.FailAsync("busybox");
        Assert.Contains("recipes/busybox/busybox.config: `CONFIG_FEATURE_NO_SUCH_THING=y` became `n`: no Kconfig file defines", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_object_of_the_store_is_rebuilt_and_never_used()
    {
        workspace.WriteHello($"puts(\"{own}\"); return 0;");
        await workspace.SucceedAsync("hello");
        var needle = Encoding.UTF8.GetBytes(own);
        var cache = Environment.GetEnvironmentVariable("IMAGECRAFT_CACHE")!;
        var damaged = 0;
        // Objects have one time of modification; only the change of their status tells the new ones.
        var recent = await CliWrap.Cli.Wrap("find").WithArguments([Path.Combine(cache, "objects"), "-type", "f", "-cmin", "-10", "-size", "-200k"]).ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        foreach (var file in recent.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(File.Exists))
        {
            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            if (bytes.AsSpan().IndexOf(needle) < 0 || bytes.AsSpan().IndexOf("ELF"u8) != 1)
                continue;
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            bytes[^1] ^= 1;
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
            damaged++;
        }

        Assert.True(damaged > 0, "The program was not found in the store");
        // Who needs the content notices, names it, and has it made again.
        workspace.WriteRecipe("reader", $"system: script\n  steps: mkdir -p $DESTDIR/etc; grep -c {own} $SYSROOT/usr/bin/hello > $DESTDIR/etc/count", "reader", "/**", more: "depends: [ hello ]\n");
        Assert.Contains("hello@arm64:build", await workspace.SucceedAsync("reader"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_recipe_is_told_with_the_nearest()
    {
        var (exitCode, text) = await workspace.BuildAsync("helo");
        Assert.Equal(3, exitCode);
        Assert.Contains("Did you mean `hello`?", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_that_no_file_matches_is_told()
    {
        workspace.WriteRecipe("empty", $"system: script\n  steps: mkdir -p $DESTDIR/{own}; touch $DESTDIR/{own}/x", "empty", "/usr/bin/*");
        Assert.Contains("`/usr/bin/*` in `files` of `empty`", await workspace.FailAsync("empty"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_run_twice_and_a_comment_in_the_source_stops_at_the_program()
    {
        workspace.WriteHello($"puts(\"{own}\"); return 0;");
        await workspace.SucceedAsync("hello");
        var again = await workspace.SucceedAsync("hello");
        Assert.Contains("0 run", again, StringComparison.Ordinal);
        workspace.WriteHello($"puts(\"{own}\"); /* a comment */ return 0;");
        var commented = await workspace.SucceedAsync("hello");
        Assert.Contains("hello@arm64:build", commented, StringComparison.Ordinal);
        Assert.DoesNotContain("hello@arm64:split", commented, StringComparison.Ordinal);
    }

    private void WriteData(string url, string sha256, string? mirror = null) => workspace.WriteRecipe(
        "data", "system: script\n  steps: mkdir -p $DESTDIR/etc; cp * $DESTDIR/etc/", "data", "/**",
        $"sources:\n  - url: \"{url}\"\n{(mirror is null ? "" : $"    mirrors: [ \"{mirror}\" ]\n")}    sha256: \"{sha256}\"\n    unpack: false\n");

    private static string Serve(HttpListener server, Action<HttpListenerContext> answer)
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            server.Prefixes.Add($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }

        server.Start();
        _ = Task.Run(async () =>
        {
            while (server.IsListening)
                answer(await server.GetContextAsync());
        });
        return server.Prefixes.Single();
    }
}
