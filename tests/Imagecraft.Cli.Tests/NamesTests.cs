// How names of the command line find what they mean.

using Imagecraft.Cli.Building;
using Imagecraft.Cli.CommandLine;
using Imagecraft.Cli.Verbs;
using Imagecraft.Engine.Actions;

namespace Imagecraft.Cli.Tests;

public sealed class NamesTests
{
    private static readonly ActionId[] _actions = [new("zlib:source"), new("zlib@arm64.cortex-a57:build"), new("zlib@arm64.cortex-a57:split"), new("zlib-ng:source"), new("fetch:zlib.tar.gz:1234")];

    [Theory]
    [InlineData("zlib@arm64.cortex-a57:build", "zlib@arm64.cortex-a57:build")]
    [InlineData("zlib:build", "zlib@arm64.cortex-a57:build")]
    [InlineData("zlib:source", "zlib:source")]
    [InlineData("zlib", "zlib:source zlib@arm64.cortex-a57:build zlib@arm64.cortex-a57:split")]
    [InlineData("fetch:zlib.tar.gz:1234", "fetch:zlib.tar.gz:1234")]
    public void A_name_means_an_action_a_step_or_all_steps_of_a_recipe(string name, string meant) =>
        Assert.Equal(meant, string.Join(' ', ActionNames.Resolve(_actions, name)));

    [Fact]
    public void An_unknown_action_proposes_the_nearest() =>
        Assert.Equal("Did you mean `zlib:build`?", Assert.Throws<ProblemException>(() => ActionNames.Resolve(_actions, "zlib:biuld")).Hint);

    [Fact]
    public void A_shell_needs_one_action_and_several_are_listed() =>
        Assert.Contains("zlib@arm64.cortex-a57:split", Assert.Throws<ProblemException>(() => ActionNames.ResolveOne(_actions, "zlib")).Hint, StringComparison.Ordinal);

    [Theory]
    [InlineData("1024", 1024)]
    [InlineData("20GiB", 20L << 30)]
    [InlineData("1.5 kb", 1536)]
    [InlineData("500M", 500L << 20)]
    public void A_size_may_be_written_with_a_unit(string text, long bytes) => Assert.Equal(bytes, CacheVerb.Bytes(text));

    [Theory]
    [InlineData("much")]
    [InlineData("-1")]
    [InlineData("20XB")]
    public void What_is_no_size_is_told_with_an_example(string text) =>
        Assert.Contains("20GiB", Assert.Throws<ProblemException>(() => CacheVerb.Bytes(text)).Hint, StringComparison.Ordinal);
}
