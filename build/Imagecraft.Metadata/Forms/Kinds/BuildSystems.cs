// The keys each build system has in `build:`. Unaware of how systems build.

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Imagecraft.Metadata.Languages;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>One entry a build system.</summary>
static class BuildSystems
{
    static readonly Shape<Sited<string>> Property = new Scalar<string>(
        "a property such as `Name=Value`", text => (text, text.IndexOf('=') > 0), () => new() { ["type"] = "string", ["pattern"] = "^[^=]+=" });

    static readonly Shape<ToolSpec> Tool = new Scalar<(string Name, bool IsRecipe)>(
        "the name of a tool root, or `recipe:NAME`", text =>
        {
            var isRecipe = text.StartsWith(ToolSpec.RecipePrefix, StringComparison.Ordinal);
            var name = isRecipe ? text[ToolSpec.RecipePrefix.Length..] : text;
            return ((name, isRecipe), ScalarShapes.IsName(name));
        },
        () => new() { ["type"] = new JsonArray("string", "number"), ["pattern"] = $"^({ToolSpec.RecipePrefix})?[a-z0-9][a-z0-9+._-]*$" }).Select(tool => new ToolSpec(new(tool.Value.Name, tool.Span), tool.Value.IsRecipe));

    static readonly LockFileShape Crates = new(LockFiles.Cargo), Modules = new(LockFiles.Go), NodeModules = new(LockFiles.Npm);

    public static IEnumerable<KeyValuePair<string, Form<BuildSpec>>> All =>
    [
        Of("autotools", (keys, system) => new BuildSpec.Autotools(keys.Texts("configure", "further arguments of ./configure"), keys.Make(), keys.Install()) { System = system }),
        Of("cmake", (keys, system) => new BuildSpec.Cmake(keys.Texts("options", "further arguments of cmake")) { System = system }),
        Of("meson", (keys, system) => new BuildSpec.Meson(keys.Texts("options", "further arguments of meson setup")) { System = system }),
        Of("make", (keys, system) => new BuildSpec.Make(keys.Make(), keys.Install()) { System = system }),
        Of("kconfig", (keys, system) => new BuildSpec.Kconfig(keys.Config(), keys.Fragments(), keys.Make(), keys.Install()) { System = system }),
        Of("kernel", (keys, system) => new BuildSpec.Kernel(
            keys.Config(),
            keys.Fragments(),
            keys.Optional("compiler-cache", ScalarShapes.Flag, false, "compile through ccache: the first build is slower, one after a changed patch is faster"),
            keys.Maybe("seed", ScalarShapes.Text, "words that layouts of structures (CONFIG_RANDSTRUCT) and compiled-in random numbers are drawn from; the recipe's name and version when absent")) { System = system }),
        Of("kernel-module", (keys, system) => new BuildSpec.KernelModule(keys.Make()) { System = system }),
        Of("kernel-tool", (keys, system) => new BuildSpec.KernelTool(keys.Required("kernel", ScalarShapes.Name, "recipe of the kernel whose sources are used"), keys.Make(), keys.Install()) { System = system }),
        Of("dotnet-aot", (keys, system) => new BuildSpec.DotnetAot(
            keys.Required("project", FileShapes.OfWorkspace, "project file, relative to the workspace"),
            keys.List("folders", FileShapes.OfWorkspace, "folders of the workspace that the project needs"),
            keys.List("properties", Property, "MSBuild properties as NAME=VALUE")) { System = system }),
        Of("cargo", (keys, system) => new BuildSpec.Cargo(
            keys.Texts("arguments", "further arguments of cargo install, e.g. --features"),
            keys.Maybe("crates", Crates, "Cargo.lock beside the recipe, whose crates are fetched; not needed where the sources have them")) { System = system }),
        Of("go", (keys, system) => new BuildSpec.Go(
            keys.Texts("programs", "packages that are built, e.g. ./cmd/app; the one in the folder when absent"),
            keys.Texts("tags", "build tags"),
            keys.Texts("linker-flags", "further arguments of the linker, e.g. `-X main.version=$VERSION`"),
            keys.Optional("c", ScalarShapes.Flag, false, "whether it has parts in C (cgo)"),
            keys.Maybe("modules", Modules, "go.sum beside the recipe, whose modules are fetched; not needed with a vendor/ folder")) { System = system }),
        Of("python", (keys, system) => new BuildSpec.Python(keys.Texts("settings", "settings of the build backend as NAME=VALUE")) { System = system }),
        Of("node", (keys, system) => new BuildSpec.Node(
            keys.Maybe("modules", NodeModules, "package-lock.json beside the recipe, whose packages are fetched"),
            keys.Map("programs", ScalarShapes.Text, "programs in /usr/bin by name, with their files in the sources", ScalarShapes.Name),
            keys.Maybe("steps", ScalarShapes.Text, "shell that builds, before everything in the source folder is installed")) { System = system }),
        // It runs no steps, so it has none of the keys of those that do.
        new("prebuilt", new Form<BuildSpec>("`build` of system `prebuilt`", keys =>
        {
            var system = keys.System();
            return new BuildSpec.Prebuilt(
                keys.Required("feed", ScalarShapes.Name, "feed of the packages"),
                keys.Required("packages", new ListOf<Sited<string>>(PackageName.Shape), "packages of the feed; their dependencies come along"),
                keys.List("without", ScalarShapes.Text, "packages never taken, though something depends on them"),
                keys.List("architectures", ScalarShapes.Name, "architectures that the feed has them for; all when absent")) { System = system };
        })),
        Of("script", (keys, system) => new BuildSpec.Script(keys.Required("steps", ScalarShapes.Text, "shell that installs into $DESTDIR")) { System = system }),
    ];

    /// <summary>A system with steps: the keys that all of those have come before its own.</summary>
    static KeyValuePair<string, Form<BuildSpec>> Of(string name, Func<Keys, Sited<string>, BuildSpec> make) => new(name, new Form<BuildSpec>($"`build` of system `{name}`", keys =>
    {
        var system = keys.System();
        var toolRoot = keys.Maybe("toolroot", ScalarShapes.Name, "tool root it is built in; the architecture's own when absent");
        var tools = keys.List("tools", Tool, "further tool roots, merged over it, and recipes that are built for the build host, as `recipe:NAME`");
        var perBoard = keys.Optional("per-board", ScalarShapes.Flag, false, "built for one board, with its `variables` and `build-depends`");
        var subfolder = keys.Optional("subfolder", ScalarShapes.Below, "", "folder below the source root with the build files");
        var environment = keys.Map("environment", ScalarShapes.Text, "environment of all steps; `$NAME` is one of the documented variables", TextShapes.Variable);
        var strip = keys.Optional("strip", ScalarShapes.Flag, true, "take what only debuggers need out of installed programs, into the package `NAME-dbg`");
        var hardening = keys.Maybe("hardening", HardeningForm.Form, "what of the usual hardening it cannot take, and why");
        var before = keys.Maybe("before", ScalarShapes.Text, "shell run in the source folder before configuring");
        var after = keys.Maybe("after", ScalarShapes.Text, "shell run after installing, with $DESTDIR");
        return make(keys, system) with { ToolRoot = toolRoot, Tools = tools, PerBoard = perBoard, Subfolder = subfolder, Environment = environment, Strip = strip, Hardening = hardening ?? HardeningSpec.Whole, Before = before, After = after };
    }));

    // Keys that several systems have.

    static Sited<string> System(this Keys keys) => keys.Required("system", ScalarShapes.Text, "build system");

    static ImmutableArray<Sited<string>> Texts(this Keys keys, string key, string meaning) => keys.List(key, ScalarShapes.Text, meaning);

    static ImmutableArray<Sited<string>> Make(this Keys keys) => keys.Texts("make", "further arguments of make");

    static ImmutableArray<Sited<string>> Install(this Keys keys) => keys.Texts("install", "arguments of make for installing");

    static Sited<string> Config(this Keys keys) => keys.Required("config", FileShapes.FileOrConfigTarget, "make target such as defconfig, or a file");

    static ImmutableArray<Sited<string>> Fragments(this Keys keys) => keys.List("fragments", FileShapes.File, "files whose symbols the final configuration must have");
}
