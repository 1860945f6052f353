// Addresses of repositories and submodules that git would take for something else. Each is refused before git runs.

using Imagecraft.GitAddresses;
using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Feeds.Tests.Attacks;

public sealed partial class AttackTests
{
    [Theory]
    [InlineData("--upload-pack=touch /tmp/x;", "begins like an option of git")]
    [InlineData("--upload-pack=id", "begins like an option of git")]
    [InlineData("-oProxyCommand=id", "begins like an option of git")]
    [InlineData("ext::sh -c id", "blank")]
    [InlineData("ext::sh", "names a helper program of git")]
    [InlineData("fd::7", "names a helper program of git")]
    [InlineData("https::example.org", "names a helper program of git")]
    [InlineData("https://example.org/a b", "blank")]
    [InlineData("https://example.org/a\nb", "blank")]
    [InlineData("https://example.org/a\tb", "blank")]
    [InlineData("https://example.org/ä", "letter outside of ASCII")]
    [InlineData("https://example.org/a%0Ab", "hides a character")]
    [InlineData("https://example.org/%2e%2e/x", "hides a character")]
    [InlineData("https://example.org/a%zz", "without two hexadecimal digits")]
    [InlineData("https://example.org/$(id)", "has a `$`")]
    [InlineData("https://example.org/`id`", "has a ``")]
    [InlineData("https://example.org/a\\b", "has a `\\`")]
    [InlineData("https://example.org/a/../../x", "has `.` or `..`")]
    [InlineData("https://user:secret@example.org/x", "has a password")]
    [InlineData("https://example.org:0/x", "malformed port")]
    [InlineData("https://example.org:-1/x", "malformed port")]
    [InlineData("https://-example.org/x", "malformed host name")]
    [InlineData("https://[::1/x", "malformed")]
    [InlineData("https://example.org", "names no repository")]
    [InlineData("https:///x", "malformed host name")]
    [InlineData("ssh://-oProxyCommand=id/x", "malformed host name")]
    [InlineData("ssh://%2doProxyCommand=id/x", "malformed host name")]
    [InlineData("ssh://-oProxyCommand=id@example.org/x", "malformed user name")]
    [InlineData("ssh://git@-oProxyCommand=id/x", "malformed host name")]
    [InlineData("user@example.org:path", "write `ssh://USER@HOST/PATH`")]
    [InlineData("-user@example.org:path", "begins like an option")]
    [InlineData("/srv/repository", "write `file:///PATH`")]
    [InlineData("../repository", "write `file:///PATH`")]
    [InlineData("repository", "has no scheme")]
    [InlineData("", "has no scheme")]
    [InlineData("file:--upload-pack=id", "is of the form")]
    [InlineData("file://host/x", "names a host for a file")]
    [InlineData("file:///a/../b", "has `.` or `..`")]
    [InlineData("http://example.org/x", "would be fetched unencrypted")]
    [InlineData("HTTPS://example.org/x", "has the scheme `HTTPS`")]
    [InlineData("ftp://example.org/x", "has the scheme `ftp`")]
    [InlineData("git+ssh://example.org/x", "has the scheme `git+ssh`")]
    public async Task An_address_that_git_takes_for_something_else_is_refused_before_git_runs(string address, string words)
    {
        var ran = false;

        var error = await world.RefusedAsync($"git:{address}#{new string('1', 40)}", (_, _) =>
        {
            ran = true;
            return ["false"];
        });

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.True(error.UserError);
        Assert.False(ran);
    }

    [Theory]
    [InlineData("git:https://example.org/x")]
    [InlineData("git:https://example.org/x#main")]
    [InlineData("git:https://example.org/x#1111111111111111111111111111111111111111 ")]
    [InlineData("git:https://example.org/x#-111111111111111111111111111111111111111")]
    public async Task What_is_no_commit_id_is_refused(string place) => Assert.Contains("names no pinned commit", (await world.RefusedAsync(place)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("https://example.org/a.git")]
    [InlineData("https://user@example.org:8443/~a/b%20c.git")]
    [InlineData("https://[2001:db8::1]:8443/a")]
    [InlineData("ssh://git@example.org/a")]
    [InlineData("git://example.org/a")]
    [InlineData("file:///srv/a%20b")]
    public void Honest_addresses_are_taken(string address) => Assert.Null(GitAddress.Problem(address));

    [Theory]
    [InlineData("https://example.org/g/a.git", "../b.git", "https://example.org/g/b.git")]
    [InlineData("https://example.org/g/a.git/", "./b.git", "https://example.org/g/a.git/b.git")]
    [InlineData("ssh://git@example.org/a", "../../x", null)]
    [InlineData("https://example.org/g/a", "ssh://git@example.org/b", "ssh://git@example.org/b")]
    [InlineData("https://example.org/g/a", "file:///etc", null)]
    [InlineData("https://example.org/g/a", "--upload-pack=id", null)]
    [InlineData("https://example.org/g/a", "/etc", null)]
    [InlineData("https://example.org/g/a", "../-x/..\n", null)]
    [InlineData("https://example.org/g/a", "ext::sh", null)]
    [InlineData("file:///srv/a", "../b", "file:///srv/b")]
    public void Addresses_of_submodules_obey_the_same_rules(string parent, string url, string? expected) => Assert.Equal(expected, GitAddress.OfSubmodule(parent, url).Address);
}
