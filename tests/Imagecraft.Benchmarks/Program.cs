// Registration of the benchmarks, one verb, one file. Unaware of what they measure.

using Imagecraft.Benchmarks;

return args switch
{
    ["table"] => await TableAsync(LoadBenchmark.RunAsync, NoOpBenchmark.RunAsync, WalkBenchmark.RunAsync),
    ["load"] => await TableAsync(LoadBenchmark.RunAsync),
    ["noop"] => await TableAsync(NoOpBenchmark.RunAsync),
    ["walk"] => await TableAsync(WalkBenchmark.RunAsync),
    ["walk-once", var folder] => await WalkBenchmark.MeasureAsync(folder),
    ["store", var folder, var work] => await StoreBenchmark.RunAsync(folder, work),
    ["snapshot", var machine] => await SnapshotBenchmark.RunAsync(machine),
    ["results", var workspace, .. var models] => NetworkResults.Print(workspace, models),
    ["quantizer-input", var workspace, var model, var folder] => QuantizedNetworks.Export(workspace, model, folder),
    ["judge", var workspace, var model, .. var files] => QuantizedNetworks.Judge(workspace, model, files),
    _ => Usage(),
};

static async Task<int> TableAsync(params Func<string, Task<Row>>[] benchmarks)
{
    var rows = new List<Row>();
    foreach (var benchmark in benchmarks)
        rows.Add(await benchmark(Checkout.Root));
    Console.WriteLine(Row.Table(rows));
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("""
        Measures parts of Imagecraft; run it compiled with `-c Release`, on a machine that does nothing else.

          load                list 1,000 generated recipes, each time in a new process
          noop                `./build.sh image --board qemu-arm64` with nothing to do
          walk                find that 10,000 actions are up to date, each time in a new process
          table               these three, as a Markdown table
          snapshot FILE       boot the machine of FILE, which `./build.sh machine` writes, and restore it from a snapshot
          store FOLDER WORK   import FOLDER into a store below WORK and materialize it, against `cp -a`; WORK must not exist
          results FOLDER MODEL...
                              no measurement: what the steps on networks gave in the workspace FOLDER, for `processors.sh`
          quantizer-input WORKSPACE MODEL FOLDER
                              no measurement: the prepared network and its calibration frames, for `quantizers.sh`
          judge WORKSPACE MODEL FILE...
                              size, accuracy and time of other quantized forms of MODEL, as a Markdown table
        """);
    return 2;
}
