using Imagecraft.Feeds.Fetching;

namespace Imagecraft.Feeds.Tests.Attacks;

/// <summary>Sets variables of this process, so nothing runs beside it.</summary>
[CollectionDefinition(nameof(GitEnvironmentTests), DisableParallelization = true)]
[Collection(nameof(GitEnvironmentTests))]
public sealed class GitEnvironmentTests : IDisposable
{
    private readonly GitWorld world = new();
    private readonly List<string> changed = [];

    public void Dispose()
    {
        foreach (var name in changed) Environment.SetEnvironmentVariable(name, null);
        world.Dispose();
    }

    [Fact]
    public async Task The_callers_repository_and_configuration_have_no_part_in_a_fetch()
    {
        var mine = await world.CommitAsync("mine", ("m", "mine"));
        var wanted = await world.CommitAsync("r", ("a", "1"));
        var pwned = world.Folder["pwned"];
        var home = Directory.CreateDirectory(world.Folder["home"]).FullName;
        File.WriteAllText(Path.Combine(home, ".gitconfig"), $"[core]\n\tsshCommand = touch {pwned}\n\tfsmonitor = touch {pwned}\n[url \"file:///nowhere/\"]\n\tinsteadOf = file:///\n");
        foreach (var hook in (string[])["reference-transaction", "post-checkout", "post-merge"])
        {
            var path = world.Folder.Write($"template/hooks/{hook}", $"#!/bin/sh\ntouch {pwned}\n");
            File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
        }

        var home0 = Environment.GetEnvironmentVariable("HOME");
        try
        {
            Environment.SetEnvironmentVariable("HOME", home);
            foreach (var (name, value) in new Dictionary<string, string>
            {
                ["GIT_DIR"] = world.Folder["mine/.git"],
                ["GIT_WORK_TREE"] = world.Folder["mine"],
                ["GIT_OBJECT_DIRECTORY"] = world.Folder["mine/.git/objects"],
                ["GIT_INDEX_FILE"] = world.Folder["index"],
                ["GIT_CONFIG_COUNT"] = "1",
                ["GIT_CONFIG_KEY_0"] = "core.hooksPath",
                ["GIT_CONFIG_VALUE_0"] = world.Folder["template/hooks"],
                ["GIT_CONFIG_PARAMETERS"] = $"'core.hooksPath={world.Folder["template/hooks"]}'",
                ["GIT_CONFIG"] = Path.Combine(home, ".gitconfig"),
                ["GIT_TEMPLATE_DIR"] = world.Folder["template"],
                ["GIT_EXEC_PATH"] = world.Folder["nowhere"],
                ["GIT_SSH_COMMAND"] = $"touch {pwned}",
                ["GIT_SSH"] = "/bin/false",
                ["GIT_PROXY_COMMAND"] = "/bin/false",
                ["GIT_ASKPASS"] = "/bin/false",
                ["GIT_EXTERNAL_DIFF"] = "/bin/false",
                ["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = world.Folder["mine/.git/objects"],
                ["GIT_NAMESPACE"] = "other",
                ["GIT_TRACE"] = world.Folder["trace"],
                ["GIT_ALLOW_PROTOCOL"] = "ext",
                ["SSH_ASKPASS"] = "/bin/false",
            })
                Set(name, value);

            Assert.Equal(["a=1"], GitWorld.Listing(await world.FetchAsync($"git:{world.AddressOf("r")}#{wanted}")));
        }
        finally
        {
            Environment.SetEnvironmentVariable("HOME", home0);
            foreach (var name in changed) Environment.SetEnvironmentVariable(name, null);
        }

        Assert.False(File.Exists(pwned));
        Assert.False(File.Exists(world.Folder["trace"]));
        Assert.Equal(mine, (await world.GitAsync("mine", "rev-parse", "main")).Trim());
        Assert.Equal(["refs/heads/main"], (await world.GitAsync("mine", "for-each-ref", "--format=%(refname)")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Only_what_is_named_reaches_git()
    {
        Set("GIT_DIR", "/x");
        Set("LD_PRELOAD_TEST", "x");
        Set("https_proxy", "http://127.0.0.1:9");
        var dump = world.Folder["dump"];

        await world.RefusedAsync($"git:https://example.org/x#{new string('1', 40)}", (_, _) => ["/bin/sh", "-c", $"/usr/bin/env >'{dump}'; exit 1"]);

        var names = File.ReadAllLines(dump).Select(l => l.Split('=')[0]).Where(n => n is not ("PWD" or "SHLVL" or "_")).ToList();
        Assert.Superset(new HashSet<string> { "https_proxy", "GIT_ALLOW_PROTOCOL", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_TERMINAL_PROMPT", "HOME" }, names.ToHashSet());
        Assert.DoesNotContain("GIT_DIR", names);
        Assert.DoesNotContain("LD_PRELOAD_TEST", names);
        Assert.Contains("GIT_ALLOW_PROTOCOL=https", File.ReadAllLines(dump));
        Assert.StartsWith(world.Folder.Path, File.ReadAllLines(dump).Single(l => l.StartsWith("HOME=", StringComparison.Ordinal))["HOME=".Length..], StringComparison.Ordinal);
    }

    private void Set(string name, string value)
    {
        changed.Add(name);
        Environment.SetEnvironmentVariable(name, value);
    }
}
