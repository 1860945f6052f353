// Finds the recipe that has what build files ask for. Pure.

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Imagecraft.Metadata.Model;

namespace Imagecraft.Cli.Authoring;

/// <summary>Names of libraries, as pkg-config, CMake and linkers know them, and those of recipes.</summary>
public static partial class RecipeNames
{
    // Where neither name is made of the other.
    private static readonly ImmutableSortedDictionary<string, string> Otherwise = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["z"] = "zlib", ["liblzma"] = "xz", ["lzma"] = "xz", ["libssl"] = "openssl", ["libcrypto"] = "openssl", ["ssl"] = "openssl", ["crypto"] = "openssl", ["onig"] = "oniguruma",
        ["bz2"] = "bzip2", ["libudev"] = "systemd", ["libsystemd"] = "systemd", ["dbus-1"] = "dbus", ["ncursesw"] = "ncurses", ["tinfo"] = "ncurses", ["curses"] = "ncurses", ["uuid"] = "util-linux", ["blkid"] = "util-linux", ["mount"] = "util-linux",
        ["absl"] = "abseil", ["png"] = "libpng", ["jpeg"] = "libjpeg-turbo", ["webp"] = "libwebp", ["event"] = "libevent", ["ev"] = "libev", ["nl-3.0"] = "libnl", ["libnl-genl-3.0"] = "libnl", ["libpcre2-8"] = "pcre2", ["gio-2.0"] = "glib", ["gobject-2.0"] = "glib", ["gmodule-2.0"] = "glib", ["usb"] = "libusb", ["cap"] = "libcap", ["libssh2"] = "libssh2", ["crypt"] = "libcrypt",
    }.ToImmutableSortedDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The recipe; null: none seems to have it.</summary>
    public static string? Find(Workspace workspace, string need)
    {
        var provided = workspace.Recipes.Values.SelectMany(recipe => recipe.Provides.Select(name => (Name: name.Value, Recipe: recipe.Name.Value)).Append((Name: recipe.Name.Value, Recipe: recipe.Name.Value))).ToLookup(pair => pair.Name.ToLowerInvariant(), pair => pair.Recipe);
        var name = need.ToLowerInvariant();
        var bare = Version().Replace(name, "");
        string[] candidates = [name, Otherwise.GetValueOrDefault(name, ""), bare, Otherwise.GetValueOrDefault(bare, ""), $"lib{bare}", bare.StartsWith("lib", StringComparison.Ordinal) ? bare[3..] : ""];
        return candidates.Where(candidate => candidate.Length > 0).Select(candidate => provided[candidate].FirstOrDefault()).OfType<string>().FirstOrDefault();
    }

    [GeneratedRegex(@"-?\d+(\.\d+)*$")]
    private static partial Regex Version();
}
