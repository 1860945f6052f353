// Whom a build asks, by what user, environment and workspace say.

using Imagecraft.Engine.Remote;

namespace Imagecraft.Remote.Tests;

public class RemoteSettingsTests
{
    static RemoteSettings? Read(Dictionary<string, string> own, WorkspaceRemote? workspace = null, bool isCi = false) =>
        RemoteSettings.Read((variable, key) => own.GetValueOrDefault(variable) ?? own.GetValueOrDefault(key), workspace, isCi);

    [Fact]
    public void Nobody_is_asked_unless_somebody_names_one() => Assert.Null(Read([]));

    [Theory]
    [InlineData("never", true, false)]
    [InlineData("ci", false, false)]
    [InlineData("ci", true, true)]
    [InlineData("always", false, true)]
    [InlineData(null, false, false)]
    [InlineData(null, true, true)]
    public void Results_are_given_when_that_is_wanted(string? upload, bool isCi, bool expected)
    {
        var own = new Dictionary<string, string> { ["IMAGECRAFT_REMOTE_CACHE"] = "grpc://cache:1" };
        if (upload is not null)
            own["remote-upload"] = upload;
        Assert.Equal(expected, Read(own, isCi: isCi)!.Upload);
    }

    [Fact]
    public void The_user_goes_before_the_workspace_and_may_leave_its_cache_alone()
    {
        var workspace = new WorkspaceRemote("https://theirs.example/cache", "main", "always");
        var theirs = Read([], workspace)!;
        Assert.Equal(("https://theirs.example/cache", "main", true, false), (theirs.Address.Name, theirs.Address.Instance, theirs.Upload, theirs.IsUsers));
        var own = Read(new() { ["remote-cache"] = "grpcs://mine.example" }, workspace)!;
        Assert.Equal(("grpcs://mine.example", "", true), (own.Address.Name, own.Address.Instance, own.IsUsers));
        Assert.Null(Read(new() { ["remote-cache"] = "none" }, workspace));
    }

    [Fact]
    public void Credentials_are_never_sent_to_whom_the_workspace_names()
    {
        Dictionary<string, string> own = new() { ["remote-header"] = "authorization: Bearer x", ["remote-credential-helper"] = "/bin/helper", ["remote-certificate"] = "/c.pem" };
        var theirs = Read(own, new WorkspaceRemote("grpc://evil.example:1", null, null))!.Address;
        Assert.Equal((true, null, null), (theirs.Headers.IsEmpty, theirs.CredentialHelper, theirs.ClientCertificate));
        own["remote-cache"] = "grpc://mine.example:1";
        Assert.Equal("Bearer x", Read(own)!.Address.Headers["Authorization"]);
    }

    [Fact]
    public void An_executor_brings_its_own_cache()
    {
        var settings = Read(new() { ["IMAGECRAFT_REMOTE_EXECUTOR"] = "grpc://build:8980", ["remote-jobs"] = "40" })!;
        Assert.Equal(("grpc://build:8980", "grpc://build:8980", 40), (settings.Address.Name, settings.Executor!.Name, settings.Jobs));
    }

    [Theory]
    [InlineData("remote-cache", "cache.example:8980", "no address of a cache")]
    [InlineData("remote-cache", "ftp://cache.example", "no address of a cache")]
    [InlineData("remote-cache", "unix:relative", "no address of a cache")]
    [InlineData("remote-upload", "1", "none of [never, ci, always]")]
    [InlineData("remote-upload", "sometimes", "none of [never, ci, always]")]
    [InlineData("remote-header", "Bearer x", "`Name: value`")]
    [InlineData("remote-executor", "https://build.example", "gRPC")]
    [InlineData("remote-jobs", "0", "at least 1")]
    public void What_is_wrong_is_said(string key, string value, string words)
    {
        Dictionary<string, string> own = new() { ["remote-cache"] = "grpc://cache:1" };
        own[key] = value;
        Assert.Contains(words, Assert.Throws<RemoteSettingException>(() => Read(own)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:/srv/cache", "file:/srv/cache")]
    [InlineData("file:///srv/cache", "file:/srv/cache")]
    [InlineData("unix:/run/casd", "unix:/run/casd")]
    [InlineData("https://user:secret@host/a/", "https://host/a")]
    public void Addresses_have_names_for_people(string text, string expected) => Assert.Equal(expected, new RemoteAddress { Uri = RemoteSettings.Parse(text) }.Name);

    [Fact]
    public void No_message_has_a_password() =>
        Assert.DoesNotContain("secret", Assert.Throws<RemoteSettingException>(() => RemoteSettings.Parse("ftp://user:secret@host")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""cat >/dev/null; echo '{"headers":{"Authorization":["Bearer secret"]}}'""", null)]
    [InlineData("""grep -q '"uri":"http' || exit 9; echo '{"headers":{"Authorization":["Bearer secret"]}}'""", null)]
    [InlineData("echo none >&2; exit 3", "ended with exit code 3: none")]
    [InlineData("echo '<html>'", "answers something else")]
    public async Task A_program_may_know_how_to_get_in(string script, string? problem)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, $"#!/bin/sh\n[ \"$1\" = get ] || exit 8\n{script}\n");
            File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
            await using var server = await FakeServer.HttpAsync(new StoredContent { Demanded = ("Authorization", "Bearer secret") });
            await using var transport = new RemoteAddress { Uri = server.Uri, CredentialHelper = path }.Open();
            if (problem is null)
                await transport.ConnectAsync(TestContext.Current.CancellationToken);
            else
                Assert.Contains(problem, (await Assert.ThrowsAsync<RemoteException>(() => transport.ConnectAsync(TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
