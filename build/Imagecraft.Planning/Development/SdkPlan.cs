// What an SDK for an image is made of: programs for the host, a starter for them that finds their libraries anywhere, and what the image's programs are compiled against. Unaware of archives.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Imaging;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Development;

/// <summary>Plans the parts.</summary>
public sealed class SdkPlan
{
    /// <summary>Beside the name of an architecture: the tool root with the programs of an SDK for it.</summary>
    public const string ToolRoot = "sdk-";

    /// <summary>Beside the name of an architecture: the tool root with the compiler's own files.</summary>
    public const string CompilerToolRoot = "compiler-";

    /// <summary>What a container with an SDK has around it.</summary>
    public const string ContainerToolRoot = "sdk-container";

    /// <summary>The recipe of what debuggers come to on the board.</summary>
    public const string DebugServer = "gdbserver";

    private readonly PlanContext _context;
    private readonly ToolRoots _toolRoots;
    private readonly RecipePlanner _recipes;
    private readonly BoardTarget _target;

    internal SdkPlan(PlanContext context, ToolRoots toolRoots, RecipePlanner recipes, BoardTarget target) => (_context, _toolRoots, _recipes, _target) = (context, toolRoots, recipes, target);

    /// <summary>Plans them: the host's programs, their starter, the container's tree, the compiler, and all that belongs into the sysroot, of which the first counts where two have a file.</summary>
    internal ImmutableArray<OutputRef> Plan()
    {
        var architecture = _target.Target.Architecture;
        return
        [
            _toolRoots.Plan(ToolRoot + architecture.Name, architecture.Name.Span),
            Starter(architecture),
            _toolRoots.Plan(ContainerToolRoot, architecture.Name.Span),
            _toolRoots.Plan(CompilerToolRoot + architecture.Name, architecture.Name.Span),
            .. architecture.Sysroot is { } sysroot ? ImmutableArray.Create(_toolRoots.Plan(sysroot, sysroot.Span)) : [],
            .. Recipes().Select(name => _recipes.Plan(name, _target.Image.Name.Span)?.Install).OfType<OutputRef>(),
        ];
    }

    // What the image has, and what that is built with: its headers name those of the others.
    private IEnumerable<string> Recipes()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<string>([.. PackageClosure.Of(_context, _target.Board, _target.Image).Select(chosen => chosen.Recipe.Name.Value), DebugServer]);
        while (queue.TryDequeue(out var name))
        {
            if (!_context.Workspace.Recipes.TryGetValue(name, out var recipe) || recipe.Build is BuildSpec.Kernel or BuildSpec.KernelModule || !seen.Add(name))
                continue;
            yield return name;
            foreach (var dependency in recipe.Depends)
                queue.Enqueue(dependency);
        }
    }

    private OutputRef Starter(Architecture architecture)
    {
        const string source = "/in/start-program.c";
        // Where the loader lies, and the libraries, the tool root's own programs say.
        const string compile = """
            loader=$(LC_ALL=C readelf --program-headers /bin/bash | sed -n 's/.*interpreter: \(.*\)]/\1/p')
            [ "$loader" ] || { echo "/bin/bash names no loader" >&2; exit 1; }
            loader=$(readlink -f "$loader")
            gcc -Os -s -static -Wall -Wextra -Werror "-DLOADER=\"$loader\"" "-DLIBRARIES=\"${loader%/*}\"" -o /out/start-program "$1"
            """;
        return _context.Add(new ActionNode
        {
            Id = new("sdk:starter"),
            Work = new ActionWork.Process
            {
                Arguments = ["/bin/bash", "-ec", compile, "sh", source],
                Environment = ImmutableSortedDictionary<string, string>.Empty.Add("PATH", "/usr/bin:/bin"),
            },
            Inputs = [_toolRoots.Plan(architecture.ToolRoot, architecture.ToolRoot.Span).At("/", "the compiler of the build host"), new(source, new InputSource.Inline(EmbeddedText.Read("start-program.c")), "how programs of an SDK are started")],
            Outputs = [new("program", "/out/start-program", OutputKind.File)],
            Description = "Compile what starts the programs of an SDK",
        });
    }
}
