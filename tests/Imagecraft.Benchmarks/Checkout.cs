// The checkout that is measured, and how its programs are run. Unaware of what is measured.

using System.Diagnostics;

namespace Imagecraft.Benchmarks;

/// <summary>Finds the checkout above this program and times children.</summary>
public static class Checkout
{
    /// <summary>The folder of <c>build.sh</c>.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Runs a program and gives its wall time in seconds; its output is shown only when it fails.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<double> TimeAsync(string program, IEnumerable<string> arguments, string folder, params (string Name, string Value)[] environment)
    {
        var (seconds, _) = await RunAsync(program, arguments, folder, environment);
        return seconds;
    }

    /// <summary>Runs a program and gives its wall time in seconds and its output.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<(double Seconds, string Output)> RunAsync(string program, IEnumerable<string> arguments, string folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var seconds = clock.Elapsed.TotalSeconds;
        return process.ExitCode == 0 ? (seconds, await output) : throw new InvalidOperationException($"`{program}` ended with exit code {process.ExitCode}:\n{await output}{await errors}");
    }

    /// <summary>Runs this program as a child, for measurements that must start cold; it prints seconds, one a line.</summary>
    public static async Task<IReadOnlyList<double>> SelfAsync(params string[] arguments)
    {
        var (_, output) = await RunAsync(Environment.ProcessPath!, arguments, Root);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => double.Parse(l, System.Globalization.CultureInfo.InvariantCulture))];
    }

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "build.sh")) ? folder : Find(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) ?? throw new DirectoryNotFoundException("No build.sh above this program"));
}
