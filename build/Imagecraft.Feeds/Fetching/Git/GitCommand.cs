// How git is started. Unaware of what it does.

namespace Imagecraft.Feeds.Fetching;

/// <summary>Makes the command line that runs git with arguments: the host's own, or one in a sandbox that shows it <paramref name="folders"/> and the network.</summary>
/// <param name="arguments">Of git.</param>
/// <param name="folders">What it must see, at the same paths.</param>
/// <returns>Program and arguments.</returns>
public delegate IReadOnlyList<string> GitCommand(IReadOnlyList<string> arguments, GitFolders folders);

/// <summary>Folders that git works with.</summary>
/// <param name="Work">It writes here and nowhere else.</param>
/// <param name="Source">A repository of this machine that it reads; null as a rule.</param>
public sealed record GitFolders(string Work, string? Source);

/// <summary>Ways to start it.</summary>
public static class GitCommands
{
    /// <summary>The user's file of hosts that ssh knows, which git must see.</summary>
    public static string KnownHosts { get; } = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh/known_hosts");

    /// <summary>The program at <paramref name="path"/>, as it is.</summary>
    public static GitCommand OnHost(string path) => (arguments, _) => [path, .. arguments];
}
