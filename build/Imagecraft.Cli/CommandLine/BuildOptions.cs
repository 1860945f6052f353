// The options that all verbs which build have in common. Unaware of verbs.

using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Imagecraft.Cli.Building;

namespace Imagecraft.Cli.CommandLine;

/// <summary>What is asked for, as it was written.</summary>
/// <param name="Board">Name of a board; null: the only one there is.</param>
/// <param name="Image">Name of an image; null: the board's default.</param>
/// <param name="Locked">Nothing but the lock is used.</param>
/// <param name="Offline">No network.</param>
/// <param name="KeepGoing">Build what does not depend on a failure.</param>
/// <param name="Events">File for NDJSON, or null.</param>
/// <param name="Jobs">CPU slots, or null for all.</param>
public sealed record BuildRequest(string? Board, string? Image, bool Locked, bool Offline, bool KeepGoing, string? Events, int? Jobs)
{
    /// <summary>Boards after the first, for verbs that build several at once.</summary>
    public ImmutableArray<string> FurtherBoards { get; init; } = [];

    /// <summary>What the workspace was last used with.</summary>
    public LastChoice? Last { get; init; }

    /// <summary>Share of the actions that run, from 0 to 1, that are run twice and compared.</summary>
    public double VerifiedShare { get; init; }

    /// <summary>Tool roots to plan besides the image's.</summary>
    public ImmutableArray<string> ToolRoots { get; init; } = [];

    /// <summary>Checks are planned for a real board.</summary>
    public bool OnBoard { get; init; }

    /// <summary>The options that name the same board and image again, for hints.</summary>
    public string Words => string.Join(' ', new[] { Board is null ? null : $"--board {Board}", Image is null ? null : $"--image {Image}" }.OfType<string>());
}

/// <summary>Which boards a verb's options name.</summary>
public enum NamedBoards
{
    /// <summary>None: the verb itself knows the boards and images, and builds them one after the other.</summary>
    None,

    /// <summary>One, with an image.</summary>
    One,

    /// <summary>Several at once.</summary>
    Several,
}

/// <summary>Adds the options to a command and reads them.</summary>
public sealed class BuildOptions
{
    private readonly Option<string[]> _board;
    private readonly Option<string?> _image = new("--image", "-i") { Description = "Image (default: the board's own)" };
    private readonly Option<bool> _locked = new("--locked") { Description = "Use nothing but imagecraft.lock" };
    private readonly Option<bool> _offline = new("--offline") { Description = "Use no network" };
    private readonly Option<bool> _keepGoing = new("--keep-going", "-k") { Description = "After a failure, build what does not depend on it" };
    private readonly Option<string?> _events = new("--events") { Description = "Write everything that happens as NDJSON into a file" };
    private readonly Option<bool> _verify = new("--verify-reproducible") { Description = "Run each action that has to run twice, and fail when that gives something else" };
    private readonly Option<double?> _verifyShare = new("--verify-share") { Description = "As --verify-reproducible, for a share of these actions, e.g. 0.05" };
    private readonly Option<int?> _jobs = new("--jobs", "-j") { Description = "CPU slots (default: all)" };

    /// <summary>Adds all options to <paramref name="command"/>.</summary>
    /// <param name="command">The verb's command.</param>
    /// <param name="boards">Which boards they name. With none there is no file of events either, which is one build's.</param>
    public BuildOptions(Command command, NamedBoards boards = NamedBoards.One)
    {
        _board = new("--board", "-b") { Description = boards == NamedBoards.Several ? "Board to build for; more than once for several (default: the only one)" : "Board to build for (default: the only one)", Arity = ArgumentArity.OneOrMore };
        if (boards == NamedBoards.One)
            _board.Validators.Add(OnlyOne);
        _jobs.Validators.Add(AtLeastOne);
        _verifyShare.Validators.Add(AShare);
        foreach (var option in new Option[] { _board, _image, _locked, _offline, _keepGoing, _events, _jobs, _verify, _verifyShare })
            if (boards != NamedBoards.None || !(option == _board || option == _image || option == _events))
                command.Options.Add(option);
    }

    /// <summary>What was written.</summary>
    public BuildRequest Read(ParseResult parsed) => new(
        parsed.GetValue(_board)?.FirstOrDefault(),
        parsed.GetValue(_image),
        parsed.GetValue(_locked),
        parsed.GetValue(_offline),
        parsed.GetValue(_keepGoing),
        parsed.GetValue(_events),
        parsed.GetValue(_jobs))
    {
        FurtherBoards = [.. (parsed.GetValue(_board) ?? []).Skip(1)],
        VerifiedShare = parsed.GetValue(_verifyShare) ?? (parsed.GetValue(_verify) ? 1 : 0),
    };

    private static void OnlyOne(OptionResult result)
    {
        if (result.Tokens.Count > 1)
            result.AddError("`--board` stands more than once; `image` and `fetch` build several boards at once");
    }

    private static void AShare(OptionResult result)
    {
        if (result.Tokens is [var token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out var share) && share is not (> 0 and <= 1))
            result.AddError("`--verify-share` must be above 0 and at most 1");
    }

    private static void AtLeastOne(OptionResult result)
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number < 1)
            result.AddError("`--jobs` must be at least 1");
    }
}
