// Any recipe for a target: its build system's actions, then the split into packages. Planned once a target.

using System.Collections.Immutable;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Systems;
using Imagecraft.Requests.Packages;

namespace Imagecraft.Planning.Recipes;

/// <summary>Plans recipes for one board and image.</summary>
public sealed class RecipePlanner(PlanContext context, ToolRoots toolRoots, SourcePlanner sources, BoardTarget board)
{
    private readonly Dictionary<(string Name, bool ForHost), RecipePlan?> planned = [];

    /// <summary>Plans the recipe <paramref name="name"/>; null after a problem that was noted.</summary>
    public RecipePlan? Plan(string name, SourceSpan usedAt) => Plan(name, usedAt, board.Target);

    /// <summary>Plans the recipe <paramref name="name"/> for the build host; null after a problem that was noted.</summary>
    public RecipePlan? PlanForHost(string name, SourceSpan usedAt)
    {
        if (context.Workspace.Architectures.Values.FirstOrDefault(a => a.Debian.Value == context.Options.HostArchitecture) is { } architecture)
            return Plan(name, usedAt, Target.Host(architecture));
        context.Error("IC0352", $"Nothing can be built for the build host, of whose architecture `{context.Options.HostArchitecture}` no document tells", usedAt, "Write an `architecture:` with this as its `debian`, or take the program from a tool root");
        return null;
    }

    /// <summary>Plans the recipe <paramref name="name"/>, which has a kconfig configuration, and what a person may ask of it (<see cref="KconfigMenu"/>); nothing after a problem that was noted.</summary>
    public ImmutableArray<OutputRef> PlanMenu(string name, SourceSpan usedAt) =>
        Plan(name, usedAt) is null ? [] : KconfigMenu.Plan(JobOf(context.Workspace.Recipes[name], board.Target));

    private BuildJob JobOf(Recipe recipe, Target target) =>
        new() { Context = context, Recipe = recipe, Target = target, Board = board, ToolRoots = toolRoots, Sources = sources, Other = (other, span) => Plan(other, span, target), OfHost = PlanForHost };

    private RecipePlan? Plan(string name, SourceSpan usedAt, Target target)
    {
        var key = (name, target.IsHost);
        if (planned.TryGetValue(key, out var plan))
            return plan;
        planned[key] = null;
        if (!context.Workspace.RecipesFor(target.IsHost).TryGetValue(name, out var recipe))
        {
            context.Error("IC0350", $"No recipe is named `{name}`", usedAt, null);
            return null;
        }

        if (target.IsHost && HostRecipes.WhyNot(recipe) is { } why)
        {
            context.Error("IC0353", $"Recipe `{name}` cannot be built for the build host: it {why}", usedAt, null);
            return null;
        }

        var job = JobOf(recipe, target);
        var built = recipe.Build switch
        {
            BuildSpec.Kernel kernel => KernelSystem.Plan(job, kernel),
            BuildSpec.KernelModule module => KernelModuleSystem.Plan(job, module),
            _ when System(job, recipe.Build) is { } install => new RecipePlan(install, ImmutableSortedDictionary<string, OutputRef>.Empty, ImmutableSortedDictionary<string, OutputRef>.Empty),
            _ => null,
        };
        return planned[key] = built is null ? null : built with { Packages = Split(job, built) };
    }

    private static OutputRef? System(BuildJob job, BuildSpec build) => build switch
    {
        BuildSpec.Autotools autotools => AutotoolsSystem.Plan(job, autotools),
        BuildSpec.Cmake cmake => CmakeSystem.Plan(job, cmake),
        BuildSpec.Meson meson => MesonSystem.Plan(job, meson),
        BuildSpec.Make make => MakeSystem.Plan(job, make),
        BuildSpec.Kconfig kconfig => KconfigSystem.Plan(job, kconfig),
        BuildSpec.KernelTool tool => KernelToolSystem.Plan(job, tool),
        BuildSpec.DotnetAot dotnet => DotnetAotSystem.Plan(job, dotnet),
        BuildSpec.Cargo cargo => CargoSystem.Plan(job, cargo),
        BuildSpec.Go go => GoSystem.Plan(job, go),
        BuildSpec.Python python => PythonSystem.Plan(job, python),
        BuildSpec.Node node => NodeSystem.Plan(job, node),
        BuildSpec.Prebuilt prebuilt => PrebuiltSystem.Plan(job, prebuilt),
        BuildSpec.Script script => ScriptSystem.Plan(job, script),
        _ => throw new InvalidOperationException($"No planner for {build.GetType().Name}"),
    };

    private static ImmutableSortedDictionary<string, OutputRef> Split(BuildJob job, RecipePlan built)
    {
        var whole = new OutputRef(built.Install.Action, BuildJob.DebugOutput);
        // What was stripped is a package as it is: lines that moved in the sources change it, and are not to split the others anew.
        var debug = job.IsStripped ? job.Recipe.Packages.FirstOrDefault(p => p.Name.Value == ConventionalPackages.DebugOf(job.Recipe)) : null;
        ImmutableArray<PackageSpec> packages = [.. job.Recipe.Packages.Where(p => p != debug || !p.IsConventional)];
        if (packages.IsEmpty)
            return ImmutableSortedDictionary<string, OutputRef>.Empty;
        var split = job.Context.Call(
            job.Id("split"),
            new SplitPackagesRequest([.. packages.Select(p => new PackageRule(p.Name, Texts(p.Files), Texts(p.Except), Texts([.. p.Attributes.Select(a => a.Path)])) { Optional = Texts(p.Optional), MayBeEmpty = p.IsConventional })]),
            $"what the packages of {job.Recipe.Name} take",
            $"Split {job.Recipe.Name} into packages",
            [
                built.Install.At(SplitPackagesRequest.InstallInput, $"what {job.Recipe.Name} installs"),
                .. debug is { IsConventional: false } ? ImmutableArray.Create(whole.At(SplitPackagesRequest.DebugInputs.At("stripped"), "what was taken out of its programs")) : [],
                .. job.Recipe.Build is BuildSpec.Prebuilt ? job.ToolRoots.LostOf(LockSets.OfRecipe(job.Recipe.Name), job.Target.Architecture.Debian) : [],
            ]);
        var trees = packages.ToImmutableSortedDictionary(p => p.Name.Value, p => split.Beside(SplitPackagesRequest.PackageOutput(p.Name)), StringComparer.Ordinal);
        return debug is { IsConventional: true } ? trees.Add(debug.Name, whole) : trees;

        static ImmutableArray<string> Texts(ImmutableArray<Sited<string>> globs) => [.. globs.Select(g => g.Value)];
    }
}
