// The keys each build system has in `build:`. Unaware of how systems build.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Metadata.Forms.Kinds;

/// <summary>One method a build system.</summary>
static class BuildSystems
{
    public static IEnumerable<KeyValuePair<string, Form<BuildSpec>>> All =>
    [
        new("autotools", Autotools()), new("cmake", Cmake()), new("meson", Meson()), new("make", Make()), new("kconfig", Kconfig()),
        new("kernel", Kernel()), new("kernel-module", KernelModule()), new("kernel-tool", KernelTool()), new("dotnet-aot", DotnetAot()),
        new("prebuilt", Prebuilt()), new("script", Script()),
    ];

    static Form<BuildSpec> Autotools()
    {
        var keys = new BuildKeys();
        var configure = keys.Texts("configure", "further arguments of ./configure");
        var make = keys.Make();
        var install = keys.Install();
        return keys.Form("autotools", (values, system) => new BuildSpec.Autotools(values.Get(configure), values.Get(make), values.Get(install)) { System = system });
    }

    static Form<BuildSpec> Cmake()
    {
        var keys = new BuildKeys();
        var options = keys.Texts("options", "further arguments of cmake");
        return keys.Form("cmake", (values, system) => new BuildSpec.Cmake(values.Get(options)) { System = system });
    }

    static Form<BuildSpec> Meson()
    {
        var keys = new BuildKeys();
        var options = keys.Texts("options", "further arguments of meson setup");
        return keys.Form("meson", (values, system) => new BuildSpec.Meson(values.Get(options)) { System = system });
    }

    static Form<BuildSpec> Make()
    {
        var keys = new BuildKeys();
        var make = keys.Make();
        var install = keys.Install();
        return keys.Form("make", (values, system) => new BuildSpec.Make(values.Get(make), values.Get(install)) { System = system });
    }

    static Form<BuildSpec> Kconfig()
    {
        var keys = new BuildKeys();
        var config = keys.Config();
        var fragments = keys.Fragments();
        var make = keys.Make();
        var install = keys.Install();
        return keys.Form("kconfig", (values, system) =>
            new BuildSpec.Kconfig(values.Get(config), values.Get(fragments), values.Get(make), values.Get(install)) { System = system });
    }

    static Form<BuildSpec> Kernel()
    {
        var keys = new BuildKeys();
        var config = keys.Config();
        var fragments = keys.Fragments();
        var compilerCache = keys.Fields.Optional("compiler-cache", ScalarShapes.Truth.Select(truth => truth.Value), false, "compile through ccache: the first build is slower, one after a changed patch is faster");
        var seed = keys.Fields.Maybe("seed", ScalarShapes.Text, "words that layouts of structures (CONFIG_RANDSTRUCT) and compiled-in random numbers are drawn from; the recipe's name and version when absent");
        return keys.Form("kernel", (values, system) => new BuildSpec.Kernel(values.Get(config), values.Get(fragments), values.Get(compilerCache), values.Get(seed)) { System = system });
    }

    static Form<BuildSpec> KernelModule()
    {
        var keys = new BuildKeys();
        var make = keys.Make();
        return keys.Form("kernel-module", (values, system) => new BuildSpec.KernelModule(values.Get(make)) { System = system });
    }

    static Form<BuildSpec> KernelTool()
    {
        var keys = new BuildKeys();
        var kernel = keys.Fields.Required("kernel", ScalarShapes.Name, "recipe of the kernel whose sources are used");
        var make = keys.Make();
        var install = keys.Install();
        return keys.Form("kernel-tool", (values, system) => new BuildSpec.KernelTool(values.Get(kernel), values.Get(make), values.Get(install)) { System = system });
    }

    static Form<BuildSpec> DotnetAot()
    {
        var keys = new BuildKeys();
        var project = keys.Fields.Required("project", ScalarShapes.Text, "project file, relative to the workspace");
        var folders = keys.Texts("folders", "folders of the workspace that the project needs");
        var properties = keys.Texts("properties", "MSBuild properties as NAME=VALUE");
        return keys.Form("dotnet-aot", (values, system) => new BuildSpec.DotnetAot(values.Get(project), values.Get(folders), values.Get(properties)) { System = system });
    }

    // It runs no steps, so it has none of the keys of those that do.
    static Form<BuildSpec> Prebuilt()
    {
        var keys = new FieldSet();
        var system = keys.Required("system", ScalarShapes.Text, "build system");
        var feed = keys.Required("feed", ScalarShapes.Name, "feed of the packages");
        var packages = keys.Required("packages", new ListOf<Sited<string>>(ScalarShapes.Text), "packages of the feed; their dependencies come along");
        var without = keys.List("without", ScalarShapes.Text, "packages never taken, though something depends on them");
        var architectures = keys.List("architectures", ScalarShapes.Name, "architectures that the feed has them for; all when absent");
        return new("`build` of system `prebuilt`", keys, values =>
            new BuildSpec.Prebuilt(values.Get(feed), values.Get(packages), values.Get(without), values.Get(architectures)) { System = values.Get(system) });
    }

    static Form<BuildSpec> Script()
    {
        var keys = new BuildKeys();
        var steps = keys.Fields.Required("steps", ScalarShapes.Text, "shell that installs into $DESTDIR");
        return keys.Form("script", (values, system) => new BuildSpec.Script(values.Get(steps)) { System = system });
    }

    /// <summary>The keys all systems with steps have, and those that several have.</summary>
    sealed class BuildKeys
    {
        readonly Field<Sited<string>> system;
        readonly Field<Sited<string>?> toolRoot;
        readonly Field<ImmutableArray<Sited<string>>> tools;
        readonly Field<bool> perBoard;
        readonly Field<string> subfolder;
        readonly Field<ImmutableSortedDictionary<string, string>> environment;
        readonly Field<Sited<string>?> before;
        readonly Field<Sited<string>?> after;

        public BuildKeys()
        {
            system = Fields.Required("system", ScalarShapes.Text, "build system");
            toolRoot = Fields.Maybe("toolroot", ScalarShapes.Name, "tool root it is built in; the architecture's own when absent");
            tools = Fields.List("tools", ScalarShapes.Name, "further tool roots, merged over it");
            perBoard = Fields.Optional("per-board", ScalarShapes.Truth.Select(truth => truth.Value), false, "built for one board, with its `variables` and `build-depends`");
            subfolder = Fields.Optional("subfolder", ScalarShapes.Words, "", "folder below the source root with the build files");
            environment = Fields.Map("environment", ScalarShapes.Words, "environment of all steps");
            before = Fields.Maybe("before", ScalarShapes.Text, "shell run in the source folder before configuring");
            after = Fields.Maybe("after", ScalarShapes.Text, "shell run after installing, with $DESTDIR");
        }

        public FieldSet Fields { get; } = new();

        public Field<ImmutableArray<Sited<string>>> Texts(string key, string meaning) => Fields.List(key, ScalarShapes.Text, meaning);

        public Field<ImmutableArray<Sited<string>>> Make() => Texts("make", "further arguments of make");

        public Field<ImmutableArray<Sited<string>>> Install() => Texts("install", "arguments of make for installing");

        public Field<Sited<string>> Config() => Fields.Required("config", FileShapes.FileOrConfigTarget, "make target such as defconfig, or a file");

        public Field<ImmutableArray<Sited<string>>> Fragments() => Fields.List("fragments", FileShapes.File, "files whose symbols the final configuration must have");

        public Form<BuildSpec> Form(string name, Func<Values, Sited<string>, BuildSpec> make) =>
            new($"`build` of system `{name}`", Fields, values => make(values, values.Get(system)) with
            {
                ToolRoot = values.Get(toolRoot),
                Tools = values.Get(tools),
                PerBoard = values.Get(perBoard),
                Subfolder = values.Get(subfolder),
                Environment = values.Get(environment),
                Before = values.Get(before),
                After = values.Get(after),
            });
    }
}
