// Registration of the benchmarks, one verb, one file. Unaware of what they measure.

using Imagecraft.Benchmarks;

return args switch
{
    ["store", var folder, var work] => await StoreBenchmark.RunAsync(folder, work),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Measures parts of Imagecraft; run it compiled with `-c Release`.

          store FOLDER WORK   import FOLDER into a store below WORK and materialize it, against `cp -a`; WORK must not exist
        """);
    return 2;
}
