// Brings SPDX's license list from npm, once for a cache. Unaware of licenses.

using Imagecraft.Cli.Building;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Store;
using Imagecraft.Feeds;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Cli.Authoring;

/// <summary>One version of the list, pinned.</summary>
/// <remarks>Source: the package <c>spdx-license-list</c> (CC0-1.0), made of SPDX's own data.</remarks>
internal static class LicenseListFile
{
    private const string Place = "npm:spdx-license-list@6.12.0/package/spdx-full.json";
    private static readonly Digest Content = new("a2af313af682077111b673033e763108d33e6af9b02e7f08b380f544180bcfd6", 5171788);

    /// <summary>The list; null, and why, where it cannot be had.</summary>
    public static async Task<(LicenseList? List, string? Problem)> GetAsync(Session session, Fetching fetching, string scratch)
    {
        using var store = new ContentStore(session.CacheRoot);
        try
        {
            return (LicenseList.Read(store.Read(Content)), null);
        }
        catch (ContentMissingException)
        {
        }

        var file = Path.Combine(scratch, "licenses.json");
        try
        {
            await fetching.Fetcher.FetchAsync(new ContentPin.Sha256(Content.Hash), Content.SizeBytes, "licenses.json", [Place], file, null, session.Interrupts.Gentle).ConfigureAwait(false);
        }
        catch (FeedException problem)
        {
            return (null, problem.Message);
        }

        await store.PutFileAsync(file, executable: false, move: true, session.Interrupts.Gentle).ConfigureAwait(false);
        return (LicenseList.Read(store.Read(Content)), null);
    }
}
