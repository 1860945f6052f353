// Asks a program for credentials. Unaware of what they are for.

using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Imagecraft.Engine.Remote;

namespace Imagecraft.Remote;

/// <summary>A program that knows how to get in, as bazel and others call it.</summary>
/// <remarks>Source: the credential helper specification: called with <c>get</c>, it reads <c>{"uri": ...}</c> and answers <c>{"headers": {NAME: [VALUES]}}</c>.</remarks>
static class CredentialHelper
{
    static readonly TimeSpan limit = TimeSpan.FromSeconds(10);

    /// <summary>The headers that the program of an address gives for it; none without a program.</summary>
    /// <exception cref="RemoteException">It cannot be run, fails, hangs, or answers something else.</exception>
    public static async Task<ImmutableSortedDictionary<string, string>> HeadersAsync(RemoteAddress address, CancellationToken cancellationToken) =>
        address.CredentialHelper is { } program ? await AskAsync(program, address.Uri, cancellationToken) : ImmutableSortedDictionary<string, string>.Empty;

    static async Task<ImmutableSortedDictionary<string, string>> AskAsync(string program, Uri address, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limit);
        try
        {
            var answer = await Cli.Wrap(program).WithArguments("get").WithValidation(CommandResultValidation.None)
                .WithStandardInputPipe(PipeSource.FromString($"{{\"uri\":\"{JsonEncodedText.Encode(address.ToString())}\"}}", new UTF8Encoding(false)))
                .ExecuteBufferedAsync(patience.Token);
            if (!answer.IsSuccess)
                throw Problem($"ended with exit code {answer.ExitCode}: {answer.StandardError.Trim()}", null);
            using var json = JsonDocument.Parse(answer.StandardOutput);
            return json.RootElement.GetProperty("headers").EnumerateObject().ToImmutableSortedDictionary(header => header.Name, header => header.Value.EnumerateArray().First().GetString() ?? "", StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Problem("answers something else than `{\"headers\": ...}`", e);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw Problem($"cannot be run: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Problem("does not answer within 10 s", e);
        }

        RemoteException Problem(string what, Exception? inner) => new(RemoteFault.Refused, $"the credential helper `{program}` {what}", inner);
    }
}
