// An SDK where there is nothing but busybox: no C library, no compiler, no .NET. There it compiles programs, runs the image, and puts and debugs them on it.

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.EndToEnd.Tests;

public sealed class SdkTests : IDisposable
{
    private const string Script = """
        set -e
        export HOME=/tmp/home
        mkdir -p /tmp/home
        ! command -v gcc && ! command -v python3 && ! [ -e /lib64 ]
        . ./environment
        readlink -f "$(command -v cmake)"
        cmake -S examples/days -B /tmp/days -G Ninja
        cmake --build /tmp/days
        "$READELF" -h /tmp/days/days
        printf '#include <zlib.h>\n#include <string>\n#include <cstdio>\nint main() { std::string version = zlibVersion(); std::puts(version.c_str()); }\n' > /tmp/zip.cc
        $CXX -O2 $($PKG_CONFIG --cflags --libs zlib) /tmp/zip.cc -o /tmp/zip -lz
        mkdir /tmp/meson-zip
        cp /tmp/zip.cc /tmp/meson-zip/
        printf "project('zip', 'cpp')\nexecutable('zip', 'zip.cc', dependencies: dependency('zlib'))\n" > /tmp/meson-zip/meson.build
        meson setup --cross-file meson/board.ini /tmp/meson-out /tmp/meson-zip
        meson compile -C /tmp/meson-out
        printf 'all: two\ntwo: two.o\n' > /tmp/Makefile
        printf 'int main(void) { return 2; }\n' > /tmp/two.c
        make -C /tmp two
        PATH=/bin "$PWD/bin/$CC" -O2 /tmp/two.c -o /tmp/two-by-path
        $CC -I/usr/include /tmp/two.c -o /tmp/two 2>&1 && exit 1
        $CC /nowhere.c 2>&1 && exit 1
        imagecraft deploy /bin/busybox --to qemu 2>&1 && exit 1
        mkfifo /tmp/keys
        imagecraft run < /tmp/keys > /tmp/said 2>&1 &
        exec 9> /tmp/keys
        tries=0
        until grep -q 'login: ' /tmp/said; do
            [ $((tries += 1)) -lt 1200 ] && kill -0 $! || { cat /tmp/said; exit 1; }
            sleep 0.5
        done
        imagecraft deploy /tmp/zip /tmp/meson-out/zip:/usr/bin/meson-zip --to qemu
        imagecraft deploy /tmp/zip --to qemu
        imagecraft debug /tmp/days/days --to qemu --execute 'break days_between' --execute continue --execute backtrace --execute 'print to' --execute list --execute continue -- 1767398400
        printf 'root\n' >&9
        until grep -q 'desk:~# ' /tmp/said; do
            [ $((tries += 1)) -lt 2400 ] && kill -0 $! || { cat /tmp/said; exit 1; }
            sleep 0.5
        done
        printf 'zip; meson-zip; echo all-"done"\n' >&9
        until grep -q 'all-done' /tmp/said; do
            [ $((tries += 1)) -lt 2400 ] && kill -0 $! || { cat /tmp/said; exit 1; }
            sleep 0.5
        done
        exec 9>&-
        wait $!
        cat /tmp/said

        """;

    private readonly GreeterMachine _machine = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("imagecraft-sdk-");

    [Fact]
    public async Task Where_there_is_only_busybox_it_compiles_runs_deploys_and_debugs()
    {
        _machine.WriteBoard();
        _machine.Desk.WriteImage("tiny", $"{DeskWorkspace.LayeredKernel}packages: [ base-files, busybox, zlib, libstdcxx ]\n");
        await _machine.Desk.BuildAsync("tiny");
        await _machine.RunAsync(0, "sdk");
        var archive = _machine.Desk.PathOf("out/desk/tiny/tiny-desk-sdk.tar.gz");
        var root = Directory.CreateDirectory(Path.Combine(_folder.FullName, "root"));
        foreach (var folder in (string[])["bin", "proc", "dev", "tmp", "elsewhere"])
            root.CreateSubdirectory(folder);
        File.Copy(Path.Combine(Variable("IMAGECRAFT_TEST_APPLETS"), "usr", "bin", "busybox"), Path.Combine(root.FullName, "bin", "busybox"));
        foreach (var applet in (string[])["cat", "cp", "dirname", "grep", "kill", "mkdir", "mkfifo", "printf", "readlink", "sed", "sh", "sleep", "tar"])
            File.CreateSymbolicLink(Path.Combine(root.FullName, "bin", applet), "busybox");
        File.Move(archive, Path.Combine(root.FullName, "elsewhere", "sdk.tar.gz"));

        await RunAsync(root, "/elsewhere", "tar xzf sdk.tar.gz");
        var sdk = Path.Combine(root.FullName, "elsewhere", "tiny-desk-sdk");
        Assert.All(Directory.EnumerateFileSystemEntries(Path.Combine(sdk, "bin")), path => Assert.True(File.Exists(path), $"`{path}` leads to nothing"));
        var text = await RunAsync(root, "/elsewhere/tiny-desk-sdk", $"IMAGECRAFT_SDK=$PWD\n{Script}");

        Assert.Contains("/elsewhere/tiny-desk-sdk/host/usr/bin/cmake\n", text, StringComparison.Ordinal);
        Assert.Matches(new Regex(@"Machine: +AArch64"), text);
        Assert.Contains("`/usr/include` belongs to this machine. The board's is `/elsewhere/tiny-desk-sdk/sysroot/usr/include`", text, StringComparison.Ordinal);
        Assert.Contains("`/bin/busybox` is a program for another processor than that of `desk`", text, StringComparison.Ordinal);
        Assert.Contains("/usr/bin/zip\n/usr/bin/meson-zip\nDeployed 2 of 2 files", text, StringComparison.Ordinal);
        Assert.Contains("Nothing to do: ", text, StringComparison.Ordinal);
        Assert.Matches(new Regex(@"Breakpoint 1, days_between \(from=1767225600, to=1767398400\)"), text);
        Assert.Matches(new Regex(@"#1 +main \(count=.*days\.c:14"), text);
        Assert.Contains("return (int)(difftime(to, from) / 86400);", text, StringComparison.Ordinal);
        Assert.Contains("began 2 days ago", text, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(text, @"(?m)^1\.\d+(\.\d+)*\r?$"));
    }

    [Fact]
    [Trait("Matrix", "wide")]
    public async Task Other_tools_unpack_its_container_whose_shell_finds_the_compilers()
    {
        _machine.WriteBoard();
        _machine.Desk.WriteImage("tiny", $"{DeskWorkspace.LayeredKernel}packages: [ base-files, busybox, zlib, libstdcxx ]\n");
        await _machine.Desk.BuildAsync("tiny");
        await _machine.RunAsync(0, "sdk", "--container");
        using var tools = new FormatWorkspace();
        tools.WriteBoard("");
        tools.WriteImage("");
        await tools.BuildAsync("rootfs.tar");

        var layout = await tools.LayoutAsync(_machine.Desk.PathOf("out/desk/tiny/tiny-desk-sdk.oci.tar"), "amd64");
        await tools.ToolAsync("oci", "/usr/bin/umoci", "unpack", "--rootless", "--image", $"{layout}:box", tools.Place("bundle"));
        var process = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(tools.Place("bundle"), "config.json"), TestContext.Current.CancellationToken))!["process"]!;
        string[] Words(string name) => [.. process[name]!.AsArray().Select(word => word!.GetValue<string>())];
        var text = await StartAsync(
            new(Path.Combine(tools.Place("bundle"), "rootfs")), process["cwd"]!.GetValue<string>(), Words("env").Select(variable => variable.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]),
            [.. Words("args"), "-i", "-c", "set -e; cp -r \"$IMAGECRAFT_SDK/examples/days\" /tmp/days; cmake -S /tmp/days -B /tmp/out -G Ninja; cmake --build /tmp/out; $READELF -h /tmp/out/days; imagecraft --version"]);
        Assert.Matches(new Regex(@"Machine: +AArch64"), text);
        Assert.Matches(new Regex(@"(?m)^\d+\.\d+\.\d+$"), text);
    }

    public void Dispose()
    {
        _machine.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : throw new InvalidOperationException($"`{name}` is not set; run the tests by `./build.sh test`");

    private static Task<string> RunAsync(DirectoryInfo root, string folder, string script) => StartAsync(root, folder, new Dictionary<string, string> { ["PATH"] = "/bin" }, ["/bin/sh", "-c", script]);

    // Nothing of this host is there but its kernel.
    private static async Task<string> StartAsync(DirectoryInfo root, string folder, IReadOnlyDictionary<string, string> environment, string[] command)
    {
        var tool = Imagecraft.Qemu.Machines.ToolRootProgram.Find(Path.Combine(Variable("IMAGECRAFT_TEST_TOOLROOT"), "sandbox"), "/usr/bin/bwrap");
        // It ends with the thread that started it, which here is the only one of a shell.
        var result = await CliWrap.Cli.Wrap("sh")
            .WithArguments(["-c", "\"$@\"; exit $?", "sh", tool.Program, .. tool.Arguments, "--unshare-all", "--die-with-parent", "--bind", root.FullName, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", folder, "--clearenv", .. environment.SelectMany(variable => new[] { "--setenv", variable.Key, variable.Value }), .. command])
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        var text = result.StandardOutput + result.StandardError;
        Assert.True(result.ExitCode == 0, text);
        return text;
    }
}
