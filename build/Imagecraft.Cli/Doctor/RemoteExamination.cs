// Looks at the remote cache and executor that this machine is set up for. Unaware of builds.

using System.Diagnostics;
using System.Security.Cryptography;
using Imagecraft.Cli.Rendering;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Remote;
using Imagecraft.Remote;

namespace Imagecraft.Cli.Doctor;

/// <summary>Connects, asks what the server can do, compares clocks and measures how fast content comes and goes.</summary>
public static class RemoteExamination
{
    private const int Sample = 8 << 20;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _mostSkew = TimeSpan.FromMinutes(1);

    /// <summary>What was found; nothing when no cache is set up.</summary>
    /// <param name="settings">Whom builds ask.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<Finding>> RunAsync(RemoteSettings? settings, CancellationToken cancellationToken)
    {
        if (settings is null)
            return [];
        var findings = new List<Finding> { await CacheAsync(settings, cancellationToken).ConfigureAwait(false) };
        if (settings.Executor is { } executor)
            findings.Add(await ExecutorAsync(executor, settings.Jobs, cancellationToken).ConfigureAwait(false));
        return findings;
    }

    private static Task<Finding> CacheAsync(RemoteSettings settings, CancellationToken cancellationToken) => TriedAsync("remote cache", settings.Address.Name, async limit =>
    {
        await using var transport = settings.Address.Open();
        var watch = Stopwatch.StartNew();
        var limits = await transport.ConnectAsync(limit).ConfigureAwait(false);
        var connected = watch.Elapsed;
        watch.Restart();
        _ = await transport.FindResultAsync(Digest.Of(RandomNumberGenerator.GetBytes(16)), limit).ConfigureAwait(false);
        var words = $"{settings.Address.Name}: {limits.Words}; connected in {Milliseconds(connected)}, answers in {Milliseconds(watch.Elapsed)}";
        if (settings.Upload && !limits.IsWritable)
            return Finding.Missing("remote cache", $"{words}; it takes no results from here, though `remote-upload` wants to give some", "Set `IMAGECRAFT_REMOTE_UPLOAD=never`, or take an account that may write");
        if (settings.Upload)
            words += $"; {await ThroughputAsync(transport, limit).ConfigureAwait(false)}";
        else
            words += "; only read from here";
        return limits.ServerTime is { } there && (there - DateTimeOffset.UtcNow).Duration() is var skew && skew > _mostSkew
            ? Finding.Missing("remote cache", $"{words}; its clock is {Quantities.Duration(skew)} from this one's", "Set the clock that is wrong (`timedatectl set-ntp true`), or certificates will not be believed")
            : Finding.Fine("remote cache", words);
    }, cancellationToken);

    private static Task<Finding> ExecutorAsync(RemoteAddress address, int jobs, CancellationToken cancellationToken) => TriedAsync("remote executor", address.Name, async limit =>
    {
        await using var executor = new GrpcExecutor(address);
        await executor.ConnectAsync(limit).ConfigureAwait(false);
        return Finding.Fine("remote executor", $"{address.Name}: runs actions; up to {jobs} of a build at once");
    }, cancellationToken);

    private static async Task<string> ThroughputAsync(IRemoteTransport transport, CancellationToken cancellationToken)
    {
        // Nothing that compresses, and nothing that the server has.
        var sample = RandomNumberGenerator.GetBytes(Sample);
        var watch = Stopwatch.StartNew();
        await transport.WriteAsync(Digest.Of(sample), () => new MemoryStream(sample), cancellationToken).ConfigureAwait(false);
        var sent = watch.Elapsed;
        watch.Restart();
        await transport.ReadAsync(Digest.Of(sample), 0, Stream.Null, cancellationToken).ConfigureAwait(false);
        return $"{Rate(sent)} to it, {Rate(watch.Elapsed)} from it";
    }

    private static async Task<Finding> TriedAsync(string subject, string name, Func<CancellationToken, Task<Finding>> look, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_patience);
        try
        {
            return await look(limit.Token).ConfigureAwait(false);
        }
        catch (RemoteException problem)
        {
            return Unusable(problem.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unusable($"no answer within {_patience.TotalSeconds:0} s");
        }

        Finding Unusable(string why) => Finding.Missing(subject, $"`{name}` cannot be used: {why}", "Builds go on without it; correct `IMAGECRAFT_REMOTE_...` or the user's `config.yaml` (docs/remote.md), or set `IMAGECRAFT_REMOTE_CACHE=none`");
    }

    private static string Milliseconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalMilliseconds:0} ms");

    private static string Rate(TimeSpan time) => $"{Quantities.Size((long)(Sample / Math.Max(time.TotalSeconds, 0.001)))}/s";
}
