// The verb as a child process, with a server of releases on this machine.

using System.Text.Json;
using Imagecraft.Feeds.Tests;

namespace Imagecraft.Cli.Tests.Updating;

public sealed class UpdateVerbTests : IDisposable
{
    private const string Pin = "0000000000000000000000000000000000000000000000000000000000000000";

    private readonly CliProcess _cli = new();
    private readonly TestServer _server = new();

    public UpdateVerbTests()
    {
        _server.Serve("/ftp/", Answer.Of("<a href=\"lib-1.0.tar.gz\"> <a href=\"lib-1.1.tar.gz\"> <a href=\"tool-2.0.tar.gz\">"));
        Write("lib", "1.0", $"sources: [ {{ url: \"{_server.Address}/ftp/lib-$VERSION.tar.gz\", sha256: {Pin} }} ]");
        Write("tool", "2.0", $"sources: [ {{ url: \"{_server.Address}/ftp/tool-$VERSION.tar.gz\", sha256: {Pin} }} ]");
        Write("lost", "3.0", $"sources: [ {{ url: \"{_server.Address}/gone/lost-$VERSION.tar.gz\", sha256: {Pin} }} ]");
        Write("nowhere", "4.0", $"sources: [ {{ url: \"http://127.0.0.1:1/nowhere-$VERSION.tar.gz\", sha256: {Pin} }} ]");
        Write("done", "5.0", "releases: { none: It is finished }");
        _cli.Write("recipes/cross.yaml", "toolroot: cross\nfeed: trixie\npackages: [ gcc ]\n");
        _cli.Write("recipes/trixie.yaml", "feed: trixie\nsuite: trixie\ncomponents: [ main ]\n");
    }

    public void Dispose()
    {
        _cli.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task A_table_tells_what_is_newer_and_why_nobody_knows_of_others()
    {
        var (code, errors, output) = await _cli.RunAsync("update");

        Assert.Equal((0, ""), (code, errors));
        Golden.Check(output.Replace(_server.Address["http://".Length..], "SERVER", StringComparison.Ordinal));
        Assert.Equal(Text("lib", "1.0", $"sources: [ {{ url: \"{_server.Address}/ftp/lib-$VERSION.tar.gz\", sha256: {Pin} }} ]"), await File.ReadAllTextAsync(Path.Combine(_cli.Root, "recipes/lib.yaml"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Programs_get_the_same_as_JSON()
    {
        var (code, errors, output) = await _cli.RunAsync("update", "lib", "done", "--json");

        Assert.Equal((0, ""), (code, errors));
        using var document = JsonDocument.Parse(output);
        var rows = document.RootElement.EnumerateArray().ToList();
        Assert.Equal(["lib 1.0 1.1 newer", "done 5.0  left out"], rows.Select(row => $"{row.GetProperty("recipe")} {row.GetProperty("version")} {row.GetProperty("newest")} {row.GetProperty("state")}"));
        Assert.Equal("It is finished", rows[1].GetProperty("reason").GetString());
        Assert.Equal(JsonValueKind.Null, rows[0].GetProperty("outcome").ValueKind);
    }

    [Fact]
    public async Task Where_nobody_answers_the_exit_code_says_so()
    {
        var (code, _, output) = await _cli.RunAsync("update", "nowhere");
        Assert.Equal(2, code);
        Assert.Contains("127.0.0.1:1: cannot be reached", output, StringComparison.Ordinal);

        (code, _, output) = await _cli.RunAsync("update", "lib", "tool", "--offline");
        Assert.Equal(2, code);
        Assert.Contains("`--offline` forbids to ask", output, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Theory]
    [InlineData("update libb", "error: No recipe is named `libb`\n  Did you mean `lib`?\n")]
    [InlineData("update cross", "error: `cross` is a tool root, made of packages of the feed\n  `./build.sh lock --update` renews them\n")]
    [InlineData("update lib --to 1.1", "error: `--to` belongs to `--apply`\n  Add that, or leave it away\n")]
    [InlineData("update lib --keep", "error: `--keep` belongs to `--apply`\n  Add that, or leave it away\n")]
    [InlineData("update lib tool --apply --to 1.1", "error: `--to` is a version of one recipe\n  Name the recipe\n")]
    [InlineData("update --apply --to 1.1", "error: `--to` is a version of one recipe\n  Name the recipe\n")]
    public async Task What_cannot_be_meant_is_told(string words, string told) => Assert.Equal((3, told, ""), await _cli.RunAsync(words.Split(' ')));

    [Fact]
    public async Task A_recipe_that_is_described_wrongly_is_told_with_what_is_wrong()
    {
        _cli.Write("recipes/odd.yaml", "recipe: odd\nodd: 1\n");

        var (code, errors, _) = await _cli.RunAsync("update", "odd");

        Assert.Equal(3, code);
        Assert.Contains("recipes/odd.yaml:2:1: error IC0102: Unknown key `odd`", errors, StringComparison.Ordinal);
    }

    private void Write(string name, string version, string more) => _cli.Write($"recipes/{name}.yaml", Text(name, version, more));

    private static string Text(string name, string version, string more) => $"recipe: {name}\nversion: \"{version}\"   # pinned\nlicense: MIT\n{more}\nbuild: {{ system: script, steps: \"true\" }}\n";
}
