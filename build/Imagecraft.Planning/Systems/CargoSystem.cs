// Cargo without network: crates of the lock file in a folder that stands for the registry, and the target's standard library of the feed.

using System.Collections.Immutable;
using System.Globalization;
using Imagecraft.Engine.Actions;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Systems;

internal static class CargoSystem
{
    private const string Crates = "/imagecraft/crates";
    private const string Unpacker = "/imagecraft/vendor-crates";
    private const string Lock = "/imagecraft/Cargo.lock";

    public static OutputRef? Plan(BuildJob job, BuildSpec.Cargo build)
    {
        if (job.Target.Architecture.Rust is not { } rust)
        {
            job.Context.Error("IC0344", $"`{job.Recipe.Name}` is built by Cargo, but architecture `{job.Target.Architecture.Name}` does not say how Rust knows it", job.Recipe.Name.Span, "Add `rust: { target: ..., toolroot: ... }` to the architecture");
            return null;
        }

        var variables = job.Variables;
        var name = rust.Target.Value.ToUpperInvariant().Replace('-', '_');
        var environment = variables.Values.SetItems(new Dictionary<string, string>
        {
            ["CARGO_HOME"] = "/build/cargo",
            ["CARGO_TARGET_DIR"] = "/build/target",
            ["CARGO_BUILD_TARGET"] = rust.Target,
            [$"CARGO_TARGET_{name}_LINKER"] = variables.Values["CC"],
            [$"CC_{rust.Target.Value.Replace('-', '_')}"] = variables.Values["CC"],
            ["CARGO_NET_OFFLINE"] = "true",
            ["CARGO_INCREMENTAL"] = "0",
            ["CARGO_PROFILE_RELEASE_DEBUG"] = "line-tables-only",
            ["PKG_CONFIG_ALLOW_CROSS"] = "1",
            ["RUSTFLAGS"] = string.Create(CultureInfo.InvariantCulture, $"--remap-path-prefix=/src=/usr/src/debug/{job.Recipe.Name}-{job.Recipe.Version} --remap-path-prefix=/build/vendor=/usr/src/debug/crates"),
        });
        // Crates' build scripts take these for their own compilers, and are told by target above.
        environment = environment.RemoveRange(["CC", "CXX", "AR", "CFLAGS", "CXXFLAGS"]);
        var steps = new Steps().Then("cd", job.SourceFolder).ThenText("before", job.Before);
        if (build.Crates is { } crates)
            steps.Then("/bin/sh", Unpacker, Crates, "/build/vendor", "/build/cargo", Lock, job.SourceFolder);
        steps.Then(["cargo", "install", "--path", ".", "--root", $"{BuildJob.Destination}/usr", "--no-track", "--locked", "--offline", .. variables.Expand(build.Arguments)]);
        return job.Build(
            steps,
            [
                .. job.Inputs(rust.ToolRoot),
                .. build.Crates is { } locked ? ImmutableArray.Create<InputEdge>(
                    [
                        new(Unpacker, new InputSource.Inline(EmbeddedText.Read("vendor-crates"), Executable: true), "the script that lays crates down"),
                        job.Context.Local(locked.File.Value, Lock, "which crates it is built with"),
                        new($"{Crates}/SHA256SUMS", new InputSource.Inline(string.Concat(locked.Modules.Select(m => $"{m.Integrity}  {m.Name}-{m.Version}.crate\n"))), "the crates of Cargo.lock"),
                        .. locked.Modules.Select(m => Downloads.Add(job.Context, m.Integrity, $"{m.Name}-{m.Version}.crate", [$"cargo:{m.Name}/{m.Version}"]).At($"{Crates}/{m.Name}-{m.Version}.crate", $"crate {m.Name}")),
                    ]) : [],
            ],
            environment: environment);
    }
}
