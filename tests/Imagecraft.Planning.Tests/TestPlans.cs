// A small workspace in memory, to plan from.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Feeds.Locking;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata;
using Imagecraft.Planning.Recipes;
using Imagecraft.Planning.Systems;
using Imagecraft.Requests;

namespace Imagecraft.Planning.Tests;

internal static class TestPlans
{
    private static readonly Dictionary<string, string> Base = new(StringComparer.Ordinal)
    {
        ["boards/arch.yaml"] = "architecture: arm64\ndebian: arm64\ntriplet: aarch64-linux-gnu\nkernel-arch: arm64\nkernel-image: Image\ndotnet-rid: linux-arm64\ncpu: aarch64\ntoolroot: cross\nkernel-fragments: [ arch.config ]\n",
        ["boards/board.yaml"] = "board: virt\narchitecture: arm64\ncpu-flags: [ -mcpu=cortex-a57 ]\nkernel: linux\nkernel-fragments: [ board.config ]\ncommand-line: console=ttyAMA0\nconsole: ttyAMA0\naccelerators: [ old, new ]\ndefault-image: base\npartitions:\n  - { name: root, type: linux-root-arm64, content: rootfs.ext4 }\n",
        ["boards/old.yaml"] = "accelerator: old\nkernel-fragments: [ old.config ]\nmodules: [ old-npu ]\n",
        ["boards/new.yaml"] = "accelerator: new\nkernel-fragments: [ new.config ]\nmodules: [ new_npu ]\nsince-kernel: \"6.18\"\n",
        ["recipes/feed.yaml"] = "feed: trixie\nsuite: trixie\ncomponents: [ main ]\n",
        ["recipes/cross.yaml"] = "toolroot: cross\nfeed: trixie\npackages: [ gcc ]\nlinks: { /usr/bin/cc: gcc }\n",
        ["recipes/image.yaml"] = "toolroot: image\nfeed: trixie\npackages: [ e2fsprogs ]\n",
        ["recipes/sandbox.yaml"] = "toolroot: sandbox\nfeed: trixie\npackages: [ bubblewrap ]\n",
        ["recipes/linux.yaml"] = Recipe("linux", "6.12.1", "system: kernel\n  config: tinyconfig\n  fragments: [ base.config ]", "modules", "/usr/lib/modules/**"),
        ["recipes/zlib.yaml"] = Recipe("zlib", "1.3", "system: cmake\n  options: [ -DA=1 ]", "zlib", "/usr/lib/**"),
        ["recipes/tool.yaml"] = Recipe("tool", "2.0", "system: autotools\n  configure: [ \"--libdir=$LIBDIR\" ]", "tool", "/usr/bin/**", "depends: [ zlib ]\npatches: [ 0001-fix.patch ]\nservices:\n  - { name: second, run: /bin/b, after: [ first ] }\n  - { name: first, run: /bin/a }\n"),
        ["images/base.yaml"] = "image: base\npackages: [ tool ]\n",
    };

    /// <summary>A file of the small workspace.</summary>
    public static string Text(string path) => Base[path];

    /// <summary>The lock that fits the small workspace.</summary>
    public static LockFile Lock { get; } = new(
        [
            .. new[] { "audio", "binman", "boot-images", "compiler", "cross", "dotnet", "drawing", "extra", "formats", "git", "go", "image", "node", "python", "qemu", "qemu-user", "rust", "sandbox" }.Select(name => new LockedSet(LockSets.OfToolRoot(name), "amd64", "x", [Package(name)])),
            .. new[] { "arm64", "amd64" }.Select(architecture => new LockedSet(LockSets.OfToolRoot($"sysroot-{architecture}"), architecture, "x", [Package("libc6-dev")])),
            new LockedSet(LockSets.OfDataset("clothes"), "amd64", "x", [Package("dataset-clothes")]),
        ],
        [new LockedProject(LockSets.OfRecipe("subject"), "x", [])]);

    /// <summary>A recipe with one source and one package.</summary>
    public static string Recipe(string name, string version, string build, string package, string files, string more = "") =>
        $"recipe: {name}\nversion: \"{version}\"\nlicense: MIT\nsources:\n  - url: https://example.org/{name}-{version}.tar.gz\n    sha256: {new string('a', 64)}\nbuild:\n  {build}\npackages:\n  - {{ name: {package}, files: [ \"{files}\" ] }}\n{more}";

    /// <summary>Reads the small workspace with files replaced or added.</summary>
    public static DotnetSdk Sdk { get; } = new("/sdk", "10.0.1", ["dotnet", "sdk/10.0.1"]);

    public static Workspace Workspace(params (string Path, string Text)[] changes) => Reading(changes).Workspace;

    /// <summary>The same with what was read beside the workspace.</summary>
    public static WorkspaceReading Reading(params (string Path, string Text)[] changes)
    {
        var texts = new Dictionary<string, string>(Base, StringComparer.Ordinal);
        foreach (var (path, text) in changes)
            texts[path] = text;
        var reading = WorkspaceReader.Read([new LayerText("", [.. texts.Select(t => new SourceText(t.Key, t.Value))])], path => !path.Contains("/acme/", StringComparison.Ordinal) && !path.EndsWith("virt.dts", StringComparison.Ordinal), text: path => texts.GetValueOrDefault(path) ?? "");
        Assert.Equal([], reading.Diagnostics.Where(d => d.Severity == Severity.Error));
        return reading;
    }

    /// <summary>Plans the image of the small board.</summary>
    public static ImageBuild Plan(params (string Path, string Text)[] changes) =>
        Planner.Plan(Workspace(changes), Lock, new PlanOptions("/workspace", "amd64", TestPlans.Sdk), "virt", null);

    /// <summary>The process of an action.</summary>
    public static ActionWork.Process Process(this ImageBuild build, string id) => Assert.IsType<ActionWork.Process>(build.Graph!.Nodes[new(id)].Work);

    /// <summary>What an action asks of its built-in function.</summary>
    public static T Request<T>(this ImageBuild build, string id) where T : IRequest
    {
        Assert.Equal(T.FunctionName, Assert.IsType<ActionWork.BuiltIn>(build.Graph!.Nodes[new(id)].Work).Function);
        return RequestJson.Read<T>(build.RequestText(id));
    }

    /// <summary>The same as text.</summary>
    public static string RequestText(this ImageBuild build, string id) =>
        Assert.IsType<InputSource.Inline>(build.Graph!.Nodes[new(id)].Inputs.Single(i => i.MountPath == RequestJson.Input.Path).Source).Text;

    /// <summary>Mount paths and reasons of an action's inputs, its request apart.</summary>
    public static ImmutableArray<(string Mount, string Reason)> InputsOf(this ImageBuild build, string id) =>
        [.. build.Graph!.Nodes[new(id)].Inputs.Where(i => i.MountPath != RequestJson.Input.Path).Select(i => (i.MountPath, i.Reason))];

    private static LockedPackage Package(string name) => new(name, "1", "amd64", "trixie", 1, new string('b', 64), $"pool/main/{name}.deb", name, "1");
}
