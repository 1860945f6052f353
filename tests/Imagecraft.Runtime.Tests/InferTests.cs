// What the verbs print and write for good models, and what they say of bad ones.

using Imagecraft.Onnx;
using Imagecraft.Onnx.Tests;

namespace Imagecraft.Runtime.Tests;

public sealed class InferTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public InferTests()
    {
        OnnxFile.Write(TestModels.Counter(), Model);
        File.WriteAllBytes(folder["x.npy"], NpyFile.Floats("1, 3", 1, -2, 3));
        File.WriteAllBytes(folder["state.npy"], NpyFile.Floats("1, 1", 10));
        File.WriteAllBytes(folder["frames.npy"], NpyFile.Floats("2, 1, 3", 1, -2, 3, 4, 5, -6));
    }

    string Model => folder["model.onnx"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Info_tells_ports_operator_sets_and_size()
    {
        var result = await Infer.RunAsync("info", Model);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"size      {new FileInfo(Model).Length} bytes", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("producer  tests", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("opsets    ai.onnx 16", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("input     x: float32 [?, ?]", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("output    next: float32 [1, 1]", result.StandardOutput, StringComparison.Ordinal);
        Assert.Empty(result.StandardError);
    }

    [Fact]
    public async Task Run_reads_npy_and_raw_and_writes_npy()
    {
        File.WriteAllBytes(folder["state.raw"], BitConverter.GetBytes(10f));
        var result = await Infer.RunAsync("run", Model, "--input", $"x={folder["x.npy"]}", "--input", $"state={folder["state.raw"]}:float32[1,1]", "--output", folder["out"]);
        Assert.Equal(0, result.ExitCode);
        var (header, values) = NpyFile.Read(folder["out/level.npy"]);
        Assert.Equal("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }", header);
        Assert.Equal([11, 12, 13], values);
        Assert.Equal([11], NpyFile.Read(folder["out/next.npy"]).Values);
    }

    [Fact]
    public async Task A_sequence_is_stepped_with_its_state_carried_from_zero()
    {
        var result = await Infer.RunAsync("run", Model, "--input", $"x={folder["frames.npy"]}", "--sequence", "x", "--carry", "state=next", "--output", folder["out"]);
        Assert.Equal(0, result.ExitCode);
        var (header, values) = NpyFile.Read(folder["out/level.npy"]);
        Assert.Contains("'shape': (2, 1, 3)", header, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 5, 6, 7], values);
        Assert.Equal([2], NpyFile.Read(folder["out/next.npy"]).Values);
    }

    [Fact]
    public async Task Golden_outputs_within_the_tolerance_pass_and_beyond_it_exit_with_4()
    {
        Directory.CreateDirectory(folder["golden"]);
        File.WriteAllBytes(folder["golden/level.npy"], NpyFile.Floats("1, 3", 11, 12, 13.25f));
        string[] run = ["run", Model, "--inputs", folder.Root, "--expect", folder["golden"], "--tolerance"];
        var passes = await Infer.RunAsync([.. run, "0.3"]);
        Assert.Equal(0, passes.ExitCode);
        Assert.Contains("golden `level`: largest deviation 0.25, tolerance 0.3", passes.StandardOutput, StringComparison.Ordinal);
        var fails = await Infer.RunAsync([.. run, "0.2"]);
        Assert.Equal(4, fails.ExitCode);
        Assert.Contains("MISMATCH `level`: largest deviation 0.25, tolerance 0.2", fails.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_that_is_not_a_number_never_passes()
    {
        Directory.CreateDirectory(folder["golden"]);
        File.WriteAllBytes(folder["golden/level.npy"], NpyFile.Floats("1, 3", 11, float.NaN, 13));
        Assert.Equal(4, (await Infer.RunAsync("run", Model, "--inputs", folder.Root, "--expect", folder["golden"], "--tolerance", "1000")).ExitCode);
    }

    [Theory]
    [InlineData("--mean-min", "11.5", 0)]
    [InlineData("--mean-min", "12.5", 4)]
    [InlineData("--mean-max", "11.5", 4)]
    public async Task The_mean_of_the_first_output_is_held_against_its_limits(string option, string value, int exitCode)
    {
        var result = await Infer.RunAsync("run", Model, "--inputs", folder.Root, option, value);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains("of `level`: 12, allowed", result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_gives_as_many_bytes_as_an_input_needs()
    {
        var result = await Infer.RunAsync("run", Model, "--input", "x=/dev/urandom:float32[1,3]", "--input", "state=/dev/zero:float32[1,1]", "--output", folder["out"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(3, NpyFile.Read(folder["out/level.npy"]).Values.Length);
        Assert.Contains("`/dev/zero` is not a usable .npy file: it does not begin with the signature", await Infer.FailAsync("run", Model, "--input", "x=/dev/zero"), StringComparison.Ordinal);
        File.WriteAllBytes(folder["state.raw"], new byte[5]);
        Assert.Contains("state.raw` has 5 bytes, but float32 [1, 1] needs 4", await Infer.FailAsync("run", Model, "--input", $"state={folder["state.raw"]}:float32[1,1]"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_tells_verbs_and_exit_codes()
    {
        var result = await Infer.RunAsync("--help");
        Assert.Equal(0, result.ExitCode);
        Assert.All(["imagecraft-infer info MODEL", "imagecraft-infer run MODEL", "imagecraft-infer verify MODEL-FOLDER", "imagecraft-infer bench MODEL", "Exit codes:"], words => Assert.Contains(words, result.StandardOutput, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_input_is_named_with_type_and_shape() =>
        Assert.Contains("Inputs are missing: [state: float32 [1, 1]]", await Infer.FailAsync("run", Model, "--input", $"x={folder["x.npy"]}"), StringComparison.Ordinal);

    [Fact]
    public async Task An_unknown_input_lists_the_inputs_there_are() =>
        Assert.Contains("The model has no input `y`, it has [x, state]", await Infer.FailAsync("run", Model, "--input", $"y={folder["x.npy"]}"), StringComparison.Ordinal);

    [Fact]
    public async Task A_wrong_shape_gives_both_shapes() =>
        Assert.Contains("Input `state` has shape [1, 1], but [1, 3] was given", await Infer.FailAsync("run", Model, "--input", $"x={folder["x.npy"]}", "--input", $"state={folder["x.npy"]}"), StringComparison.Ordinal);

    [Fact]
    public async Task A_wrong_type_gives_both_types()
    {
        File.WriteAllBytes(folder["state.npy"], NpyFile.Bytes("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1)}", new byte[8]));
        Assert.Contains("Input `state` is float32, but float64 was given", await Infer.FailAsync("run", Model, "--inputs", folder.Root), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_golden_file_of_another_shape_gives_both_shapes()
    {
        Directory.CreateDirectory(folder["golden"]);
        File.WriteAllBytes(folder["golden/level.npy"], NpyFile.Floats("3,", 11, 12, 13));
        Assert.Contains("is float32 [3], but the network gives float32 [1, 3]", await Infer.FailAsync("run", Model, "--inputs", folder.Root, "--expect", folder["golden"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_golden_files_is_no_success()
    {
        Directory.CreateDirectory(folder["golden"]);
        Assert.Contains("has no golden output, expected at least one of [level.npy, next.npy]", await Infer.FailAsync("run", Model, "--inputs", folder.Root, "--expect", folder["golden"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("info", "needs a MODEL")]
    [InlineData("boost", "Unknown verb `boost`, there are [info, run, verify, bench, devices]")]
    [InlineData("run m --fast", "`run` has no option `--fast`")]
    [InlineData("run m --input", "`--input` needs a value")]
    [InlineData("info /nowhere.onnx", "Cannot read `/nowhere.onnx`: it does not exist")]
    public async Task A_wrong_command_line_says_what_is_wrong(string line, string message) =>
        Assert.Contains(message, await Infer.FailAsync([.. line.Split(' ').Select(word => word == "m" ? Model : word)]), StringComparison.Ordinal);

    [Fact]
    public async Task Corrupt_models_are_named()
    {
        var bytes = File.ReadAllBytes(Model);
        byte[][] damaged = [[], bytes[..(bytes.Length / 2)], [.. bytes.Select(value => (byte)~value)], "not a model"u8.ToArray()];
        foreach (var content in damaged)
        {
            File.WriteAllBytes(folder["damaged.onnx"], content);
            Assert.Contains($"`{folder["damaged.onnx"]}` is not a model that ONNX Runtime can load", await Infer.FailAsync("info", folder["damaged.onnx"]), StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, string> HostileHeaders => new()
    {
        { "", "expected `{`" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3)", "malformed at character" },
        { "{'descr': '>f4', 'fortran_order': False, 'shape': (1, 3), }", "its type `>f4` is none of" },
        { "{'descr': '|O', 'fortran_order': False, 'shape': (1, 3), }", "its type `|O` is none of" },
        { "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 3), }", "Fortran order" },
        { "{'descr': '<f4', 'fortran_order': False, }", "lacks one of" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (1, -3), }", "expected a dimension" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999), }", "larger than" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 4), }", "it holds 12 bytes of data" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), 'code': 'x'}", "unknown key `code`" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), } exit()", "more behind the dictionary" },
    };

    [Theory]
    [MemberData(nameof(HostileHeaders))]
    public async Task A_bad_npy_header_says_what_is_wrong(string header, string reason)
    {
        File.WriteAllBytes(folder["x.npy"], NpyFile.Bytes(header, new byte[12]));
        Assert.Contains(reason, await Infer.FailAsync("run", Model, "--inputs", folder.Root), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cut_npy_files_are_named()
    {
        var bytes = File.ReadAllBytes(folder["x.npy"]);
        foreach (var length in new[] { 0, 5, 9, 20, bytes.Length - 13, bytes.Length - 1 })
        {
            File.WriteAllBytes(folder["x.npy"], bytes[..length]);
            Assert.Contains($"`{folder["x.npy"]}` is not a usable .npy file", await Infer.FailAsync("run", Model, "--inputs", folder.Root), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_npy_file_of_version_2_is_read()
    {
        File.WriteAllBytes(folder["x.npy"], NpyFile.Bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }", BitConverter.GetBytes(5f), version: 2));
        Assert.Equal(0, (await Infer.RunAsync("run", Model, "--inputs", folder.Root, "--mean-min", "15", "--mean-max", "15")).ExitCode);
    }
}
