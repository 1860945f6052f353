// What every build system needs to plan one recipe for one target. Unaware of which system it is.

using System.Collections.Immutable;
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

    /// <summary>Everything gathered so far.</summary>
    public required PlanContext Context { get; init; }

    /// <summary>The recipe.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Architecture and tuning.</summary>
    public required Target Target { get; init; }

    /// <summary>The board and image, for kernels and their modules.</summary>
    public required BoardTarget Board { get; init; }

    /// <summary>Plans tool roots.</summary>
    public required ToolRoots ToolRoots { get; init; }

    /// <summary>Plans source trees.</summary>
    public required SourcePlanner Sources { get; init; }

    /// <summary>Plans another recipe for the same target (dependencies, the kernel).</summary>
    public required Func<string, SourceSpan, RecipePlan?> Other { get; init; }

    /// <summary>Whether the outputs depend on the board beyond its architecture.</summary>
    public bool PerBoard => IsKernels || Recipe.Build.PerBoard;

    // The image decides on the kernel too, but not on what boots it.
    private bool IsKernels => Recipe.Build is BuildSpec.Kernel or BuildSpec.KernelModule;

    /// <summary>The id of a step of this recipe.</summary>
    public ActionId Id(string step) => new($"{Recipe.Name}@{(IsKernels ? Board.Id : PerBoard ? Board.Board.Name.Value : Target.Id)}:{step}");

    /// <summary>Changes whenever a package of the tools does.</summary>
    public string ToolsIdentity => string.Join('+', FurtherTools.Select(t => t.Name).Prepend(OwnToolRoot ?? Target.Architecture.ToolRoot).Select(t => ToolRoots.Identity(t)));

    /// <summary>The source tree.</summary>
    public OutputRef Source => Sources.Plan(Recipe);

    /// <summary>Where the build files are inside the sandbox.</summary>
    public string SourceFolder => Recipe.Build.Subfolder.Length == 0 ? "/src" : $"/src/{Recipe.Build.Subfolder}";

    /// <summary>The documented variables: also the environment of all steps, with the recipe's own on top.</summary>
    public Variables Variables
    {
        get
        {
            var architecture = Target.Architecture;
            var cross = $"{architecture.Triplet}-";
            // What a compiler takes from the clock is told in the log, where the engine looks for it.
            var flags = string.Join(' ', ["-O2", "-Wdate-time", .. Target.CpuFlags]);
            var values = new Dictionary<string, string>(StringComparer.Ordinal)
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
                ["PKG_CONFIG_LIBDIR"] = $"/usr/lib/{architecture.Triplet}/pkgconfig:/usr/share/pkgconfig",
            };
            // kbuild reads none of these, and boards that differ only in tuning have one kernel.
            if (!IsKernels)
                values["CFLAGS"] = values["CXXFLAGS"] = flags;
            if (Recipe.Build.PerBoard)
            {
                foreach (var (name, value) in Board.Board.Variables)
                    values[name] = value;
            }

            foreach (var (name, value) in Recipe.Build.Environment)
                values[name] = value;
            return new(Context, values.ToImmutableSortedDictionary(StringComparer.Ordinal));
        }
    }

    /// <summary>The tool root in which every step of the recipe runs, and what its <c>tools</c> lay over it.</summary>
    /// <param name="usual">The tool root when the recipe names none; null: the architecture's.</param>
    public IEnumerable<InputEdge> Tools(string? usual = null)
    {
        yield return ToolRoots.Plan(OwnToolRoot ?? usual ?? Target.Architecture.ToolRoot, (OwnToolRoot ?? Recipe.Name).Span).At("/", "tools");
        foreach (var (name, reason) in FurtherTools)
            yield return ToolRoots.Plan(name, name.Span).At("/", reason);
    }

    /// <summary>Tools, dependencies and sources as inputs.</summary>
    public IEnumerable<InputEdge> Inputs()
    {
        foreach (var tools in Tools())
            yield return tools;
        yield return Steps.Runner;
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
        .. Kernel is { } kernel ? kernel.Build.Tools.Select(t => (t, $"tools of {kernel.Name}, whose configuration decides on modules too")) : [],
        .. Recipe.Build.Tools.Select(t => (t, $"tools of {Recipe.Name}")),
    ];

    /// <summary>The install trees of the recipe's dependencies, and of theirs.</summary>
    public IEnumerable<InputEdge> Dependencies() => DependencyPlans().Select(d => d.Plan.Install.At("/", $"{d.Recipe.Name} is a build dependency of {d.Owner}"));

    /// <summary>The recipe's dependencies and theirs, each once with the first that names it.</summary>
    internal IEnumerable<(Recipe Recipe, string Owner, RecipePlan Plan)> DependencyPlans()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var own = Recipe.Build.PerBoard && Board.Board.BuildDepends.TryGetValue(Recipe.Name, out var ofBoard) ? Recipe.Depends.AddRange(ofBoard) : Recipe.Depends;
        var queue = new Queue<(Sited<string> Name, string Owner)>(own.Select(d => (d, Recipe.Name.Value)));
        while (queue.TryDequeue(out var next))
        {
            if (!seen.Add(next.Name.Value) || Other(next.Name, next.Name.Span) is not { } plan)
                continue;
            var recipe = Context.Workspace.Recipes[next.Name];
            yield return (recipe, next.Owner, plan);
            foreach (var further in recipe.Depends)
                queue.Enqueue((further, next.Name));
        }
    }

    /// <summary>The usual action: steps that leave files below <see cref="Destination"/>, which are then stripped.</summary>
    /// <param name="steps">What runs.</param>
    /// <param name="inputs">What it reads.</param>
    /// <param name="extra">Outputs beside the install tree.</param>
    /// <param name="strip">Whether programs and libraries are stripped.</param>
    /// <param name="compilerCache">A cache to compile through.</param>
    /// <param name="follows">Inputs whose changes the build tool follows in the folder of an earlier run (<see cref="ActionWork.Process.Follows"/>).</param>
    public OutputRef Build(Steps steps, IEnumerable<InputEdge> inputs, ImmutableArray<OutputSpec> extra = default, bool strip = true, Ccache? compilerCache = null, ImmutableArray<string> follows = default)
    {
        steps.ThenShell(Recipe.Build.After?.Value);
        if (strip)
            steps.Then("/bin/bash", "/imagecraft/strip", Destination, $"{Target.Architecture.Triplet}-strip");
        return Context.Add(new ActionNode
        {
            Id = Id("build"),
            Work = new ActionWork.Process
            {
                Arguments = steps.ToArguments(),
                Environment = compilerCache is null ? Variables.Values : Variables.Values.SetItems(compilerCache.Environment),
                WorkingDirectory = "/build",
                Caches = compilerCache is null ? ImmutableSortedDictionary<string, string>.Empty : Ccache.Mounts,
                Follows = follows.IsDefault ? [] : follows,
            },
            Inputs = [.. inputs],
            Outputs = [new("install", Destination, OutputKind.Tree), .. extra.IsDefault ? [] : extra],
            Resources = new(Jobserver: true, MemoryBytes: 1L << 30),
            Description = $"Build {Recipe.Name} {Recipe.Version}",
        }, "install");
    }
}
