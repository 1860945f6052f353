// The options that say which checks run and how; of every verb that checks. Unaware of images.

using System.Collections.Immutable;
using System.CommandLine;

namespace Imagecraft.Cli.Checking;

/// <summary>What is asked of a check beside the image.</summary>
/// <param name="Filter">Globs of checks; empty: all.</param>
/// <param name="Repeat">How many boots.</param>
/// <param name="Jobs">How many machines run at once.</param>
/// <param name="Accept">Outputs become golden files.</param>
/// <param name="Strict">A boot that is clearly worse than the last one fails.</param>
public sealed record CheckDemand(ImmutableArray<string> Filter, int Repeat, int Jobs, bool Accept, bool Strict)
{
    /// <summary>Of these tags a check has one at least; empty: any or none.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Of these tags a check has none.</summary>
    public ImmutableArray<string> WithoutTags { get; init; } = [];

    /// <summary>Only some of the checks are wanted.</summary>
    public bool Chooses => !Filter.IsEmpty || !Tags.IsEmpty || !WithoutTags.IsEmpty;
}

/// <summary>Adds the options to a command and reads them.</summary>
public sealed class CheckOptions
{
    private readonly Option<string[]> _filter = new("--filter", "-f") { Description = "Only checks whose OWNER/NAME, owner or name matches, with what they need, e.g. `busybox/*`" };
    private readonly Option<string[]> _tag = new("--tag") { Description = "Only checks that have the tag, or one of several, with what they need" };
    private readonly Option<string[]> _withoutTag = new("--without-tag") { Description = "No checks that have the tag, unless others need them" };
    private readonly Option<int> _repeat = new("--repeat") { Description = "Boot and check so many times", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _accept = new("--accept") { Description = "Take the outputs as the golden files of checks that have one" };
    private readonly Option<bool> _strict = new("--strict") { Description = "Fail when a boot is clearly slower than the last one or leaves less memory" };

    /// <summary>Adds all options to <paramref name="command"/>.</summary>
    public CheckOptions(Command command)
    {
        _repeat.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number < 1)
                result.AddError("`--repeat` must be at least 1");
        });
        foreach (var option in All)
            command.Options.Add(option);
    }

    /// <summary>Each of them.</summary>
    public ImmutableArray<Option> All => [_filter, _tag, _withoutTag, _repeat, _accept, _strict];

    /// <summary>What was written.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="jobs">CPU slots of the call, which are the machines that run at once; null: one.</param>
    public CheckDemand Read(ParseResult parsed, int? jobs) =>
        new([.. parsed.GetValue(_filter) ?? []], parsed.GetValue(_repeat), jobs ?? 1, parsed.GetValue(_accept), parsed.GetValue(_strict))
        {
            Tags = [.. parsed.GetValue(_tag) ?? []],
            WithoutTags = [.. parsed.GetValue(_withoutTag) ?? []],
        };
}
