// Which of two releases is newer.

using Imagecraft.Cli.Updating;

namespace Imagecraft.Cli.Tests.Updating;

public sealed class ReleaseVersionTests
{
    [Theory]
    [InlineData("1.9.9", "1.10.0")]
    [InlineData("2.41", "2.41.1")]
    [InlineData("2_7_1", "2_7_2")]
    [InlineData("6.12-rc7", "6.12")]
    [InlineData("1.0.0-alpha.2", "1.0.0-beta.1")]
    [InlineData("1.0.0-beta.2", "1.0.0-beta.10")]
    [InlineData("1.0b2", "1.0rc1")]
    [InlineData("3.14.0a7", "3.14.0b1")]
    [InlineData("1.0.pre1", "1.0")]
    [InlineData("1.1.1", "1.1.1a")]
    [InlineData("1.1.1v", "1.1.1w")]
    [InlineData("1.1.1w", "1.1.2")]
    [InlineData("9.9p1", "9.9p2")]
    [InlineData("9.9", "9.9p1")]
    [InlineData("2025.89", "2026.1")]
    [InlineData("20250101", "20250708")]
    [InlineData("6.5.20250216", "6.6")]
    [InlineData("7.1.1-9", "7.1.1-47")]
    [InlineData("1.5~rc1", "1.5")]
    public void The_newer_one_comes_after(string older, string newer)
    {
        Assert.True(Parse(older).CompareTo(Parse(newer)) < 0);
        Assert.True(Parse(newer).CompareTo(Parse(older)) > 0);
    }

    [Theory]
    [InlineData("1.2", "1.2.0")]
    [InlineData("1_2", "1.2")]
    [InlineData("1.2-rc1", "1.2.RC1")]
    public void Some_are_the_same_in_other_words(string one, string other) => Assert.Equal(0, Parse(one).CompareTo(Parse(other)));

    [Theory]
    [InlineData("1.0-rc1", true)]
    [InlineData("1.0beta", true)]
    [InlineData("1.0.dev3", true)]
    [InlineData("1.0a", false)]
    [InlineData("1.0a1", true)]
    [InlineData("1.0p1", false)]
    [InlineData("1.0", false)]
    public void What_comes_before_a_release_is_told(string version, bool isPreRelease) => Assert.Equal(isPreRelease, Parse(version).IsPreRelease);

    [Theory]
    [InlineData("8f14e45fceea167a5a36dedd4bea2543")]
    [InlineData("latest")]
    [InlineData("5.4.8-tests")]
    [InlineData("1.0-win32")]
    [InlineData("0.0~git20240101.abcdef")]
    [InlineData("v1.2")]
    [InlineData("1..2")]
    [InlineData("1.2\n")]
    [InlineData("99999999999999999999999999")]
    [InlineData("")]
    public void What_is_no_version_of_numbers_is_none(string text) => Assert.False(ReleaseVersion.TryParse(text, out _));

    [Theory]
    [InlineData("20250708", VersionKind.Day)]
    [InlineData("20250708b", VersionKind.Day)]
    [InlineData("20251399", VersionKind.Numbers)]
    [InlineData("2025.07.08", VersionKind.Numbers)]
    [InlineData("1.2", VersionKind.Numbers)]
    public void A_day_is_of_another_kind_than_numbers(string text, VersionKind kind) => Assert.Equal(kind, Parse(text).Kind);

    [Theory]
    [InlineData("6.12.107", true)]
    [InlineData("6.12", true)]
    [InlineData("6.12-rc1", true)]
    [InlineData("6.120", false)]
    [InlineData("6.13", false)]
    [InlineData("6", false)]
    public void A_series_has_what_begins_with_its_numbers(string version, bool isOf) => Assert.Equal(isOf, Parse(version).IsOf("6.12"));

    private static ReleaseVersion Parse(string text) => ReleaseVersion.TryParse(text, out var version) ? version : throw new InvalidOperationException($"{text} is no version");
}
