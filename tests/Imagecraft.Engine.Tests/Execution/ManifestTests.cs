// What is in a key and what is not, and that text and key never disagree.

using System.Collections.Immutable;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Execution.Manifests;
using Imagecraft.Engine.Files;
using Imagecraft.Engine.Sandbox;
using Imagecraft.Engine.Store;

namespace Imagecraft.Engine.Tests.Execution;

public sealed class ManifestTests : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("manifest-").FullName;
    readonly ContentStore store;

    public ManifestTests() => store = new ContentStore(root);

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(root, recursive: true);
    }

    ActionManifest Sample() => new()
    {
        Id = new ActionId("sample"),
        Work = "process",
        Arguments = ["/bin/sh", "-c", "make\tall\n"],
        Environment = ImmutableSortedDictionary<string, string>.Empty.Add("CC", "gcc").Add("A", "1"),
        WorkingDirectory = "/build",
        TimeLimit = TimeSpan.FromHours(1),
        Platform = SandboxEnvironment.Platform,
        Outputs = [new OutputSpec("install", "/out/install", OutputKind.Tree), new OutputSpec("config", "/build/.config", OutputKind.File)],
        Properties = ImmutableSortedDictionary<string, string>.Empty.Add("identity", "10"),
        Inputs = [new ManifestInput("/src/a", File("a"), "`a`", "the source", null), new ManifestInput("/src/b", File("b"), "`b`", "more source", null)],
    };

    OutputValue File(string text) => new(store.Put(System.Text.Encoding.UTF8.GetBytes(text)), OutputKind.File);

    Digest Key(ActionManifest manifest) => ManifestKey.Of(manifest, store).Key;

    [Fact]
    public void The_command_is_what_a_server_would_be_sent()
    {
        var command = ManifestKey.Of(Sample(), store).Command;
        Assert.Equal("build", command.WorkingDirectory);
        Assert.Equal(["../out/install", ".config"], command.OutputPaths);
        Assert.Equal(["A", "CC"], command.EnvironmentVariables.Select(e => e.Name));
    }

    [Fact]
    public void What_a_worker_is_chosen_by_is_all_that_the_platform_has_and_the_working_folder_is_there()
    {
        var (_, action, command, root) = ManifestKey.Of(Sample(), store);
        Assert.Equal(["ISA=x86-64", "OSFamily=linux"], action.Platform.Properties.Select(p => $"{p.Name}={p.Value}"));
        Assert.Equal(3600, action.Timeout.Seconds);
        Assert.NotEmpty(action.Salt);
        Assert.Equal(["build", "dev", "out", "proc", "src", "tmp"], store.GetDirectory(root).Directories.Select(d => d.Name));
        Assert.Contains(command.WorkingDirectory, store.GetDirectory(root).Directories.Select(d => d.Name));
    }

    [Fact]
    public void Only_what_uses_several_processors_is_told_so()
    {
        var node = new ActionNode { Id = new ActionId("a"), Work = new ActionWork.Process { Arguments = ["/bin/sh"] } };
        var builder = new ManifestBuilder(new EngineOptions { CacheRoot = root, WorkspaceRoot = root }, ImmutableDictionary<string, IBuiltIn>.Empty, store, new FileHashes(null));
        Assert.DoesNotContain("MAKEFLAGS", builder.Build(node, _ => throw new InvalidOperationException()).Environment.Keys);
        Assert.Equal(" -j$(shell nproc)", builder.Build(node with { Resources = new(Jobserver: true) }, _ => throw new InvalidOperationException()).Environment["MAKEFLAGS"]);
    }

    [Fact]
    public void The_key_of_this_manifest_stays_as_it_is()
    {
        // Computed by an encoder of the wire format written apart from this project. A change here makes every cache useless: it must be meant, and `WorkspaceMemory.Version` be raised with it.
        Assert.Equal("fa4299996a3867b0df64ee85b479b7e8d80f0c89b2ce8bc4e4652b0b23c445a7", Key(Sample()).Hash);
    }

    [Fact]
    public void A_file_in_place_of_a_folder_is_another_action()
    {
        OutputSpec[] Outputs(OutputKind first, OutputKind second) => [new("a", "a", first), new("b", "b", second)];
        var kinds = new[] { (OutputKind.File, OutputKind.File), (OutputKind.Tree, OutputKind.File), (OutputKind.File, OutputKind.Tree), (OutputKind.Tree, OutputKind.Tree) };
        Assert.Distinct(kinds.Select(k => Key(new ActionManifest { Id = new ActionId("a"), Work = "built-in x", Outputs = [.. Outputs(k.Item1, k.Item2)] })));
    }

    [Fact]
    public void Names_origins_and_reasons_are_in_no_key()
    {
        var other = Sample() with { Id = new ActionId("other") };
        other = other with { Inputs = [.. other.Inputs.Select(i => i with { Origin = "elsewhere", Reason = "for fun", Producer = new ActionId("x") })] };
        Assert.Equal(Key(Sample()), Key(other));
    }

    [Fact]
    public void Everything_else_is_in_the_key_and_in_the_text()
    {
        var sample = Sample();
        ActionManifest[] others =
        [
            sample with { Arguments = ["/bin/sh", "-c", "make", "all"] },
            sample with { Environment = sample.Environment.SetItem("CC", "clang") },
            sample with { Environment = sample.Environment.Remove("A") },
            sample with { WorkingDirectory = "/out" },
            sample with { Outputs = sample.Outputs.RemoveAt(1) },
            sample with { Properties = sample.Properties.SetItem("identity", "11") },
            sample with { Platform = sample.Platform.SetItem("ISA", "aarch64") },
            sample with { Platform = sample.Platform.Add("identity", "10"), Properties = sample.Properties.Clear() },
            sample with { TimeLimit = TimeSpan.FromHours(2) },
            sample with { Inputs = sample.Inputs.RemoveAt(0) },
            sample with { Inputs = sample.Inputs.SetItem(0, sample.Inputs[0] with { Value = File("c") }) },
            sample with { Inputs = sample.Inputs.SetItem(0, sample.Inputs[0] with { Value = File("a") with { Executable = true } }) },
            sample with { Inputs = sample.Inputs.SetItem(0, sample.Inputs[0] with { MountPath = "/src/c" }) },
        ];
        Assert.Equal(others.Length + 1, others.Append(sample).Select(Key).Distinct().Count());
        Assert.Equal(others.Length + 1, others.Append(sample).Select(ManifestText.Write).Distinct().Count());
        Assert.All(others, other => Assert.NotNull(ManifestText.FirstDifference([.. ManifestText.Facts(sample)], [.. ManifestText.Facts(other)])));
    }

    [Fact]
    public void A_text_reads_back_as_the_facts_it_was_written_from()
    {
        Assert.Equal(ManifestText.Facts(Sample()), ManifestText.Read(ManifestText.Write(Sample())));
    }

    [Fact]
    public void Built_ins_are_told_apart_by_function_names_and_order_of_inputs()
    {
        var sample = Sample() with { Work = "built-in join", Arguments = [], WorkingDirectory = "" };
        ActionManifest[] all = [sample, sample with { Work = "built-in length" }, sample with { Inputs = [.. sample.Inputs.Reverse()] }, sample with { Inputs = [.. sample.Inputs.Select(i => i with { MountPath = "/same" })] }];
        Assert.Equal(all.Length, all.Select(Key).Distinct().Count());
    }
}
