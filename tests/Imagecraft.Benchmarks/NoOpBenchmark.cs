// How long `./build.sh image` takes when nothing is to be done. Unaware of what an image is.

namespace Imagecraft.Benchmarks;

/// <summary>Builds the image once, then calls again ten times.</summary>
public static class NoOpBenchmark
{
    /// <summary>Median of ten whole calls.</summary>
    public static async Task<Row> RunAsync(string checkout)
    {
        string[] arguments = ["image", "--board", "qemu-arm64"];
        var script = Path.Combine(checkout, "build.sh");
        await Checkout.TimeAsync(script, arguments, checkout);
        await Checkout.TimeAsync(script, arguments, checkout);
        var seconds = new List<double>();
        for (var i = 0; i < 10; i++)
            seconds.Add(await Checkout.TimeAsync(script, arguments, checkout));
        return new Row("`./build.sh image --board qemu-arm64` with nothing to do", "0.2 s", Row.MedianOf(seconds), Row.Spread(seconds));
    }
}
