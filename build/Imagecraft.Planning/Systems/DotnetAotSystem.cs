// A .NET project of the workspace, compiled ahead of time for the board without network: SDK of the host, packages of the lock, linker of the tool root.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class DotnetAotSystem
{
    private const string SdkFolder = "/dotnet";
    private const string FeedFolder = "/feed";

    /// <summary>Where <c>dotnet publish</c> leaves the program; <c>$PUBLISH</c> for the recipe's <c>after</c>.</summary>
    private const string PublishFolder = "/build/publish";

    /// <summary>MSBuild takes environment variables as properties, so those of C compilers must not reach it.</summary>
    private static readonly ImmutableHashSet<string> ForeignToDotnet = ["CC", "CXX", "LD", "AR", "NM", "RANLIB", "STRIP", "OBJCOPY", "SYSROOT", "CFLAGS", "CXXFLAGS", "VERSION", "ARCH", "LIBDIR"];

    private static readonly ImmutableSortedDictionary<string, string> DotnetEnvironment = ImmutableSortedDictionary<string, string>.Empty
        .Add("DOTNET_CLI_HOME", "/build/home")
        .Add("DOTNET_CLI_TELEMETRY_OPTOUT", "1")
        .Add("DOTNET_CLI_USE_MSBUILD_SERVER", "0")
        .Add("DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE", "true")
        .Add("DOTNET_GENERATE_ASPNET_CERTIFICATE", "false")
        .Add("DOTNET_NOLOGO", "1")
        .Add("DOTNET_NUGET_SIGNATURE_VERIFICATION", "false")
        .Add("DOTNET_ROOT", SdkFolder)
        .Add("DOTNET_SKIP_WORKLOAD_INTEGRITY_CHECK", "true")
        .Add("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")
        .Add("MSBUILDDISABLENODEREUSE", "1")
        .Add("NUGET_CERT_REVOCATION_MODE", "offline")
        .Add("NUGET_PACKAGES", "/build/packages");

    /// <summary>The tool root with the linker, where a recipe names no other.</summary>
    public const string ToolRoot = "dotnet";

    public static OutputRef? Plan(BuildJob job, BuildSpec.DotnetAot build)
    {
        var architecture = job.Target.Architecture;
        if (architecture.DotnetRid is not { } rid)
        {
            job.Context.Error("IC0342", $"`{job.Recipe.Name}` is compiled by NativeAOT, which has no pack for the architecture `{architecture.Name}`", job.Recipe.Name.Span, "Leave the package out of the image, or choose a board of an architecture with a `dotnet-rid`");
            return null;
        }

        if (job.Context.Options.Sdk is not { } sdk)
        {
            job.Context.Error("IC0346", $"`{job.Recipe.Name}` is compiled by the .NET SDK, and this machine has none that fits", job.Recipe.Name.Span, "Install the one of .NET 10 so that `dotnet` is on PATH or in DOTNET_ROOT, or leave the package out of the image");
            return null;
        }

        if (job.Context.Lock.FindProject(LockSets.OfRecipe(job.Recipe.Name))?.Packages is not { } packages)
        {
            job.Context.Error("IC0343", $"The lock has no NuGet packages for `{job.Recipe.Name}`", build.Project.Span, "Run `./build.sh lock`");
            return null;
        }

        var home = LayerFolders.HomeOf(job.Recipe.Folder);
        var variables = job.Variables;
        var environment = variables.Values
            .Where(v => !ForeignToDotnet.Contains(v.Key))
            .ToImmutableSortedDictionary(StringComparer.Ordinal)
            .SetItems(DotnetEnvironment)
            .SetItem("PUBLISH", PublishFolder);
        ImmutableArray<string> publish =
        [
            $"{SdkFolder}/dotnet", "publish", $"/src/{LayerFolders.WithoutHome(build.Project)}", "-c", "Release", $"-p:RuntimeIdentifier={rid}", "-o", PublishFolder, "--source", FeedFolder, "--artifacts-path", "/build/artifacts",
            "-p:RestoreLockedMode=true", $"-p:SysRoot={Toolchain.Sysroot}", "-p:CppCompilerAndLinker=clang", "-p:LinkerFlavor=lld", "-p:ObjCopyName=llvm-objcopy", "-p:UseSharedCompilation=false", "-nodeReuse:false", "-maxCpuCount:1", "-v:minimal",
            .. variables.Expand(build.Properties),
        ];
        return job.Context.Add(new ActionNode
        {
            Id = job.Id("build"),
            Work = new ActionWork.Process
            {
                Arguments = new Steps().Then("cd", "/src").ThenText("before", build.Before?.Value).Then([.. publish]).ThenText("after", build.After?.Value).ToArguments(),
                Environment = environment,
            },
            Inputs =
            [
                .. job.Tools(ToolRoot),
                .. job.Toolchain.Base is { } sysroot ? ImmutableArray.Create(sysroot) : [],
                Steps.Runner,
                .. job.Dependencies(),
                .. sdk.Parts.Select(part => new InputEdge($"{SdkFolder}/{part}", new InputSource.Local(Path.Combine(sdk.Root, part), []), "the .NET SDK of the build host")),
                new("/src/global.json", new InputSource.Inline($$"""{ "sdk": { "version": "{{sdk.Version}}", "rollForward": "disable" } }"""), "no other SDK"),
                .. packages.Select(p => Downloads.Add(job.Context, p.Sha256, p.FileName, [$"nuget:{p.Id}/{p.Version}"], p.Size).At($"{FeedFolder}/{p.FileName}", $"NuGet package {p.Id}")),
                .. DotnetSdk.SettingFiles.Select(f => job.Context.Local(home.Length == 0 ? f : $"{home}/{f}", $"/src/{f}", "settings of all projects")),
                .. build.Folders.Select(f => job.Context.Local(f.Value, $"/src/{LayerFolders.WithoutHome(f.Value)}", $"code of {job.Recipe.Name}", "**/bin/**", "**/obj/**")),
            ],
            Outputs = [new("install", BuildJob.Destination, OutputKind.Tree)],
            Resources = new(MemoryBytes: 2L << 30),
            Description = $"Compile {job.Recipe.Name} ahead of time",
        }, "install");
    }
}
