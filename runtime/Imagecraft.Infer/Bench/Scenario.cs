// The ways of sending queries to a network that `bench` knows. Unaware of networks and clocks.

namespace Imagecraft.Infer.Bench;

/// <summary>
/// A scenario of MLPerf Inference's LoadGen: the next query is sent when the one before is complete.
/// Source: MLCommons, "MLPerf Inference Rules", table of scenarios; least numbers of queries, percentiles and samples of a query as in LoadGen's <c>mlperf.conf</c>
/// and the single-stream minimum of 1,024 queries of the rules' first editions. A result here is no MLPerf result: those need 600 s and a reference data set.
/// </summary>
/// <param name="Name">As written on the command line.</param>
/// <param name="SamplesPerQuery">Each sample is one run of the network; those of one query belong to as many streams, each with a state of its own.</param>
/// <param name="LeastQueries">Unless told otherwise; in the offline scenario, whose one query has all samples, the least number of samples.</param>
/// <param name="Percent">The percentile of the latency of a query that is the result; null where the result is the throughput.</param>
sealed record Scenario(string Name, int SamplesPerQuery, int LeastQueries, double? Percent)
{
    /// <summary>LoadGen's own least duration in seconds, unless told otherwise.</summary>
    public const double LeastSeconds = 10;

    static readonly Scenario[] All =
    [
        new("single-stream", 1, 1024, 90),
        new("multi-stream", 8, 662, 99),
        new("offline", 1, 24576, null),
    ];

    /// <summary>The scenario of a name; without one, the first.</summary>
    public static Scenario Of(string? name) => name is null
        ? All[0]
        : Array.Find(All, scenario => scenario.Name == name)
            ?? throw new InferException($"There is no scenario `{name}`, there are [{string.Join(", ", All.Select(scenario => scenario.Name))}]");
}
