// What `verify` says of deployed models that are whole, that deviate, and that are damaged.

using System.Text.Json;
using Imagecraft.Onnx.Tests;

namespace Imagecraft.Runtime.Tests;

public sealed class VerifyTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public VerifyTests() => DeployedModel.Write(folder);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task All_golden_samples_of_a_whole_folder_are_reproduced()
    {
        File.WriteAllBytes(folder["golden/two/expected/level.npy"], NpyFile.Floats("2, 1, 2", 11, 12.25f, 14, 15));
        var result = await Infer.RunAsync("verify", folder.Root);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            [
                "golden `two` `level`: largest deviation 0.25, tolerance 0.25, 2 frames",
                "golden `two` `next`: largest deviation 0, tolerance 0.25, 2 frames",
                "golden `three` `level`: largest deviation 0, tolerance 0.25, 3 frames",
                "golden `three` `next`: largest deviation 0, tolerance 0.25, 3 frames",
                "4 of 4 outputs of 2 samples reproduced",
            ],
            result.StandardOutput.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_mismatch_exits_with_4_and_names_sample_output_and_figures()
    {
        File.WriteAllBytes(folder["golden/three/expected/next.npy"], NpyFile.Floats("1, 1", 13.5f));
        var result = await Infer.RunAsync("verify", folder.Root);
        Assert.Equal(4, result.ExitCode);
        Assert.Contains("MISMATCH `three` `next`: largest deviation 0.5, tolerance 0.25, 3 frames", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("3 of 4 outputs of 2 samples reproduced", result.StandardOutput, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.25", 0)]
    [InlineData("0.2", 4)]
    public async Task A_share_of_the_values_may_deviate_more_where_the_card_says_so(string outliers, int code)
    {
        File.WriteAllText(folder["card.json"], DeployedModel.Card.Replace("0.25", $$"""{ "level": { "absolute": 0.25, "outliers": {{outliers}}, "worst": 90 }, "next": 0.25 }""", StringComparison.Ordinal));
        File.WriteAllBytes(folder["golden/two/expected/level.npy"], NpyFile.Floats("2, 1, 2", 11, 12, 99, 15));
        var result = await Infer.RunAsync("verify", folder.Root);
        Assert.Equal(code, result.ExitCode);
        Assert.Contains($"{(code == 0 ? "golden" : "MISMATCH")} `two` `level`: largest deviation 85, tolerance 0.25 but for 25.000 % of the values, {(code == 0 ? "25" : "20")}.000 % may, by at most 90, 2 frames", result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_each_deviation_and_how_many_values_are_a_number_in_one_of_both_only()
    {
        File.WriteAllBytes(folder["golden/two/expected/next.npy"], NpyFile.Floats("1, 1", float.NaN));
        var result = await Infer.RunAsync("verify", folder.Root, "--json");
        Assert.Equal(4, result.ExitCode);
        using var json = JsonDocument.Parse(result.StandardOutput);
        Assert.False(json.RootElement.GetProperty("passed").GetBoolean());
        var outputs = json.RootElement.GetProperty("outputs").EnumerateArray().ToDictionary(o => $"{o.GetProperty("sample")}/{o.GetProperty("output")}");
        Assert.Equal(["two/level", "two/next", "three/level", "three/next"], outputs.Keys);
        Assert.Equal((0, 0), (outputs["three/level"].GetProperty("deviation").GetDouble(), outputs["three/level"].GetProperty("unlike").GetInt32()));
        Assert.True(outputs["three/level"].GetProperty("passed").GetBoolean());
        Assert.Equal((0, 1), (outputs["two/next"].GetProperty("deviation").GetDouble(), outputs["two/next"].GetProperty("unlike").GetInt32()));
        Assert.False(outputs["two/next"].GetProperty("passed").GetBoolean());
    }

    [Fact]
    public async Task A_model_in_the_format_of_ONNX_Runtime_is_verified_and_described()
    {
        DeployedModel.WriteOrt(folder["model.onnx"], folder["model.ort"]);
        Assert.Contains("has more than one of [model.onnx, model.ort], expected one", await Infer.FailAsync("verify", folder.Root), StringComparison.Ordinal);
        var onnx = await Infer.RunAsync("info", folder["model.onnx"]);
        File.Delete(folder["model.onnx"]);

        var result = await Infer.RunAsync("verify", folder.Root);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("4 of 4 outputs of 2 samples reproduced", result.StandardOutput, StringComparison.Ordinal);
        var ort = await Infer.RunAsync("info", folder["model.ort"]);
        Assert.Equal(0, ort.ExitCode);
        Assert.Contains("format    ONNX Runtime\n", ort.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("opsets    ai.onnx 16, ", ort.StandardOutput, StringComparison.Ordinal);
        // ONNX Runtime writes all operator sets that it knows; path, format, size and what a load can do differ by nature.
        Assert.Equal(Facts(onnx.StandardOutput), Facts(ort.StandardOutput));

        static string[] Facts(string text) => [.. text.Split('\n').Where(line => line.Length > 0 && line.Split(' ')[0] is not ("model" or "format" or "size" or "opsets" or "at"))];
    }

    [Fact]
    public async Task Every_damaged_golden_file_is_named_at_once()
    {
        File.WriteAllBytes(folder["golden/two/inputs/x.npy"], File.ReadAllBytes(folder["golden/two/inputs/x.npy"])[..^1]);
        File.Delete(folder["golden/three/expected/next.npy"]);
        var error = await Infer.FailAsync("verify", folder.Root);
        Assert.Contains($"`{folder["golden/two/inputs/x.npy"]}` is not a usable .npy file", error, StringComparison.Ordinal);
        Assert.Contains($"Cannot read `{folder["golden/three/expected/next.npy"]}`: it does not exist", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Golden_files_of_another_shape_or_length_give_both()
    {
        File.WriteAllBytes(folder["golden/two/inputs/x.npy"], NpyFile.Floats("1, 1, 2", 1, 2));
        File.WriteAllBytes(folder["golden/three/expected/level.npy"], NpyFile.Floats("3, 2", 1, 2, 3, 4, 5, 6));
        var error = await Infer.FailAsync("verify", folder.Root);
        Assert.Contains("has 1 frames, but the card says 2", error, StringComparison.Ordinal);
        Assert.Contains("is float32 [3, 2], but the network gives float32 [3, 1, 2]", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_card_network_or_folder_is_named()
    {
        Assert.Contains("The model folder `/nowhere` does not exist", await Infer.FailAsync("verify", "/nowhere"), StringComparison.Ordinal);
        Assert.Contains("is a file, expected the folder of a deployed model", await Infer.FailAsync("verify", folder["model.onnx"]), StringComparison.Ordinal);
        File.Delete(folder["card.json"]);
        Assert.Contains($"Cannot read `{folder["card.json"]}`: it does not exist", await Infer.FailAsync("verify", folder.Root), StringComparison.Ordinal);
        File.Delete(folder["model.onnx"]);
        Assert.Contains("has none of [model.onnx, model.ort], expected one", await Infer.FailAsync("verify", folder.Root), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"carry\": { \"state\": \"next\" }", "\"carry\": {}", "golden/two/inputs/state.npy` has 1 frames, but the card says 2")]
    [InlineData("\"samples\": [ { \"name\": \"two\", \"frames\": 2 }, { \"name\": \"three\", \"frames\": 3 } ]", "\"samples\": []", "has no `samples`, so there is nothing to verify")]
    [InlineData("\"state\": \"next\"", "\"state\": \"after\"", "The model has no output `after`, it has [level, next]")]
    [InlineData("\"state\": \"next\"", "\"before\": \"next\"", "The model has no input `before`, it has [x, state]")]
    [InlineData("\"tolerance\": 0.25,", "", "it lacks `tolerance`")]
    [InlineData("\"tolerance\": 0.25", "\"tolerance\": -1", "its `tolerance` -1 is below 0")]
    [InlineData("0.25", "\"low\"", "its `tolerance` is a String, expected a Number or an Object")]
    [InlineData("0.25", "{ \"level\": 0.25 }", "The card has no `tolerance` for the output `next`, it has [level]")]
    [InlineData("0.25", "{ \"level\": { \"absolute\": 1, \"outliers\": 1, \"worst\": 2 } }", "its `tolerance.level.outliers` 1 are no share from 0 to below 1")]
    [InlineData("0.25", "{ \"level\": { \"absolute\": 1, \"outliers\": 0.1 } }", "its `tolerance.level` has `outliers` without `worst`")]
    [InlineData("0.25", "0.25, \"decision\": { \"metric\": \"m\", \"output\": \"level\", \"kind\": \"luck\" }", "its `decision.kind` is `luck`, there are [arg-max")]
    [InlineData("0.25", "0.25, \"decision\": { \"metric\": \"m\", \"output\": \"odd\", \"kind\": \"side\", \"threshold\": 1, \"least\": 1 }", "The model has no output `odd`")]
    [InlineData("\"frames\": 2", "\"frames\": 0", "`frames` of the sample `two` is not a whole number above 0")]
    [InlineData("\"name\": \"two\"", "\"name\": \"../two\"", "the sample name `../two` is not the name of a folder")]
    [InlineData("\"samples\"", "\"examples\"", "it lacks `samples`")]
    [InlineData("} ] }", "} ]", "it is not JSON")]
    public async Task A_wrong_card_says_what_is_wrong(string right, string wrong, string message)
    {
        Assert.Contains(right, DeployedModel.Card, StringComparison.Ordinal);
        File.WriteAllText(folder["card.json"], DeployedModel.Card.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Contains(message, await Infer.FailAsync("verify", folder.Root), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Threads_below_one_are_refused() =>
        Assert.Contains("`--threads 0` is not a whole number from 1", await Infer.FailAsync("verify", folder.Root, "--threads", "0"), StringComparison.Ordinal);
}
