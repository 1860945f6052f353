// Finds lines of a log by which tools tell that a result depends on more than its inputs. Unaware of actions.

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Imagecraft.Engine.Execution.Reproducibility;

static partial class LogLint
{
    const int Most = 3;

    /// <summary>The first of such lines, each once.</summary>
    public static ImmutableArray<string> Find(string log) =>
        File.Exists(log) ? [.. File.ReadLines(log).Where(line => line.Length < 1000 && Words().IsMatch(line)).Select(line => line.Trim()).Distinct().Take(Most)] : [];

    // GCC's and Clang's -Wdate-time, make's on files from the future, ar's on its deterministic mode.
    [GeneratedRegex(@"might prevent reproducible builds|\[-W(error=)?date-time\]|\[-Wbuiltin-macro-redefined\]|[Cc]lock skew detected|has modification time .* in the future|`u' modifier ignored since `D' is the default")]
    private static partial Regex Words();
}
