// The git repository of a folder that somebody works in, which is only read here. Unaware of recipes.

using System.Collections.Immutable;
using CliWrap;
using CliWrap.Buffered;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Engine.Sandbox;

namespace Imagecraft.Cli.Editing;

/// <summary>A commit.</summary>
/// <param name="Id">Its hash.</param>
/// <param name="Patch">The patch that it was made of; null for one that somebody wrote since.</param>
/// <param name="FileName">Its subject, as a file may be named.</param>
public sealed record WorkCommit(string Id, string? Patch, string FileName);

/// <summary>Asks git of a tool root, in a sandbox without network that cannot write: hooks and filters of the folder can do nothing.</summary>
/// <param name="sandbox">The tool root with bubblewrap, as a folder.</param>
/// <param name="git">The tool root with git, as a folder.</param>
/// <param name="folder">The work folder.</param>
public sealed class WorkRepository(string sandbox, string git, string folder)
{
    /// <summary>The commit of the sources.</summary>
    public const string Base = "refs/imagecraft/base";

    /// <summary>The last commit that was made of a patch.</summary>
    public const string Patched = "refs/imagecraft/patched";

    private const string Seen = "/work";
    private const char Field = '\u001f';

    // Two letters and a space before each name.
    private const int StateLength = 3;

    /// <summary>Files that differ from the last commit, and those that git does not know.</summary>
    public async Task<ImmutableArray<string>> UncommittedAsync(CancellationToken cancellationToken) =>
        [.. (await TextAsync(cancellationToken, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry[StateLength..])];

    /// <summary>Files that git was told to ignore.</summary>
    public async Task<ImmutableArray<string>> IgnoredAsync(CancellationToken cancellationToken) =>
        [.. (await TextAsync(cancellationToken, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")).Split('\0', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Commits after <see cref="Base"/> up to another, the oldest first.</summary>
    /// <exception cref="ProblemException">They are no line that leads from there.</exception>
    public async Task<ImmutableArray<WorkCommit>> CommitsAsync(string until, CancellationToken cancellationToken)
    {
        if (!(await RunAsync(["merge-base", "--is-ancestor", Base, until], cancellationToken)).IsSuccess)
            throw ProblemException.User($"The commits of `{folder}` do not come after the commit of the sources", $"Rebase them onto `{Base}`");
        if ((await TextAsync(cancellationToken, "rev-list", "--merges", $"{Base}..{until}")).Length > 0)
            throw ProblemException.User($"`{folder}` has merges, which patches cannot hold", $"Rebase the commits onto `{Base}`");
        var lines = await TextAsync(cancellationToken, "log", "--reverse", "--topo-order", $"--format=%H{Field}%(trailers:key=Imagecraft-Patch,valueonly,separator=){Field}%f", $"{Base}..{until}");
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(Field)).Select(parts => new WorkCommit(parts[0], parts[1].Length > 0 ? parts[1] : null, parts[2]))];
    }

    /// <summary>What a commit changes.</summary>
    public Task<string> ChangesAsync(WorkCommit commit, CancellationToken cancellationToken) =>
        TextAsync(cancellationToken, "diff-tree", "-p", "--no-renames", "--full-index", "--binary", "--no-color", "--no-ext-diff", "--no-textconv", $"{commit.Id}^", commit.Id);

    /// <summary>A commit as a patch file.</summary>
    /// <exception cref="ProblemException">It changes what no patch can hold.</exception>
    public async Task<string> PatchAsync(WorkCommit commit, CancellationToken cancellationToken)
    {
        var text = await TextAsync(cancellationToken, "format-patch", "-1", "--stdout", "--zero-commit", "--no-signature", "--no-numbered", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv", commit.Id);
        if (text.Split('\n').FirstOrDefault(line => line.StartsWith("Binary files ", StringComparison.Ordinal) || line == "GIT binary patch") is { } binary)
            throw ProblemException.User($"Commit `{commit.FileName}` of `{folder}` changes a binary file, which a patch cannot hold: {binary}", "Add the file as a source of the recipe, with `into:`, and take it out of the commit");
        return string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("Imagecraft-Patch: ", StringComparison.Ordinal)));
    }

    /// <summary>Whether there are commits and changes that no patch has.</summary>
    public async Task<bool> HasMoreThanPatchesAsync(CancellationToken cancellationToken) =>
        await TextAsync(cancellationToken, "rev-parse", "HEAD") != await TextAsync(cancellationToken, "rev-parse", Patched)
        || !(await UncommittedAsync(cancellationToken)).IsEmpty || !(await IgnoredAsync(cancellationToken)).IsEmpty;

    private async Task<string> TextAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var result = await RunAsync(arguments, cancellationToken);
        return result.IsSuccess ? result.StandardOutput : throw ProblemException.User($"git cannot read `{folder}`: {result.StandardError.Trim()}");
    }

    private Task<BufferedCommandResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        List<string> command =
        [
            .. Bubblewrap.Launcher(sandbox), "--unshare-all", Bubblewrap.DieWithParent, "--new-session", "--uid", "0", "--gid", "0", "--cap-drop", "ALL",
            "--ro-bind", Path.Combine(git, "usr"), "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
            "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--ro-bind", folder, Seen, "--clearenv",
            "--setenv", "HOME", "/tmp", "--setenv", "PATH", "/usr/bin", "--setenv", "LC_ALL", "C.UTF-8", "--setenv", "GIT_CONFIG_NOSYSTEM", "1", "--chdir", Seen, "--",
            "/usr/bin/git", "--no-optional-locks", "--no-pager", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "safe.directory=*", "-c", "core.quotePath=false", "-c", "log.showSignature=false", .. arguments,
        ];
        return CliWrap.Cli.Wrap(command[0]).WithArguments(command.Skip(1)).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
    }
}
