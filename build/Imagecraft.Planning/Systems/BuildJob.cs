// What every build system needs to plan one recipe for one target. Unaware of which system it is.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

/// <summary>A recipe about to be planned for a target.</summary>
public sealed class BuildJob
{
    /// <summary>Where installed files go.</summary>
    public const string Destination = "/out/install";

    /// <summary>The output with what was taken out of stripped programs.</summary>
    public const string DebugOutput = "debug";

    private const string DebugFolder = "/out/debug";

    /// <summary>Everything gathered so far.</summary>
    public required PlanContext Context { get; init; }

    /// <summary>The recipe.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Architecture and tuning.</summary>
    public required Target Target { get; init; }

    /// <summary>The board and image, for kernels and their modules.</summary>
    public required BoardTarget Board { get; init; }

    /// <summary>How GNU names the build host: by another maker than any target, so that what is built is never run.</summary>
    public string BuildMachine => Context.Workspace.Architectures.Values.FirstOrDefault(a => a.Debian.Value == Context.Options.HostArchitecture) is { } host ? $"{host.Cpu}-pc-linux-gnu" : "x86_64-pc-linux-gnu";

    /// <summary>Plans tool roots.</summary>
    public required ToolRoots ToolRoots { get; init; }

    /// <summary>Plans source trees.</summary>
    public required SourcePlanner Sources { get; init; }

    /// <summary>Plans another recipe for the same target (dependencies, the kernel).</summary>
    public required Func<string, SourceSpan, RecipePlan?> Other { get; init; }

    /// <summary>Plans another recipe for the build host (tools).</summary>
    public required Func<string, SourceSpan, RecipePlan?> OfHost { get; init; }

    /// <summary>How the recipe is compiled and what it is linked with.</summary>
    public Toolchain Toolchain => new(Context, ToolRoots, Target, Recipe);

    /// <summary>Whether the outputs depend on the board beyond its architecture.</summary>
    public bool PerBoard => IsKernels || Recipe.Build.PerBoard;

    // The image decides on the kernel too, but not on what boots it.
    private bool IsKernels => Recipe.Build is BuildSpec.Kernel or BuildSpec.KernelModule;

    /// <summary>Whether what only debuggers need is taken out of what is installed. Kernels' installation does it itself, and what is compiled ahead of time has nothing.</summary>
    public bool IsStripped => Recipe.Build is { Strip: true } and not (BuildSpec.Kernel or BuildSpec.KernelModule or BuildSpec.Prebuilt or BuildSpec.DotnetAot);

    /// <summary>The id of a step of this recipe.</summary>
    public ActionId Id(string step) => new($"{Recipe.Name}@{(IsKernels ? Board.Id : PerBoard ? Board.Board.Name.Value : Target.Id)}:{step}");

    /// <summary>Changes whenever a package of the tools does.</summary>
    public string ToolsIdentity => string.Join('+', FurtherTools.Select(t => t.Name).Prepend(OwnToolRoot ?? Target.Architecture.ToolRoot).Select(t => ToolRoots.Identity(t)));

    /// <summary>The source tree.</summary>
    public SourceTree Source => Sources.Plan(Recipe);

    /// <summary>Whether somebody works on the sources, so that builds continue in the folder of the last one.</summary>
    public bool IsEdited => Sources.EditOf(Recipe) is not null;

    /// <summary>Shell text of the recipe's author that comes before all else. Where a build continues it has changed the sources already.</summary>
    public string? Before => Recipe.Build.Before?.Value is { } text && IsEdited ? $"[ ! -e /build/.begun ] || exit 0; {text}\n: > /build/.begun\n" : Recipe.Build.Before?.Value;

    /// <summary>Where the build files are inside the sandbox.</summary>
    public string SourceFolder => Recipe.Build.Subfolder.Length == 0 ? "/src" : $"/src/{Recipe.Build.Subfolder}";

    /// <summary>The documented variables: also the environment of all steps, with the recipe's own on top.</summary>
    public Variables Variables
    {
        get
        {
            var architecture = Target.Architecture;
            var cross = Target.Cross;
            // What a compiler takes from the clock is told in the log, where the engine looks for it.
            var flags = string.Join(' ', ["-O2", "-Wdate-time", .. Target.CpuFlags]);
            var values = new Dictionary<string, string>(Toolchain.Environment, StringComparer.Ordinal)
            {
                ["DESTDIR"] = Destination,
                ["TRIPLET"] = architecture.Triplet,
                ["LIBDIR"] = $"/usr/lib/{architecture.Triplet}",
                ["ARCH"] = architecture.KernelArch,
                ["CROSS_COMPILE"] = cross,
                ["VERSION"] = Recipe.Version,
                ["CC"] = $"{cross}gcc",
                ["CXX"] = $"{cross}g++",
                ["AR"] = $"{cross}ar",
                ["LD"] = $"{cross}ld",
                ["NM"] = $"{cross}nm",
                ["RANLIB"] = $"{cross}ranlib",
                ["STRIP"] = $"{cross}strip",
                ["OBJCOPY"] = $"{cross}objcopy",
            };
            if (HasEmulator)
                values["EMULATOR"] = string.Join(' ', Emulator);
            // kbuild reads none of these, and boards that differ only in tuning have one kernel.
            if (!IsKernels)
                values["CFLAGS"] = values["CXXFLAGS"] = flags;
            var known = new Variables(Context, values.ToImmutableSortedDictionary(StringComparer.Ordinal));
            if (Recipe.Build.PerBoard)
                known = known.With(Board.Board.Variables);
            return known.With(Recipe.Build.Environment);
        }
    }

    /// <summary>The tool root with QEMU's user emulation: a recipe that names it under <c>tools</c> can run programs of the board while it is built.</summary>
    private const string EmulatorRoot = "qemu-user";

    // What programs hear of the kernel, which would be the build host's otherwise.
    private const string EmulatedRelease = "6.12.0";

    private bool HasEmulator => Recipe.Build.Tools.Any(t => !t.IsRecipe && t.Name == EmulatorRoot);

    /// <summary>The command that a program of the board is an argument of, to run while building; empty for the build host, and where the recipe has no emulator among its tools.</summary>
    public ImmutableArray<string> Emulator => HasEmulator && !Target.IsHost ? [$"qemu-{Target.Architecture.Triplet.Value.Split('-')[0]}", "-cpu", "max", "-r", EmulatedRelease, "-L", Toolchain.Sysroot] : [];

    /// <summary>The tool root in which every step of the recipe runs, and what its <c>tools</c> lay over it.</summary>
    /// <param name="usual">The tool root when the recipe names none; null: the architecture's.</param>
    public IEnumerable<InputEdge> Tools(string? usual = null)
    {
        yield return ToolRoots.Plan(OwnToolRoot ?? usual ?? Target.Architecture.ToolRoot, (OwnToolRoot ?? Recipe.Name).Span).At("/", "tools");
        foreach (var (name, reason) in FurtherTools)
            yield return ToolRoots.Plan(name, name.Span).At("/", reason);
        foreach (var (recipe, owner, plan) in Closure(HostRecipes.ToolsOf(Recipe, Target.IsHost), host: true, OfHost))
            yield return plan.Install.At("/", owner == Recipe.Name.Value ? $"{recipe.Name}, built for the host, is a tool of {owner}" : $"{recipe.Name} is a build dependency of {owner}, a tool built for the host");
    }

    /// <summary>Tools, compiler, dependencies and sources as inputs.</summary>
    /// <param name="usual">The tool root when the recipe names none; null: the architecture's.</param>
    public IEnumerable<InputEdge> Inputs(string? usual = null)
    {
        foreach (var tools in Tools(usual))
            yield return tools;
        foreach (var part in Toolchain.Inputs)
            yield return part;
        yield return Steps.Runner;
        if (IsStripped)
            yield return Steps.Stripper;
        foreach (var dependency in Dependencies())
            yield return dependency;
        yield return Source.At("/src", $"the sources of {Recipe.Name}");
    }

    // A module is compiled with the compiler, its plugins and the compressors that built its kernel.
    private Recipe? Kernel => Recipe.Build is BuildSpec.KernelModule ? Context.Workspace.Recipes.GetValueOrDefault(Board.Board.Kernel) : null;

    private Sited<string>? OwnToolRoot => Recipe.Build.ToolRoot ?? Kernel?.Build.ToolRoot;

    private IEnumerable<(Sited<string> Name, string Reason)> FurtherTools =>
    [
        .. Kernel is { } kernel ? kernel.Build.Tools.Where(t => !t.IsRecipe).Select(t => (t.Name, $"tools of {kernel.Name}, whose configuration decides on modules too")) : [],
        .. Recipe.Build.Tools.Where(t => !t.IsRecipe).Select(t => (t.Name, $"tools of {Recipe.Name}")),
    ];

    /// <summary>The install trees of the recipe's dependencies, and of theirs: those of the target below its sysroot.</summary>
    public IEnumerable<InputEdge> Dependencies() => DependencyPlans().Select(d => d.Plan.Install.At(Target.IsHost ? "/" : Toolchain.Sysroot, $"{d.Recipe.Name} is a build dependency of {d.Owner}"));

    /// <summary>The recipe's dependencies and theirs, each once with the first that names it.</summary>
    internal IEnumerable<(Recipe Recipe, string Owner, RecipePlan Plan)> DependencyPlans() =>
        Closure(Recipe.Build.PerBoard && Board.Board.BuildDepends.TryGetValue(Recipe.Name, out var ofBoard) ? Recipe.Depends.AddRange(ofBoard) : Recipe.Depends, Target.IsHost, Other);

    private IEnumerable<(Recipe Recipe, string Owner, RecipePlan Plan)> Closure(IEnumerable<Sited<string>> own, bool host, Func<string, SourceSpan, RecipePlan?> planned)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<(Sited<string> Name, string Owner)>(own.Select(d => (d, Recipe.Name.Value)));
        while (queue.TryDequeue(out var next))
        {
            if (!seen.Add(next.Name.Value) || planned(next.Name, next.Name.Span) is not { } plan)
                continue;
            var recipe = Context.Workspace.RecipesFor(host)[next.Name];
            yield return (recipe, next.Owner, plan);
            foreach (var further in recipe.Depends)
                queue.Enqueue((further, next.Name));
        }
    }

    /// <summary>A step as it is, or, where somebody works on the sources, one that continues where its last run ended.</summary>
    /// <param name="step">Last part of its id.</param>
    /// <param name="work">What brings its folder up to date by itself.</param>
    public ActionWork.Process Continuing(string step, ActionWork.Process work) => Sources.EditOf(Recipe) is { } edited
        ? work with { Follows = work.Follows.Add("/src"), KeptFolder = Path.Combine(edited.KeptFolder, Id(step).Value.Replace(':', '.')) }
        : work;

    /// <summary>The usual action: steps that leave files below <see cref="Destination"/>, which are then stripped.</summary>
    /// <param name="steps">What runs.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="extra">Outputs beside the install tree.</param>
    /// <param name="compilerCache">A cache to compile through.</param>
    /// <param name="environment">What the steps see; the documented variables when null.</param>
    /// <param name="follows">Inputs whose changes the build tool follows in the folder of an earlier run (<see cref="ActionWork.Process.Follows"/>).</param>
    public OutputRef Build(Steps steps, IEnumerable<InputEdge> inputs, ImmutableArray<OutputSpec> extra = default, Ccache? compilerCache = null, ImmutableArray<string> follows = default, ImmutableSortedDictionary<string, string>? environment = null)
    {
        steps.ThenText("after", Recipe.Build.After?.Value);
        if (IsStripped)
            steps.Then("/bin/bash", Steps.StripperPath, Destination, DebugFolder + ConventionalPackages.DebugFolder, Target.Cross, Target.Architecture.ElfMachine?.Value.ToString(CultureInfo.InvariantCulture) ?? "");
        return Context.Add(new ActionNode
        {
            Id = Id("build"),
            Work = Continuing("build", new()
            {
                Arguments = steps.ToArguments(),
                Environment = environment ?? (compilerCache is null ? Variables.Values : Variables.Values.SetItems(compilerCache.Environment)),
                WorkingDirectory = "/build",
                Caches = compilerCache is null ? ImmutableSortedDictionary<string, string>.Empty : Ccache.Mounts,
                Follows = follows.IsDefault ? [] : follows,
            }),
            Inputs = [.. inputs],
            Outputs = [new("install", Destination, OutputKind.Tree), .. IsStripped ? ImmutableArray.Create(new OutputSpec(DebugOutput, DebugFolder, OutputKind.Tree)) : [], .. extra.IsDefault ? [] : extra],
            Resources = new(Jobserver: true, MemoryBytes: 1L << 30),
            Description = $"Build {Recipe.Name} {Recipe.Version}",
        }, "install");
    }
}
