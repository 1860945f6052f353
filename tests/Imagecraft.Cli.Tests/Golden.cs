// Compares text with a file of the sources. Unaware of what the text is about.

using System.Runtime.CompilerServices;

namespace Imagecraft.Cli.Tests;

/// <summary>Golden files: with IMAGECRAFT_ACCEPT=1 in the environment, changed texts are accepted instead of compared.</summary>
internal static class Golden
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    public static void Check(string text, [CallerMemberName] string name = "")
    {
        var file = Path.Combine(Root, "tests", "Imagecraft.Cli.Tests", "Golden", $"{name}.txt");
        if (Environment.GetEnvironmentVariable("IMAGECRAFT_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file), $"{file} does not exist; run with IMAGECRAFT_ACCEPT=1 to write it");
        Assert.Equal(File.ReadAllText(file), text);
    }

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Imagecraft.sln")) ? folder : FindRoot(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) ?? throw new DirectoryNotFoundException("No Imagecraft.sln above the tests"));
}
