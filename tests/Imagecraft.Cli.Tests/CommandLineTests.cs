// The real command line as a child: what wrong words get.

namespace Imagecraft.Cli.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly CliProcess _cli = new();

    [Fact]
    public async Task An_unknown_verb_gets_the_nearest_one_and_exit_code_3()
    {
        var result = await _cli.RunAsync("docter");

        Assert.Equal((3, "error: Unknown verb `docter`\n  Did you mean `doctor`?\n", ""), result);
    }

    [Fact]
    public async Task An_unknown_option_gets_the_nearest_one_and_its_value_is_not_told_again()
    {
        var result = await _cli.RunAsync("test", "--methd", "*x*");

        Assert.Equal((3, "error: Unknown option `--methd` of `test`\n  Did you mean `--method`?\n", ""), result);
    }

    [Fact]
    public async Task A_surplus_argument_is_named()
    {
        var result = await _cli.RunAsync("doctor", "now");

        Assert.Equal((3, "error: Unexpected argument `now` of `doctor`\n  `./build.sh doctor --help` lists what it takes\n", ""), result);
    }

    [Theory]
    [InlineData("build x --jobs abc", "error: `--jobs` takes a whole number, not `abc`\n  `./build.sh build --help` lists what it takes\n")]
    [InlineData("build x --verify-share most", "error: `--verify-share` takes a number, not `most`\n  `./build.sh build --help` lists what it takes\n")]
    [InlineData("cache gc --size", "error: Required argument missing for option: `--size`\n  `./build.sh cache gc --help` lists what it takes\n")]
    [InlineData("cache gc --sice 1", "error: Unknown option `--sice` of `cache gc`\n  Did you mean `--size`?\n")]
    [InlineData("schema ''", "error: `<folder>` of `schema` is empty\n  `./build.sh schema --help` lists what it takes\n")]
    [InlineData("build ''", "error: `<recipe>` of `build` is empty\n  `./build.sh build --help` lists what it takes\n")]
    [InlineData("image --board ''", "error: `--board` of `image` is empty\n  `./build.sh image --help` lists what it takes\n")]
    [InlineData("fetch --events ''", "error: `--events` of `fetch` is empty\n  `./build.sh fetch --help` lists what it takes\n")]
    [InlineData("show board", "error: `<name>` of `show` is missing\n  `./build.sh show --help` lists what it takes\n")]
    [InlineData("show", "error: `<kind>` of `show` is missing\n  `./build.sh show --help` lists what it takes\nerror: `<name>` of `show` is missing\n  `./build.sh show --help` lists what it takes\n")]
    [InlineData("cache", "error: `cache` needs one of [ `stats`, `gc`, `verify`, `export`, `import` ]\n  `./build.sh cache --help` lists what it takes\n")]
    [InlineData("cache stat", "error: Unexpected argument `stat` of `cache`\n  Did you mean `stats`?\n")]
    public async Task A_value_that_cannot_be_meant_is_told_with_the_name_of_what_takes_it(string line, string told)
    {
        var result = await _cli.RunAsync([.. line.Split(' ').Select(word => word == "''" ? "" : word)]);

        Assert.Equal((3, told, ""), result);
    }

    [Fact]
    public async Task A_cache_that_is_a_file_is_told_with_the_way_out()
    {
        _cli.Write("cache", "");
        var (code, errors, _) = await _cli.RunAsync("cache", "stats");

        Assert.Equal((2, "error: The cache `ROOT/cache` is a file\n  Set IMAGECRAFT_CACHE to a folder, which is made when it does not exist\n"), (code, errors));
    }

    // The workspace is the repository, its cache is empty: a build would begin with downloads, which `--offline` forbids.
    [Theory]
    [InlineData("--filter", "busybx/*", "error: No check matches [busybx/*]")]
    [InlineData("--tag", "nope", "error: No tag of a check here is named `nope`")]
    public async Task Checks_that_are_asked_for_in_vain_are_told_before_anything_is_built(string option, string value, string told)
    {
        var (code, errors, _) = await _cli.RunInAsync(Golden.Root, "check", "--board", "qemu-arm64", "--offline", option, value);

        Assert.Equal(3, code);
        Assert.StartsWith(told, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_for_events_that_cannot_be_written_is_named()
    {
        var (code, errors, _) = await _cli.RunInAsync(Golden.Root, "build", "busybox", "--board", "qemu-arm64", "--offline", "--events", "/nowhere/events.json");

        Assert.Equal((3, "error: The file `/nowhere/events.json` of `--events` cannot be written: its folder does not exist\n  Name a file in a folder that exists and is yours\n"), (code, errors));
    }

    [Fact]
    public async Task Without_a_verb_the_help_is_shown_and_the_exit_code_is_3()
    {
        var (code, _, output) = await _cli.RunAsync();

        Assert.Equal(3, code);
        Assert.Contains("./build.sh [command] [options]", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_lists_all_verbs_and_succeeds()
    {
        var (code, _, output) = await _cli.RunAsync("--help");

        Assert.Equal(0, code);
        Golden.Check(output);
    }

    [Fact]
    public async Task Output_that_is_no_terminal_has_no_escape_sequences()
    {
        var (_, errors, output) = await _cli.RunAsync("doctor", "--colour");

        Assert.DoesNotContain('\e', errors + output);
    }

    public void Dispose() => _cli.Dispose();
}
