// The beginnings of documents in a workspace of one's own: sound as they are written, and never over something that is there.

using CliWrap;
using CliWrap.Buffered;

namespace Imagecraft.Cli.Tests;

public sealed class ScaffoldTests : IDisposable
{
    private static readonly string Network = Path.Combine(Golden.Root, "models/fashion-mnist/fashion-mnist.onnx");

    private readonly string _root = Directory.CreateTempSubdirectory("imagecraft-scaffold-").FullName;

    public ScaffoldTests()
    {
        File.WriteAllText(Path.Combine(_root, "imagecraft.yaml"), "workspace: product\nboard: qemu-arm64\nimage: small\nlayers: []\n");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task What_is_begun_is_sound_and_can_be_planned()
    {
        Assert.Equal("images/small.yaml\nNext: BUILD check --image small\n", await SucceedAsync("new", "image", "small"));
        Assert.Equal("boards/desk/desk.yaml\nNext: BUILD plan --board desk\n", await SucceedAsync("new", "board", "desk", "--like", "qemu-arm64"));
        Assert.Equal("boards/field/field.yaml\nboards/field/field.config\nNext: BUILD plan --board field\n", await SucceedAsync("new", "board", "field", "--architecture", "riscv64", "--console", "ttyS1"));
        Assert.Equal("layers/shared/layer.yaml\nIt counts when `imagecraft.yaml` lists it: `layers: [ layers/shared ]`\n", await SucceedAsync("new", "layer", "shared"));
        Assert.Equal("models/clothes/clothes.yaml\nNext: BUILD model clothes\n", await SucceedAsync("new", "model", "clothes", Network, "--license", "MIT", "--shape", "1,1,28,28"));
        Assert.StartsWith("layers/shared/images/large.yaml\n", await SucceedAsync("new", "image", "large", "--layer", "shared"), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_root, "imagecraft.yaml"), "workspace: product\nboard: qemu-arm64\nimage: small\nlayers: [ layers/shared ]\n");

        Assert.DoesNotContain("warning", await SucceedAsync("validate"), StringComparison.Ordinal);
        Assert.Contains("small@desk:", await SucceedAsync("plan", "--board", "desk", "--image", "small", "--locked"), StringComparison.Ordinal);
        Assert.Contains("@field:", await SucceedAsync("plan", "--board", "field", "--image", "large", "--locked"), StringComparison.Ordinal);
        Assert.Contains("linux-root-riscv64", File.ReadAllText(Path.Combine(_root, "boards/field/field.yaml")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_root, "models/clothes/fashion-mnist.onnx")));
        Assert.Contains("# Inputs: image [batch, 1, 28, 28]", File.ReadAllText(Path.Combine(_root, "models/clothes/clothes.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_editor_finds_the_schema_of_what_was_begun()
    {
        await SucceedAsync("new", "layer", "shared");
        await SucceedAsync("new", "image", "large", "--layer", "shared");
        foreach (var path in new[] { "layers/shared/layer.yaml", "layers/shared/images/large.yaml" })
        {
            var line = File.ReadLines(Path.Combine(_root, path)).First();
            const string start = "# yaml-language-server: $schema=";
            Assert.StartsWith(start, line, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(_root, Path.GetDirectoryName(path)!, line[start.Length..])), line);
        }
    }

    [Theory]
    [InlineData("`Desk` is no name", "new", "image", "Desk")]
    [InlineData("`base` is the name of an image already", "new", "image", "base")]
    [InlineData("`layers/none` is no layer", "new", "image", "mine", "--layer", "none")]
    [InlineData("Give `--like BOARD`, or both `--architecture` and `--console`", "new", "board", "mine")]
    [InlineData("Give `--like BOARD`, or both `--architecture` and `--console`", "new", "board", "mine", "--like", "qemu-arm64", "--console", "ttyS0")]
    [InlineData("Did you mean `qemu-arm64`?", "new", "board", "mine", "--like", "qemu-arm6")]
    [InlineData("Give a name such as `ttyAMA0`, without `/dev/` and speed", "new", "board", "mine", "--architecture", "riscv64", "--console", "ttyS0 115200")]
    [InlineData("Give a name such as `ttyAMA0`, without `/dev/` and speed", "new", "board", "mine", "--architecture", "riscv64", "--console", "/dev/ttyS0")]
    [InlineData("Did you mean `riscv64`?", "new", "board", "mine", "--architecture", "riscv46", "--console", "ttyS0")]
    [InlineData("does not exist", "new", "model", "mine", "nowhere.onnx")]
    [InlineData("Name an `.onnx` file", "new", "model", "mine", "imagecraft.yaml")]
    public async Task What_cannot_be_begun_is_told_and_nothing_is_written(string told, params string[] arguments)
    {
        var (exitCode, text) = await RunAsync(arguments);
        Assert.Equal(3, exitCode);
        Assert.Contains(told, text, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", text, StringComparison.Ordinal);
        Assert.Equal(["imagecraft.yaml"], Directory.EnumerateFileSystemEntries(_root).Select(Path.GetFileName).Where(name => name != ".imagecraft"));
    }

    [Fact]
    public async Task Sizes_that_a_network_leaves_open_are_asked_for()
    {
        var (exitCode, text) = await RunAsync("new", "model", "open", Network);
        Assert.Equal(3, exitCode);
        Assert.Contains("The network leaves sizes of its input `image` open: [batch, 1, 28, 28]", text, StringComparison.Ordinal);
        Assert.Contains("`--shape image=1,1,28,28`", text, StringComparison.Ordinal);
        foreach (var (shape, told) in new[] { ("image=1,0,28,28", "is no shape"), ("imag=1,1,28,28", "Did you mean `image`?") })
            Assert.Contains(told, (await RunAsync("new", "model", "open", Network, "--shape", shape)).Text, StringComparison.Ordinal);

        await SucceedAsync("new", "model", "open", Network, "--shape", "image=1,1,28,28");
        Assert.Contains("shapes: { \"image\": [ 1, 1, 28, 28 ] }", File.ReadAllText(Path.Combine(_root, "models/open/open.yaml")), StringComparison.Ordinal);
        await SucceedAsync("new", "image", "small");
        await SucceedAsync("validate");
        Assert.Contains("`open` is the name of a model already", (await RunAsync("new", "model", "open", Network)).Text, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Text)> RunAsync(params string[] arguments)
    {
        var result = await CliWrap.Cli.Wrap("dotnet")
            .WithArguments(["exec", Path.Combine(AppContext.BaseDirectory, "imagecraft.dll"), .. arguments])
            .WithWorkingDirectory(_root)
            .WithEnvironmentVariables(e => e.Set("IMAGECRAFT_WORKSPACE", null).Set("IMAGECRAFT_CORE", Golden.Root).Set("IMAGECRAFT_CACHE", Path.Combine(_root, ".imagecraft/cache")))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        // Where the checkout is from here.
        return (result.ExitCode, (result.StandardOutput + result.StandardError).Replace(Path.Combine(Path.GetRelativePath(_root, Golden.Root), "build.sh"), "BUILD", StringComparison.Ordinal));
    }

    private async Task<string> SucceedAsync(params string[] arguments)
    {
        var (exitCode, text) = await RunAsync(arguments);
        Assert.True(exitCode == 0, text);
        return text;
    }
}
