// What README tells people to copy: each block of YAML and each command, as it stands there.

using System.Text.RegularExpressions;

namespace Imagecraft.EndToEnd.Tests;

public sealed partial class ReadmeTests : IDisposable
{
    private const string Board = "--board=qemu-arm64";

    private readonly RepositoryWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Every_document_is_taken_where_it_says_that_it_belongs()
    {
        var documents = WriteDocuments();
        Assert.Equal(["accelerator", "append", "dataset", "feature", "image", "layer", "model", "recipe"], documents.Order(StringComparer.Ordinal));
        var result = await _workspace.RunAsync("validate");
        Assert.True(result.ExitCode == 0, result.StandardError + result.StandardOutput);
    }

    [Fact]
    public void Every_block_is_documents_commands_or_the_test_of_a_test_project() =>
        Assert.All(Blocks(), block => Assert.Matches(@"^((recipe|image|feature|model|dataset|accelerator|layer|append): |\./build\.sh |imagecraft-infer |\[Board\()", block[0]));

    [Fact]
    public async Task The_image_with_its_recipes_models_and_layer_boots_and_passes_its_checks()
    {
        WriteDocuments();
        await SucceedAsync("check", Board, "--accept");
        var text = await SucceedAsync("check", Board);
        Assert.All(["edge-ml: kernel", "edge-ml: users", "htop: version", "silero-vad: verify", "ppocr-direction-float: verify"], check => Assert.Contains($"passed  {check}", text, StringComparison.Ordinal));
        Assert.Contains("root", await File.ReadAllTextAsync(Path.Combine(_workspace.Root, "images", "edge-ml", "users.txt"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_layer_builds_and_its_image_greets()
    {
        _workspace.Take("layers/example");
        // As it stands it would need a kernel that nothing else needs.
        _workspace.Append("layers/example/images/example.yaml", DeskWorkspace.KnownKernel);
        var text = await SucceedAsync("check", Board, "--image=example");
        Assert.All(["example: hostname", "greeting: "], check => Assert.Contains($"passed  {check}", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Commands_that_only_tell_something_succeed_as_they_stand()
    {
        var commands = Commands().Where(command => command[0] is "show" or "why" or "list" or "plan" or "--version" or "doctor").ToList();
        Assert.Contains(commands, command => command[0] == "why");
        foreach (var command in commands)
            await SucceedAsync(command);
    }

    [Fact]
    public async Task Two_settings_of_a_network_are_compared()
    {
        var command = Assert.Single(Commands(), command => command[0] == "model");
        var text = await SucceedAsync(command);
        Assert.Matches(@"(?m)^float .*\n^int8 .*\n^quantize\.calibration\.method=entropy", text);
    }

    private async Task<string> SucceedAsync(params string[] arguments)
    {
        var result = await _workspace.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)} ended with {result.ExitCode}: {result.StandardError}{result.StandardOutput}");
        return result.StandardOutput;
    }

    /// <summary>Writes each document to the path in its first line, instead of what is there; gives their kinds.</summary>
    private List<string> WriteDocuments()
    {
        var kinds = new List<string>();
        foreach (var block in Blocks())
        {
            if (DocumentStart().Match(block[0]) is not { Success: true } start)
                continue;
            _workspace.Write(start.Groups["path"].Value, string.Join('\n', block) + "\n");
            kinds.Add(start.Groups["kind"].Value);
        }

        // What the append names is for the reader to write.
        _workspace.Write("layers/mine/recipes/more.config", "CONFIG_FACTOR=y\n");
        return kinds;
    }

    /// <summary>Arguments of all commands without placeholders, of blocks and of the text.</summary>
    private static IEnumerable<string[]> Commands() =>
        Command().Matches(Text).Select(match => Word().Matches(match.Groups[1].Value.Split('#')[0]).Select(word => word.Value.Trim('"')).ToArray()).Where(words => !words.Any(word => Placeholder().IsMatch(word)));

    private static IEnumerable<string[]> Blocks() => MarkdownText.Blocks(Text, isParted: true);

    private static string Text { get; } = MarkdownText.Read("README.md");

    [GeneratedRegex(@"^(?<kind>[a-z]+): \S+ +# (?<path>\S+\.yaml)\b")]
    private static partial Regex DocumentStart();

    [GeneratedRegex(@"(?m)(?:^    |`)\./build\.sh ([^`\n]+)")]
    private static partial Regex Command();

    [GeneratedRegex(@"""[^""]*""|\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^[A-Z]+$|\.\.\.|\[")]
    private static partial Regex Placeholder();
}
