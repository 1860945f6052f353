// The .NET SDK that compiles programs for the board, as planning knows it. Unaware of where it was found.

using System.Collections.Immutable;

namespace Imagecraft.Planning.Systems;

/// <summary>The parts of an installation that run: one SDK and one runtime, whatever else lies beside them. Each is an input by its content.</summary>
/// <param name="Root">Absolute path of the installation.</param>
/// <param name="Version">The one SDK that is used; a generated <c>global.json</c> forbids others.</param>
/// <param name="Parts">Files and folders relative to the root, e.g. <c>dotnet</c>, <c>sdk/10.0.100</c>; nothing else is seen while building.</param>
public sealed record DotnetSdk(string Root, string Version, ImmutableArray<string> Parts)
{
    /// <summary>Files of the workspace's root, or of a layer from elsewhere, that decide how a project is compiled.</summary>
    public static ImmutableArray<string> SettingFiles { get; } = ["Directory.Build.props", "Directory.Packages.props", ".editorconfig"];

    /// <summary>Absolute path of the program.</summary>
    public string Program => Path.Combine(Root, "dotnet");
}
