// What the words of compilers and build tools mean for a recipe, and the remedy. Unaware of where they were found.

using System.Text.RegularExpressions;

namespace Imagecraft.Cli.Rendering;

/// <summary>Remedies for errors that everybody meets.</summary>
public static partial class KnownErrors
{
    /// <summary>What to do about an error; null when nothing is known of it.</summary>
    /// <param name="lines">The first error's lines, or the log's last ones.</param>
    public static string? RemedyOf(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (Header().Match(line) is { Success: true } header)
                return $"No dependency has the header `{header.Groups["name"].Value}`: name the recipe that installs it in `depends`, whose files lie in the sysroot; for a program that runs while building, a tool root with its `-dev` package in `tools`";
            if (Library().Match(line) is { Success: true } library)
                return $"No dependency has the library `{library.Groups["name"].Value}`: name the recipe that installs it in `depends`";
            if (Package().Match(line) is { Success: true } package)
                return $"pkg-config and CMake look into the sysroot alone, where nothing tells of `{package.Groups["name"].Value}`: name the recipe that installs it in `depends`";
            if (Program().Match(line) is { Success: true } program)
                return $"No tool root of the recipe has the program `{program.Groups["name"].Value}`: name one in `tools`, or `recipe:NAME` for one that a recipe builds";
            if (line.Contains("Exec format error", StringComparison.Ordinal))
                return "A program that was compiled for the board was started on the build host: compile it by `gcc`, take it from a recipe by `tools: [ \"recipe:NAME\" ]`, or tell the build that it cross-compiles";
            if (Modern().IsMatch(line))
                return "Since GCC 14 this is an error, for the program may go wrong: correct it by a patch, or let it be a warning again by `environment: { CFLAGS: \"$CFLAGS -fpermissive\" }`";
            if (Position().IsMatch(line))
                return "Programs lie anywhere, and this part was compiled for one place: compile it with `-fPIE` (libraries: `-fPIC`), or say `hardening: { without: [ pie ], because: ... }`";
        }

        return null;
    }

    [GeneratedRegex("fatal error: '?(?<name>[^ ':]+)'?( file not found|: No such file or directory)")]
    private static partial Regex Header();

    [GeneratedRegex("cannot find -l(?<name>[^ :]+)|unable to find library -l(?<name>[^ :]+)")]
    private static partial Regex Library();

    [GeneratedRegex("""Package '?(?<name>[^ ',]+)'?,? (required by '[^']*', not found|was not found in the pkg-config)|No package '(?<name>[^']+)' found|Dependency "(?<name>[^"]+)" not found|Could NOT find (?<name>[^ ,]+)|package configuration file provided by "(?<name>[^"]+)" """)]
    private static partial Regex Package();

    [GeneratedRegex("(^|[: ])(?<name>[A-Za-z0-9_.+-]+): (command )?not found$|Program '(?<name>[^' ]+)[^']*' not found")]
    private static partial Regex Program();

    [GeneratedRegex(@"error: .*\[-W(implicit-function-declaration|implicit-int|int-conversion|incompatible-pointer-types|return-mismatch|declaration-missing-parameter-type)\]")]
    private static partial Regex Modern();

    [GeneratedRegex("can not be used when making a (PIE|shared) object; recompile with")]
    private static partial Regex Position();
}
