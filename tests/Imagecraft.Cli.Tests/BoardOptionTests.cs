// What `check --on` and `run` say of options that are wrong, before anything is built.

namespace Imagecraft.Cli.Tests;

public sealed class BoardOptionTests : IDisposable
{
    private readonly CliProcess _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("board.local", "`board.local` is no address of a board; write `ssh://USER@HOST[:PORT]`, `serial:DEVICE[,SPEED]` or `labgrid:PLACE`")]
    [InlineData("ssh://root@-oProxyCommand=x", "`ssh://root@-oProxyCommand=x` is no address for SSH; write `ssh://root@192.168.1.5` or `ssh://root@board.local:2222`, and a key by `--identity`")]
    [InlineData("ssh://root@board:70000", "`70000` in `ssh://root@board:70000` is no port; ports are from 1 to 65535")]
    [InlineData("serial:ttyUSB0", "`serial:ttyUSB0` names no serial port; write `serial:/dev/ttyUSB0,115200`. `ls /dev/serial/by-id/` shows those of this host")]
    [InlineData("serial:/dev/ttyUSB0,fast", "`fast` in `serial:/dev/ttyUSB0,fast` is no speed in bits per second; boards usually have 115200, those with a Rockchip 1500000")]
    [InlineData("labgrid:", "`labgrid:` names no place; write `labgrid:PLACE`. `labgrid-client places` lists them")]
    public async Task An_address_that_is_none_is_told_with_its_right_form(string address, string told)
    {
        var (code, errors, _) = await _cli.RunAsync("check", "--on", address);
        Assert.Equal(3, code);
        Assert.StartsWith($"error: {told}\n", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[--power] belongs to `--on ADDRESS`", "check", "--power", "true")]
    [InlineData("`--user` does not go with `--on ssh:`, whose address names the user: `ssh://USER@HOST`", "check", "--on", "ssh://b", "--user", "x")]
    [InlineData("`80` is no forwarded port; write HOST:MACHINE, e.g. `8080:80`, with ports from 1 to 65535", "run", "--forward", "80")]
    [InlineData("Unexpected argument `1G` of `run`", "run", "1G")]
    public async Task Options_that_do_not_fit_are_told(string told, params string[] arguments)
    {
        var (code, errors, _) = await _cli.RunAsync(arguments);
        Assert.Equal(3, code);
        Assert.StartsWith($"error: {told}\n", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_follows_two_dashes_is_none_of_ours()
    {
        var (_, errors, _) = await _cli.RunAsync("run", "--", "-m", "1G", "--forward");
        Assert.DoesNotContain("Unknown option", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Unexpected", errors, StringComparison.Ordinal);
    }
}
