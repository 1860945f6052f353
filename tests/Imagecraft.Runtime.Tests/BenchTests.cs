// What `bench` measures in each scenario, and what it refuses. Times are only compared with each other.

using System.Text.Json;
using Imagecraft.Onnx;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Tests;

namespace Imagecraft.Runtime.Tests;

public sealed class BenchTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public BenchTests() => DeployedModel.Write(folder);

    string Model => folder["model.onnx"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Single_stream_gives_the_latency_that_nine_of_ten_queries_stay_below()
    {
        var figures = await BenchAsync("--queries", "1100");
        Assert.Equal("single-stream", figures.GetProperty("scenario").GetString());
        Assert.Equal(1100, Number(figures, "queries"));
        Assert.Equal(1100, Number(figures, "samples"));
        double[] ascending = [0, .. new[] { "min_ms", "p50_ms", "p90_ms", "p95_ms", "p97_ms", "p99_ms", "p99.9_ms", "max_ms" }.Select(name => Number(figures, name))];
        Assert.Equal(ascending.Order(), ascending);
        var result = figures.GetProperty("result");
        Assert.Equal(90, Number(result, "percentile"));
        Assert.Equal(Number(figures, "p90_ms"), Number(result, "latency_ms"));
        Assert.InRange(Number(result, "early_stopping_ms"), Number(figures, "p90_ms"), Number(figures, "max_ms"));
        Assert.True(Number(figures, "samples_per_second") > 0 && Number(figures, "first_ms") > 0 && Number(figures, "load_ms") > 0 && Number(figures, "peak_bytes") > 1 << 20);
        var buckets = figures.GetProperty("histogram").EnumerateArray().ToArray();
        Assert.Equal(1100, buckets.Sum(bucket => Number(bucket, "count")));
        Assert.Equal(Number(figures, "max_ms"), Number(buckets[^1], "up_to_ms"));
    }

    [Fact]
    public async Task Multi_stream_sends_queries_of_eight_samples()
    {
        var figures = await BenchAsync("--scenario", "multi-stream", "--queries", "30");
        Assert.Equal(30, Number(figures, "queries"));
        Assert.Equal(240, Number(figures, "samples"));
        Assert.Equal(99, Number(figures.GetProperty("result"), "percentile"));
        // 662 queries are the least for which an estimate of the 99th percentile holds.
        Assert.False(figures.GetProperty("result").TryGetProperty("early_stopping_ms", out _));
    }

    [Fact]
    public async Task Offline_is_one_query_whose_result_is_the_throughput()
    {
        var figures = await BenchAsync("--scenario", "offline", "--queries", "300");
        Assert.Equal(1, Number(figures, "queries"));
        Assert.Equal(300, Number(figures, "samples"));
        Assert.True(Number(figures, "samples_per_second") > 0);
        Assert.False(figures.TryGetProperty("p50_ms", out _));
    }

    [Theory]
    [InlineData("single-stream")]
    [InlineData("multi-stream")]
    [InlineData("offline")]
    public async Task The_measured_loop_allocates_nothing_and_collects_nothing(string scenario)
    {
        var figures = await BenchAsync("--scenario", scenario, "--queries", "20000", "--carry", "state=next");
        Assert.Equal(0, Number(figures, "loop_allocated_bytes"));
        Assert.Equal(0, Number(figures, "allocated_bytes"));
        Assert.Equal([0, 0, 0], figures.GetProperty("collections").EnumerateArray().Select(count => count.GetInt32()));
    }

    [Fact]
    public async Task Text_has_a_bar_for_each_part_of_the_latencies()
    {
        var result = await Infer.RunAsync("bench", Model, "--shape", "x=1,8", "--queries", "500", "--warmup", "3");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("scenario    single-stream, 500 queries, 500 samples in ", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("after 3 for warm-up", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("managed     0 bytes allocated by the loop, 0 by all threads, 0 collections", result.StandardOutput, StringComparison.Ordinal);
        Assert.Matches(@"p90 +\d+\.\d{3} ms a query; by LoadGen's early stopping \d+\.\d{3} ms", result.StandardOutput);
        Assert.Matches(@"(?m)^ +\d+\.\d{3} ms +\d+ #+$", result.StandardOutput);
    }

    [Fact]
    public async Task A_duration_alone_goes_on_until_it_is_over() =>
        Assert.True(Number(await BenchAsync("--duration", "0.5"), "seconds") >= 0.5);

    [Fact]
    public async Task State_is_carried_from_query_to_query_and_each_stream_has_its_own()
    {
        // Its table has four values, so the fifth step with the same state fails.
        OnnxFile.Write(TestModels.Steps(4), folder["steps.onnx"]);
        string[] bench = ["bench", folder["steps.onnx"], "--warmup", "0", "--json"];
        Assert.Equal(0, (await Infer.RunAsync([.. bench, "--queries", "5"])).ExitCode);
        foreach (var scenario in new[] { "single-stream", "multi-stream", "offline" })
        {
            Assert.Equal(0, (await Infer.RunAsync([.. bench, "--carry", "state=next", "--scenario", scenario, "--queries", "4"])).ExitCode);
            Assert.Contains("The network failed: ", await Infer.FailAsync([.. bench, "--carry", "state=next", "--scenario", scenario, "--queries", "5"]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_model_folder_says_itself_what_is_carried()
    {
        OnnxFile.Write(TestModels.Steps(4), Model);
        Assert.Contains("The network failed: ", await Infer.FailAsync("bench", folder.Root, "--queries", "5"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Free_axes_have_the_size_that_the_model_tells_or_that_is_asked_for_and_the_report_says_which()
    {
        var model = TestModels.Counter();
        model.MetadataProps.Add(new StringStringEntryProto { Key = "imagecraft.shape.x", Value = "1,20" });
        OnnxFile.Write(model, Model);
        Assert.Contains("\"shapes\":{\"x\":[1,20]}", (await Infer.RunAsync("bench", Model, "--queries", "5", "--json")).StandardOutput, StringComparison.Ordinal);
        var asked = await Infer.RunAsync("bench", Model, "--queries", "5", "--shape", "x=3,7", "--json");
        Assert.Contains("\"shapes\":{\"x\":[3,7]}", asked.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("shape       x [1, 20], one of those that its free axes allow", (await Infer.RunAsync("bench", Model, "--queries", "5")).StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_that_lie_beside_the_model_are_found_from_any_folder()
    {
        var model = TestModels.Chain([1, 2], [TestModels.Node("Add", ["x", "b"], "y")], TestModels.Weights("b", 1, 2));
        var bias = model.Graph.Initializer[0];
        File.WriteAllBytes(folder["model.onnx.data"], bias.RawData.ToByteArray());
        bias.ClearRawData();
        bias.DataLocation = TensorProto.Types.DataLocation.External;
        bias.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "model.onnx.data" });
        File.WriteAllBytes(Model, TestModels.Bytes(model));
        Assert.Equal(0, (await Infer.RunAsync("bench", Model, "--queries", "5")).ExitCode);
    }

    [Fact]
    public async Task A_model_in_the_format_of_ONNX_Runtime_is_timed()
    {
        DeployedModel.WriteOrt(Model, folder["counter.ort"]);
        Assert.Equal(0, (await Infer.RunAsync("bench", folder["counter.ort"], "--shape", "x=1,8", "--queries", "10")).ExitCode);
    }

    [Theory]
    [InlineData("--scenario server", "There is no scenario `server`, there are [single-stream, multi-stream, offline]")]
    [InlineData("--queries none", "`--queries none` is not a whole number from 1")]
    [InlineData("--queries 0", "`--queries 0` is not a whole number from 1")]
    [InlineData("--duration -1", "`--duration -1` is not a number from 0 to 86400")]
    [InlineData("--threads 0", "`--threads 0` is not a whole number from 1 to 1024")]
    [InlineData("--cpus 1,1000", "The CPUs [1000] of `--cpus` do not exist or are forbidden to this process, this machine has [0")]
    [InlineData("--cpus 1000-1001", "The CPUs [1000, 1001] of `--cpus` do not exist")]
    [InlineData("--cpus 2-1", "`--cpus 2-1` is no list of CPUs such as 0,2-3")]
    [InlineData("--cpus 5000", "`--cpus 5000` is no list of CPUs such as 0,2-3, with numbers below 1024")]
    [InlineData("--realtime 0", "`--realtime 0` is not a whole number from 1 to 99")]
    [InlineData("--realtime 100", "`--realtime 100` is not a whole number from 1 to 99")]
    [InlineData("--carry state=level --shape x=1,8", "Output `level` of shape [1, 8] cannot be carried into input `state` of shape [1, 1]")]
    [InlineData("--carry state=after --shape x=1,8", "The model has no output `after`, it has [level, next]")]
    [InlineData("--queries 1", "Input `x` has the free shape [?, ?], give --shape x=SIZES or --input x=FILE")]
    public async Task A_wrong_option_says_what_is_wrong(string options, string message) =>
        Assert.Contains(message, await Infer.FailAsync(["bench", Model, .. options.Split(' ')]), StringComparison.Ordinal);

    [Fact]
    public async Task Cpus_are_those_that_were_asked_for()
    {
        var allowed = File.ReadLines("/proc/self/status").First(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split('\t')[1];
        var cpu = int.Parse(allowed.Split(',', '-')[0]);
        var figures = await BenchAsync("--queries", "10", "--cpus", $"{cpu}");
        Assert.Equal([cpu], figures.GetProperty("cpus").EnumerateArray().Select(number => number.GetInt32()));
    }

    [Fact]
    public async Task Real_time_without_the_rights_names_them_all()
    {
        string[] limits = ["prlimit", "--rtprio=0:0", "--memlock=65536:65536"];
        string[] rights = Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-sys_nice,-ipc_lock"] : [];
        var error = Infer.Failure(await Infer.RunUnderAsync([.. limits, .. rights], "bench", Model, "--realtime", "50"));
        Assert.Contains("`--realtime 50` is refused: SCHED_FIFO needs CAP_SYS_NICE, or RLIMIT_RTPRIO of at least 50 (it is 0)", error, StringComparison.Ordinal);
        Assert.Contains("mlockall needs CAP_IPC_LOCK, or RLIMIT_MEMLOCK to be unlimited (it is 65536 bytes)", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Real_time_is_entered_with_the_rights_and_never_left_out_silently()
    {
        var result = await Infer.RunAsync("bench", Model, "--shape", "x=1,8", "--queries", "100", "--realtime", "1", "--json");
        // Whether these tests have the rights is the machine's business.
        if (result.ExitCode == 0)
            Assert.Contains("\"realtime\":1,", result.StandardOutput, StringComparison.Ordinal);
        else
            Assert.Contains("`--realtime 1` is refused: ", Infer.Failure(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Energy_counters_are_read_where_the_machine_has_them()
    {
        Directory.CreateDirectory(folder["class/powercap/intel-rapl:0"]);
        Directory.CreateDirectory(folder["class/hwmon/hwmon0"]);
        File.WriteAllText(folder["class/powercap/intel-rapl:0/name"], "package-0\n");
        File.WriteAllText(folder["class/powercap/intel-rapl:0/max_energy_range_uj"], "65000000\n");
        File.WriteAllText(folder["class/hwmon/hwmon0/name"], "scmi_sensors\n");
        File.WriteAllText(folder["class/hwmon/hwmon0/energy1_input"], "7000000\n");
        File.WriteAllText(folder["class/hwmon/hwmon0/energy1_label"], "cluster\n");
        // The counter of the package goes up by 1 J fifty times a second and begins anew at its range of 65 J.
        File.WriteAllText(folder["count.sh"], """
            zone=$1/powercap/intel-rapl:0
            (j=0; while :; do j=$(((j + 1) % 65)); echo ${j}000000 > $zone/new; mv $zone/new $zone/energy_uj; sleep 0.02; done) &
            counter=$!
            while [ ! -e $zone/energy_uj ]; do sleep 0.01; done
            mount --bind $1 /sys/class
            shift
            "$@"
            code=$?
            kill $counter
            exit $code
            """);
        string[] wrapper = ["unshare", "--user", "--map-root-user", "--mount", "sh", folder["count.sh"], folder["class"]];
        var result = await Infer.RunUnderAsync(wrapper, "bench", Model, "--shape", "x=1,8", "--duration", "0.5", "--json");
        Assert.Equal("", result.StandardError);
        using var json = JsonDocument.Parse(result.StandardOutput);
        var energy = json.RootElement.GetProperty("energy_joules");
        Assert.InRange(Number(energy, "intel-rapl:0 package-0"), 1, 64);
        Assert.Equal(0, Number(energy, "hwmon0 scmi_sensors cluster"));
    }

    [Fact]
    public async Task Without_energy_counters_there_is_no_figure()
    {
        Directory.CreateDirectory(folder["class"]);
        string[] wrapper = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", "mount --bind $0 /sys/class && exec \"$@\"", folder["class"]];
        var json = await Infer.RunUnderAsync(wrapper, "bench", Model, "--shape", "x=1,8", "--queries", "5", "--json");
        Assert.Equal(0, json.ExitCode);
        Assert.DoesNotContain("energy", json.StandardOutput, StringComparison.Ordinal);
        var text = await Infer.RunUnderAsync(wrapper, "bench", Model, "--shape", "x=1,8", "--queries", "5");
        Assert.Contains("energy      not available", text.StandardOutput, StringComparison.Ordinal);
    }

    async Task<JsonElement> BenchAsync(params string[] options)
    {
        var result = await Infer.RunAsync(["bench", Model, "--shape", "x=1,8", "--warmup", "1", "--json", .. options]);
        Assert.Equal("", result.StandardError);
        Assert.Equal(0, result.ExitCode);
        using var json = JsonDocument.Parse(result.StandardOutput);
        return json.RootElement.Clone();
    }

    static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();
}
