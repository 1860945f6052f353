// The repository's own workspace, to plan from.

using System.Security.Cryptography;
using Imagecraft.Feeds.Locking;
using Imagecraft.Metadata;
using Imagecraft.Metadata.Layers;
using Imagecraft.Metadata.Model;
using Imagecraft.Planning.Recipes;

namespace Imagecraft.Planning.Tests;

internal static class Repository
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>What was read.</summary>
    public static WorkspaceReading Reading { get; } = WorkspaceLoader.Load(Root);

    public static Workspace Workspace => Reading.Workspace;

    public static LockFile Lock { get; } = LockFile.Parse(Text(LockFile.FileName));

    // Nobody but its user has what is supplied.
    public static PlanOptions Options { get; } = new(Root, "amd64", TestPlans.Sdk)
    {
        Look = (path, _) => path.StartsWith("supplied/", StringComparison.Ordinal) ? new LocalFile.Missing() : new LocalFile.Readable(1, false, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Root, path))))),
    };

    /// <summary>A file of it.</summary>
    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Plans an image; what is supplied is there.</summary>
    public static ImageBuild Plan(Workspace workspace, string board, string? image = null) =>
        Planner.Plan(workspace, Lock, Options with { Look = (path, hash) => Options.Look(path, hash) is LocalFile.Readable file ? file : Supplied(path) }, board, image);

    // As its recipe expects it.
    private static LocalFile.Readable Supplied(string path)
    {
        var source = Workspace.Recipes.Values.SelectMany(r => r.Sources).First(s => s.Url.Value == $"supplied:{path["supplied/".Length..]}");
        return new(source.AtLeast?.Value ?? 1, false, (source.Sha256 ?? source.Versions.Values.FirstOrDefault())?.Value);
    }

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Imagecraft.sln")) ? folder : FindRoot(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) ?? throw new DirectoryNotFoundException("No Imagecraft.sln above the tests"));
}
