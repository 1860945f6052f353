// The spelling help.

using Imagecraft.Cli.CommandLine;

namespace Imagecraft.Cli.Tests;

public sealed class NearestTests
{
    [Theory]
    [InlineData("imgae", "image")]
    [InlineData("chekc", "check")]
    [InlineData("menu", "menuconfig")]
    [InlineData("Doctor", "doctor")]
    public void A_misspelled_word_finds_the_word_that_was_meant(string word, string meant) =>
        Assert.Equal(meant, Nearest.Find(word, ["image", "check", "doctor", "menuconfig"]));

    [Fact]
    public void A_word_unlike_all_others_finds_nothing() =>
        Assert.Null(Nearest.Find("zebra", ["image", "check"]));

    [Fact]
    public void Swapped_neighbours_are_one_edit() =>
        Assert.Equal(1, Nearest.Distance("iamge", "image"));
}
