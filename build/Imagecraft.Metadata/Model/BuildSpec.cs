// How a recipe says that it is built. Unaware of YAML and of how systems build.

using System.Collections.Immutable;

namespace Imagecraft.Metadata.Model;

/// <summary>How a recipe is built: one kind a build system.</summary>
public abstract record BuildSpec
{
    /// <summary>The value of <c>system:</c>.</summary>
    public required Sited<string> System { get; init; }

    /// <summary>The tool root it is built in; null: the architecture's own.</summary>
    public Sited<string>? ToolRoot { get; init; }

    /// <summary>Further tool roots, and recipes built for the host, that are merged over it.</summary>
    public ImmutableArray<ToolSpec> Tools { get; init; } = [];

    /// <summary>The result belongs to one board, whose <see cref="Board.Variables"/> and <see cref="Board.BuildDepends"/> it is built with.</summary>
    public bool PerBoard { get; init; }

    /// <summary>Whether what only debuggers need is taken out of installed programs; it becomes the package <c>NAME-dbg</c>.</summary>
    public bool Strip { get; init; } = true;

    /// <summary>What of the usual hardening it cannot take.</summary>
    public HardeningSpec Hardening { get; init; } = HardeningSpec.Whole;

    /// <summary>Folder below the source root with the build files.</summary>
    public string Subfolder { get; init; } = "";

    /// <summary>Environment of all steps, with the documented variables in it.</summary>
    public ImmutableSortedDictionary<string, Sited<string>> Environment { get; init; } = ImmutableSortedDictionary<string, Sited<string>>.Empty;

    /// <summary>Shell (dash) run in the source folder before configuring.</summary>
    public Sited<string>? Before { get; init; }

    /// <summary>Shell run after installing, with <c>$DESTDIR</c>.</summary>
    public Sited<string>? After { get; init; }

    /// <summary>Everything is left to <c>./configure</c>, <c>make</c>, <c>make install</c>.</summary>
    public sealed record Autotools(ImmutableArray<Sited<string>> ConfigureArguments, ImmutableArray<Sited<string>> MakeArguments, ImmutableArray<Sited<string>> InstallArguments) : BuildSpec;

    /// <summary>CMake with Makefiles.</summary>
    public sealed record Cmake(ImmutableArray<Sited<string>> Options) : BuildSpec;

    /// <summary>Meson.</summary>
    public sealed record Meson(ImmutableArray<Sited<string>> Options) : BuildSpec;

    /// <summary>A plain Makefile.</summary>
    public sealed record Make(ImmutableArray<Sited<string>> MakeArguments, ImmutableArray<Sited<string>> InstallArguments) : BuildSpec;

    /// <summary>A kconfig program: <paramref name="Config"/> is a make target such as <c>defconfig</c>, or a workspace-relative path (which has a slash); fragments are contracts.</summary>
    public sealed record Kconfig(Sited<string> Config, ImmutableArray<Sited<string>> Fragments, ImmutableArray<Sited<string>> MakeArguments, ImmutableArray<Sited<string>> InstallArguments) : BuildSpec;

    /// <summary>The Linux kernel, configured for a board: base, then fragments of recipe, architecture, board, accelerators and image. <paramref name="CompilerCache"/>: compile through ccache. <paramref name="Seed"/>: words that layouts of structures and the compiler's random numbers are drawn from; null: the recipe's name and version.</summary>
    public sealed record Kernel(Sited<string> Config, ImmutableArray<Sited<string>> Fragments, bool CompilerCache, Sited<string>? Seed) : BuildSpec;

    /// <summary>An out-of-tree module against the kernel's development tree.</summary>
    public sealed record KernelModule(ImmutableArray<Sited<string>> MakeArguments) : BuildSpec;

    /// <summary>A program of the kernel's own tree (perf): built from the kernel recipe's sources.</summary>
    public sealed record KernelTool(Sited<string> KernelRecipe, ImmutableArray<Sited<string>> MakeArguments, ImmutableArray<Sited<string>> InstallArguments) : BuildSpec;

    /// <summary>A .NET project of this workspace, compiled ahead of time; <paramref name="Folder"/> is relative to the workspace root.</summary>
    public sealed record DotnetAot(Sited<string> Project, ImmutableArray<Sited<string>> Folders, ImmutableArray<Sited<string>> Properties) : BuildSpec;

    /// <summary>A Rust program built by Cargo. <paramref name="Crates"/>: what its <c>Cargo.lock</c> pins; null: it has everything in its sources, or no dependency.</summary>
    public sealed record Cargo(ImmutableArray<Sited<string>> Arguments, LanguageLock? Crates) : BuildSpec;

    /// <summary>Go programs. <paramref name="Modules"/>: what <c>go.sum</c> pins; null: modules lie in <c>vendor/</c>, or there are none. <paramref name="HasC"/>: it has parts in C.</summary>
    public sealed record Go(ImmutableArray<Sited<string>> Programs, ImmutableArray<Sited<string>> Tags, ImmutableArray<Sited<string>> LinkerFlags, bool HasC, LanguageLock? Modules) : BuildSpec;

    /// <summary>A Python distribution: sources with <c>pyproject.toml</c> or <c>setup.py</c>, or ready wheels among the sources.</summary>
    public sealed record Python(ImmutableArray<Sited<string>> Settings) : BuildSpec
    {
        /// <summary>The tool root with Python and its build backends, which every such recipe has besides.</summary>
        public const string LanguageTools = "python";
    }

    /// <summary>A program for Node.js with the packages of its <c>package-lock.json</c>, installed as <c>/usr/lib/node_modules/NAME</c>. <paramref name="Programs"/>: names in <c>/usr/bin</c> to files of it.</summary>
    public sealed record Node(LanguageLock? Modules, ImmutableSortedDictionary<string, Sited<string>> Programs, Sited<string>? Steps) : BuildSpec
    {
        /// <summary>The tool root with Node.js, which every such recipe has besides.</summary>
        public const string LanguageTools = "node";
    }

    /// <summary>Packages of a Debian feed for the board's architecture, with their dependencies. <paramref name="Architectures"/>: those that the feed has them for; empty: all.</summary>
    public sealed record Prebuilt(Sited<string> Feed, ImmutableArray<Sited<string>> FeedPackages, ImmutableArray<Sited<string>> Without, ImmutableArray<Sited<string>> Architectures) : BuildSpec;

    /// <summary>Shell steps; output goes to <c>$DESTDIR</c>.</summary>
    public sealed record Script(Sited<string> Steps) : BuildSpec;
}

/// <summary>What is merged over the tool root of a recipe.</summary>
/// <param name="Name">Name of a tool root or recipe.</param>
/// <param name="IsRecipe">Whether it is a recipe, which is built for the host then.</param>
public sealed record ToolSpec(Sited<string> Name, bool IsRecipe)
{
    /// <summary>What a recipe's name follows in <c>tools:</c>.</summary>
    public const string RecipePrefix = "recipe:";
}
