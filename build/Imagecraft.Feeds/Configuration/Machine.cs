// What the configuration readers may see of the machine. Unaware of what is sought.

namespace Imagecraft.Feeds.Configuration;

/// <summary>Environment, home folder and system root; replaced in tests.</summary>
/// <param name="Variable">Reads an environment variable; null when unset.</param>
/// <param name="Home">The user's home folder.</param>
/// <param name="Root">Folder that holds <c>etc/</c>, as a rule <c>/</c>.</param>
/// <param name="Folder">Workspace folder; its own `.npmrc` and `NuGet.Config` count.</param>
public sealed record Machine(Func<string, string?> Variable, string Home, string Root, string Folder)
{
    /// <summary>The machine this process runs on.</summary>
    public static Machine This(string folder) => new(
        name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "/", folder);

    /// <summary>The user's configuration file.</summary>
    public string UserFile => Path.Combine(Variable("XDG_CONFIG_HOME") ?? Path.Combine(Home, ".config"), "imagecraft", "config.yaml");

    /// <summary>A value by environment variable, then by key of the user's configuration file (`key: value` lines).</summary>
    /// <exception cref="FeedException">The file has a line of another form.</exception>
    public string? Setting(string variable, string key)
    {
        if (Variable(variable) is { } value) return value;
        if (!File.Exists(UserFile)) return null;
        var number = 0;
        foreach (var line in File.ReadLines(UserFile))
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#') continue;
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0) throw new FeedException($"{UserFile}:{number}: `{text}` is not of the form `key: value`", userError: true);
            if (text[..colon].TrimEnd() == key) return text[(colon + 1)..].Trim().Trim('"', '\'');
        }
        return null;
    }
}
