// Addresses of boards on the desk, and what is told when there is none.

using Imagecraft.TestKit;

namespace Imagecraft.Qemu.Tests;

public sealed class SshAddressTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ssh://me@192.0.2.7:2222", "192.0.2.7", "me", 2222)]
    [InlineData("192.0.2.7", "192.0.2.7", "root", 22)]
    [InlineData("board.local:2200", "board.local", "root", 2200)]
    [InlineData("ssh://root@[2001:db8::7]", "2001:db8::7", "root", 22)]
    public void An_address_may_leave_out_what_is_usual(string text, string host, string user, int port)
    {
        Assert.Equal(new(host, user, port), SshAddress.Parse(text));
        Assert.Equal(SshAddress.Parse(text), SshAddress.Parse(SshAddress.Parse(text).ToString()));
    }

    [Theory]
    [InlineData("http://192.0.2.7")]
    [InlineData("")]
    [InlineData("ssh://root:secret@192.0.2.7")]
    [InlineData("ssh://192.0.2.7/folder")]
    public void What_is_no_address_is_told_with_the_form(string text)
    {
        var failure = Assert.Throws<FormatException>(() => SshAddress.Parse(text));
        Assert.Equal($"An address for SSH is `ssh://USER@HOST:PORT`, e.g. `ssh://root@192.0.2.7`, not `{text}`", failure.Message);
    }

    [Fact]
    public async Task A_board_that_does_not_answer_is_told_with_the_clients_words()
    {
        var failure = await Assert.ThrowsAsync<SshException>(() => SshMachine.ConnectAsync(new("127.0.0.1", Port: HostPort.Free().Port), TimeSpan.FromSeconds(1), Cancellation));
        Assert.StartsWith("`ssh://root@127.0.0.1:", failure.Message);
        Assert.Contains("Connection refused", failure.Message);
    }
}
