// Go without network: modules of go.sum as a proxy in a folder, or those of vendor/.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Feeds.Fetching;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class GoSystem
{
    private const string Proxy = "/imagecraft/modules";

    public static OutputRef? Plan(BuildJob job, BuildSpec.Go build)
    {
        if (job.Target.Architecture.Go is not { } go)
        {
            job.Context.Error("IC0345", $"`{job.Recipe.Name}` is built by Go, but architecture `{job.Target.Architecture.Name}` does not say how Go knows it", job.Recipe.Name.Span, "Add `go: { architecture: ..., toolroot: ... }` to the architecture");
            return null;
        }

        var variables = job.Variables;
        var environment = variables.Values.SetItems(new Dictionary<string, string>
        {
            ["GOOS"] = "linux",
            ["GOARCH"] = go.Architecture,
            ["CGO_ENABLED"] = build.HasC ? "1" : "0",
            ["GOPATH"] = "/build/go",
            ["GOCACHE"] = "/build/cache",
            ["GOTOOLCHAIN"] = "local",
            ["GOTELEMETRY"] = "off",
            ["GOENV"] = "off",
            ["GOPROXY"] = build.Modules is null ? "off" : $"file://{Proxy}",
            // The hashes of go.sum are held against every module; a database of them needs a network.
            ["GOSUMDB"] = "off",
            ["GOFLAGS"] = $"-trimpath -buildvcs=false -modcacherw{(build.Modules is null ? "" : " -mod=readonly")}",
        });
        if (go.Variant is { } variant)
            environment = environment.SetItem(variant.Value[..variant.Value.IndexOf('=', StringComparison.Ordinal)], variant.Value[(variant.Value.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        ImmutableArray<string> pie = go.HasPie || build.HasC ? ["-buildmode=pie"] : [];
        var flags = string.Join(' ', ["-buildid=", .. pie.IsEmpty ? [] : ImmutableArray.Create("-bindnow"), .. variables.Expand(build.LinkerFlags)]);
        ImmutableArray<string> tags = build.Tags.IsEmpty ? [] : ["-tags", string.Join(',', build.Tags)];
        return job.Build(
            new Steps().Then("cd", job.SourceFolder).ThenText("before", job.Before)
                .Then("mkdir", "-p", $"{BuildJob.Destination}/usr/bin")
                .ThenWithJobs(["go", "build", "-p", Steps.JobCount, "-o", $"{BuildJob.Destination}/usr/bin/", .. pie, .. tags, $"-ldflags={flags}", .. build.Programs.IsEmpty ? ["."] : variables.Expand(build.Programs)]),
            [.. job.Inputs(go.ToolRoot), Steps.Jobs, .. build.Modules is { } modules ? ImmutableArray.Create<InputEdge>([job.Context.Local(modules.File.Value, $"{job.SourceFolder}/go.sum", "which modules it is built with"), .. modules.Modules.Select(m => Module(job, m))]) : []],
            environment: environment);
    }

    // The layout of a module proxy, in which capital letters are escaped. Source: Go Modules Reference, GOPROXY protocol.
    private static InputEdge Module(BuildJob job, LockedModule module) =>
        Downloads.AddPinned(job.Context, module.Integrity, $"{module.Name.Replace('/', '-')}-{module.Version}.{module.Place}", $"go:{module.Name}@{module.Version}.{module.Place}")
            .At($"{Proxy}/{GoModulePath.Escaped(module.Name)}/@v/{GoModulePath.Escaped(module.Version)}.{module.Place}", $"module {module.Name}");
}
