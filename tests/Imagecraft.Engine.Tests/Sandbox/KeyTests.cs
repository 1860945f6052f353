// Actions that leave private keys: they fail before anything of theirs is stored.

using System.Security.Cryptography;
using System.Text;
using Imagecraft.Engine.Actions;
using Imagecraft.Engine.Content;
using Imagecraft.Engine.Execution;
using Imagecraft.Engine.Tests.Execution;
using static Imagecraft.Engine.Tests.Sandbox.SandboxFixture;

namespace Imagecraft.Engine.Tests.Sandbox;

public sealed class KeyTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private readonly string _pem = MakeKey();

    [Fact]
    public async Task A_key_in_an_output_fails_the_action_with_its_place_inside()
    {
        var node = Shell("leaves", $"mkdir -p /out/tree/etc; cat > /out/tree/etc/key.pem <<'EOF'\n{_pem}\nEOF\necho > /out/text") with
        {
            Outputs = [new OutputSpec("text", "/out/text", OutputKind.File), new OutputSpec("tree", "/out/tree", OutputKind.Tree)],
        };
        AssertRefused(await sandbox.BuildAsync(node), "`leaves` leaves private keys in [`/out/tree/etc/key.pem`], which would lie in the cache for all to read");
    }

    [Fact]
    public async Task A_key_in_a_folder_that_is_kept_fails_the_action()
    {
        var node = Shell("keeps", "");
        node = node with { Work = new ActionWork.Process { Arguments = ["/bin/bash", "-euc", $"mkdir certs; cat > certs/signing_key.pem <<'EOF'\n{_pem}\nEOF\necho > /out/text"], Follows = ["/in/config"] } };
        AssertRefused(await sandbox.BuildAsync(node), "`keeps` leaves private keys in [`/build/certs/signing_key.pem`]");
    }

    [Fact]
    public async Task A_key_that_the_action_throws_away_hurts_nobody() =>
        Assert.Equal("done", await sandbox.TextOfAsync(Shell("forgets", $"cat > key.pem <<'EOF'\n{_pem}\nEOF\necho done > /out/text")));

    private void AssertRefused(BuildResult result, string message)
    {
        var failure = Assert.Single(result.Failures).Failure;
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, result.ExitCode);
        var stored = Digest.Of(Encoding.UTF8.GetBytes(_pem + "\n"));
        Assert.False(File.Exists(Path.Combine(sandbox.Bench.Cache, "objects", stored.Hash[..2], stored.Hash)));
    }

    private static string MakeKey()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }
}
