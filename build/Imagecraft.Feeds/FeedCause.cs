// Every reason why something does not come from outside, and what follows from it. Unaware of protocols.

namespace Imagecraft.Feeds;

/// <summary>Why something could not be had.</summary>
public enum FeedCause
{
    /// <summary>None of the others: a message tells it.</summary>
    Other,

    /// <summary>The request or the given file is wrong.</summary>
    Request,

    /// <summary>It came, with another SHA-256 than the expected one.</summary>
    OtherContent,

    /// <summary>A mirror gives other content than the signed index of its suite says.</summary>
    WrongMirror,

    /// <summary>The server says that there is no such file (404, 410).</summary>
    Gone,

    /// <summary>The server does not want to give it (another 4xx).</summary>
    Refused,

    /// <summary>The server has too much to do, or is broken (408, 429, 5xx).</summary>
    Busy,

    /// <summary>The connection stands and brings nothing.</summary>
    Silent,

    /// <summary>The connection brings so little that it would never end.</summary>
    Slow,

    /// <summary>It is larger than files of its kind are.</summary>
    TooLarge,

    /// <summary>The connection ends too early.</summary>
    BrokenOff,

    /// <summary>There is no connection: an unknown name, a refusal, no answer.</summary>
    Unreachable,

    /// <summary>The server's certificate is not trusted, is for another name, or is not valid now.</summary>
    Untrusted,

    /// <summary>The server leads to something that is not fetched over HTTP, or leads on without end.</summary>
    Misdirected,

    /// <summary>The network is forbidden.</summary>
    Offline,

    /// <summary>No room for it on the disk.</summary>
    DiskFull,

    /// <summary>A mirror lacks files that its own index names.</summary>
    Incomplete,
}

/// <summary>What follows from a cause.</summary>
/// <param name="UserError">Exit code 3, and not 2.</param>
/// <param name="MayPass">Asking the same address again may help.</param>
/// <param name="Remedy">What to do, or null where the message has it.</param>
public sealed record FeedConsequence(bool UserError, bool MayPass, string? Remedy);

/// <summary>The table.</summary>
public static class FeedCauses
{
    private const string Later = "The server, or the network before it, has a problem of its own; try again later, or name another place";

    /// <summary>The consequence of a cause.</summary>
    public static FeedConsequence Consequence(this FeedCause cause) => cause switch
    {
        FeedCause.Request => new(true, false, null),
        FeedCause.OtherContent => new(true, false, null),
        FeedCause.WrongMirror => new(false, false, "The mirror is damaged, or something before it changes files; name another one by `IMAGECRAFT_DEBIAN_MIRROR`, or by the variable of a feed of your own"),
        FeedCause.Gone => new(false, false, "Nobody has it under that name any more; name another place or version, or, for a Debian package, another mirror by `IMAGECRAFT_DEBIAN_MIRROR`, or take newer ones by `./build.sh lock --update`"),
        FeedCause.Refused => new(false, false, "The server does not give it to this machine; see whether it wants a login or a proxy"),
        FeedCause.Busy => new(false, true, Later),
        FeedCause.Silent => new(false, true, Later),
        FeedCause.Slow => new(false, true, Later),
        FeedCause.TooLarge => new(false, false, "The server sends something else than it should; see whether the address is right, or name another place"),
        FeedCause.BrokenOff => new(false, true, Later),
        FeedCause.Unreachable => new(false, true, "See whether this machine has a network, a name server, and the proxy that it needs"),
        FeedCause.Untrusted => new(false, false, "See whether this machine's clock is right and its authorities' certificates are current, and whether a proxy puts its own certificate in place of the server's"),
        FeedCause.Misdirected => new(false, false, "Only addresses of http and https are followed, and from https none of http; name another place"),
        FeedCause.Offline => new(false, false, null),
        FeedCause.DiskFull => new(false, false, null),
        FeedCause.Incomplete => new(false, false, null),
        _ => new(false, false, null),
    };

    /// <summary>The cause of a failure at several places, at least one: that nobody has it is said only when every one of them says so.</summary>
    public static FeedCause Together(IReadOnlyCollection<FeedCause> causes)
    {
        if (causes.Contains(FeedCause.OtherContent)) return FeedCause.OtherContent;
        var wellFormed = causes.Where(c => c != FeedCause.Request).ToList();
        return wellFormed.Count == 0 ? FeedCause.Request : wellFormed.FirstOrDefault(c => c != FeedCause.Gone, FeedCause.Gone);
    }
}
