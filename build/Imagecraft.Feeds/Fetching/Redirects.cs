// Follows redirects to http and https and nowhere else; .NET's own way tries other schemes too. Unaware of what is fetched.

namespace Imagecraft.Feeds.Fetching;

/// <summary>Sends a request on to where a server leads, without credentials where that is another server.</summary>
/// <remarks>Source: RFC 9110, section 15.4.</remarks>
internal sealed class Redirects(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int Most = 10;

    /// <exception cref="FeedException">It leads elsewhere than to http or https, from https to http, or on and on.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var followed = 0; ; followed++)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location) return response;
            using (response)
            {
                var from = request.RequestUri!;
                var mayFollow = Uri.TryCreate(from, location.OriginalString, out var to) && (to.Scheme == Uri.UriSchemeHttps || (to.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp));
                if (!mayFollow) throw new FeedException(FeedCause.Misdirected, $"answered {(int)response.StatusCode} {response.ReasonPhrase} and leads to `{location.OriginalString}`");
                if (followed == Most) throw new FeedException(FeedCause.Misdirected, $"leads on more than {Most} times, last to `{location.OriginalString}`");
                if (to!.Authority != from.Authority || to.Scheme != from.Scheme) request.Headers.Authorization = null;
                request.RequestUri = to;
            }
        }
    }
}
