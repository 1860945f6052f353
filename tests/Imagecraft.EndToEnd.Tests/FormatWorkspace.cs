// A small workspace whose image is built in some formats, without its kernel, in this process; with the tools that examine them.

using CliWrap;
using CliWrap.Buffered;
using Imagecraft.Cli;
using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Output;
using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Events;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Graph;
using Imagecraft.Engine.Store;
using Imagecraft.Qemu.Machines;

namespace Imagecraft.EndToEnd.Tests;

internal sealed class FormatWorkspace : IDisposable
{
    private static readonly string[] Roots = ["formats", "image", "oci", "disks"];

    private readonly SmallWorkspace workspace = new();
    private readonly DirectoryInfo output = Directory.CreateTempSubdirectory("imagecraft-formats-");
    private readonly Dictionary<string, string> toolRoots = [];

    public FormatWorkspace()
    {
        workspace.Write("recipes/linux/linux.yaml", "recipe: linux\nversion: \"1\"\nlicense: GPL-2.0-only\nbuild:\n  system: kernel\n  config: tinyconfig\n");
        workspace.WriteRecipe("hello", "system: script\n  steps: |\n    mkdir -p $DESTDIR/usr/bin $DESTDIR/usr/share/boot/overlays $DESTDIR/usr/share/big\n    echo 'echo hello' > $DESTDIR/usr/bin/hello\n    chmod 0755 $DESTDIR/usr/bin/hello\n    ln -s hello $DESTDIR/usr/bin/hi\n    echo loader > $DESTDIR/usr/share/boot/loader.bin\n    for i in one two; do echo $i > $DESTDIR/usr/share/boot/overlays/$i.dtbo; done\n    head -c 3000000 /dev/zero > $DESTDIR/usr/share/big/zeros", "hello", "/**");
    }

    /// <summary>Everything that builds said.</summary>
    public StringWriter Log { get; } = new();

    /// <summary>Writes a board with these lines below its usual ones.</summary>
    /// <param name="lines">The further lines.</param>
    /// <param name="root">Where the kernel finds its root.</param>
    public void WriteBoard(string lines, string root = "PARTLABEL=root") => workspace.Write("boards/small.yaml", $"board: small\narchitecture: arm64\nkernel: linux\ncommand-line: console=ttyAMA0 root={root}\nconsole: ttyAMA0\ndefault-image: small\n{lines}");

    public void WriteImage(string lines) => workspace.Write("images/small.yaml", $"image: small\npackages: [ hello ]\n{lines}");

    public void Write(string path, string text) => workspace.Write(path, text);

    /// <summary>Builds artifacts; what they are written to lies at the paths that come back.</summary>
    public async Task<IReadOnlyList<string>> BuildAsync(params string[] artifacts)
    {
        var (result, paths) = await TryAsync(artifacts);
        Assert.True(result.Succeeded, $"{Log}\n{string.Join('\n', result.Failures.Select(f => $"{f.Id}: {f.Failure.Message}"))}");
        return paths;
    }

    /// <summary>Builds what must fail by the user's fault; what was said comes back.</summary>
    public async Task<string> FailAsync(params string[] artifacts)
    {
        var (result, _) = await TryAsync(artifacts);
        Assert.Equal(3, result.ExitCode);
        return Log.ToString();
    }

    /// <summary>Runs a program of a tool root by that root's own loader; it must end with zero.</summary>
    public async Task<string> ToolAsync(string toolRoot, string program, params string[] arguments)
    {
        var (exitCode, text) = await TryToolAsync(toolRoot, program, arguments);
        Assert.True(exitCode == 0, $"`{program} {string.Join(' ', arguments)}` ended with {exitCode}: {text}");
        return text;
    }

    /// <summary>As <see cref="ToolAsync"/>, however it ends. Python finds its modules in the tool root, and whoever starts programs those of <see cref="Offer"/>.</summary>
    public async Task<(int ExitCode, string Text)> TryToolAsync(string toolRoot, string program, params string[] arguments)
    {
        var tool = ToolRootProgram.Find(toolRoots[toolRoot], program);
        var result = await CliWrap.Cli.Wrap(tool.Program).WithArguments([.. tool.Arguments, .. arguments]).WithWorkingDirectory(output.FullName)
            .WithEnvironmentVariables(e => e.Set("TZ", "UTC").Set("LC_ALL", "C.UTF-8").Set("HOME", output.FullName).Set("PYTHONHOME", Path.Combine(toolRoots[toolRoot], "usr")).Set("PYTHONDONTWRITEBYTECODE", "1").Set("PATH", $"{Place("bin")}:{Environment.GetEnvironmentVariable("PATH")}")).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        return (result.ExitCode, result.StandardOutput + result.StandardError);
    }

    /// <summary>The archive of a container as a layout in a folder, with a tag that <c>umoci</c> takes.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="architecture">Of the container, in Go's words.</param>
    public async Task<string> LayoutAsync(string archive, string architecture = "arm64")
    {
        await ToolAsync("oci", "/usr/bin/skopeo", "--insecure-policy", "--tmpdir", Path.GetTempPath(), "copy", "--override-arch", architecture, $"oci-archive:{archive}", $"oci:{Place("layout")}:box");
        return Place("layout");
    }

    /// <summary>Lets programs find another one of a tool root on their <c>PATH</c>.</summary>
    public void Offer(string toolRoot, string program)
    {
        var tool = ToolRootProgram.Find(toolRoots[toolRoot], program);
        var file = Place($"bin/{Path.GetFileName(program)}");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"#!/bin/sh\nexec {string.Join(' ', tool.Arguments.Prepend(tool.Program).Select(word => $"'{word}'"))} \"$@\"\n");
        File.SetUnixFileMode(file, (UnixFileMode)0x1ed);
    }

    /// <summary>Host folder of a tool root.</summary>
    public string ToolRoot(string name) => toolRoots[name];

    /// <summary>A path for what a test takes out of an artifact.</summary>
    public string Place(string name) => Path.Combine(output.FullName, name);

    public void Dispose()
    {
        workspace.Dispose();
        output.Delete(recursive: true);
    }

    /// <summary>Builds artifacts once more, every step of the image anew: the cache cannot answer, because each step has something more in its key.</summary>
    public async Task<IReadOnlyList<string>> BuildAgainAsync(params string[] artifacts)
    {
        var own = Guid.NewGuid().ToString("N");
        var (result, paths) = await TryAsync(artifacts, node => !node.Id.Value.StartsWith("small@small:", StringComparison.Ordinal) ? node : node with
        {
            Work = node.Work switch
            {
                ActionWork.Process process => process with { Environment = process.Environment.SetItem("AGAIN", own) },
                ActionWork.BuiltIn builtIn => builtIn with { Parameters = builtIn.Parameters.SetItem("again", own) },
                var other => other,
            },
        });
        Assert.True(result.Succeeded, Log.ToString());
        Assert.All(result.Outcomes.Where(o => o.Key.Value.StartsWith("small@small:", StringComparison.Ordinal)), outcome => Assert.IsType<ActionOutcome.Executed>(outcome.Value));
        return paths;
    }

    private async Task<(BuildResult Result, IReadOnlyList<string> Paths)> TryAsync(string[] artifacts, Func<ActionNode, ActionNode>? change = null)
    {
        var session = new Session(new Recorder(Log), workspace.Root, Environment.GetEnvironmentVariable) { Dotnet = Dotnet() };
        using var workshop = await Workshop.OpenAsync(session, new BuildRequest("small", null, false, false, false, null, null) { ToolRoots = [.. Roots] });
        string[] paths = [.. artifacts.Select(artifact => Place(Path.Combine(change is null ? "first" : "again", artifact)))];
        ActionId[] roots = [.. Roots.Select(name => new ActionId($"toolroot:{name}"))];
        var plan = workshop.Plan;
        var graph = ActionGraph.Create(plan.Graph!.Nodes.Values.Select(change ?? (node => node)));
        using var engine = workshop.OpenEngine();
        using var renderer = new PlainRenderer(session.Console.Out, new BuildText(""), TimeProvider.System);
        var result = await engine.RunAsync(graph, [.. artifacts.Select(a => plan.Artifacts[a].Action).Concat(roots).Distinct()], renderer.Handle, TestContext.Current.CancellationToken, CancellationToken.None);
        if (!result.Succeeded)
            return (result, paths);
        foreach (var root in roots)
            toolRoots[root.Value["toolroot:".Length..]] = await engine.Store.MaterializeAsync(result.Output(root, "tree").Digest, TestContext.Current.CancellationToken);
        var items = artifacts.Select((a, i) => new ExportItem(result.Output(plan.Artifacts[a].Action, plan.Artifacts[a].Output).Digest, false, paths[i]));
        await new Exporter(engine.Store, Place("stamps")).ExportAsync([.. items], TestContext.Current.CancellationToken);
        return (result, paths);
    }

    // Tests are programs of their own; the command line would be run by `dotnet` itself.
    private static string Dotnet() => Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "dotnet")).First(File.Exists);

    private sealed class Recorder(StringWriter log) : IConsole
    {
        public TextWriter Out { get; } = TextWriter.Synchronized(log);

        public TextWriter Diagnostics => Out;

        public bool IsInteractive => false;

        public bool HasColor => false;

        public int Width => 120;
    }
}
