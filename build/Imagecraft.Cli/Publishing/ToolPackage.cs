// Imagecraft as a package of a .NET tool. Unaware of what the core layer holds.
// Sources: the Open Packaging Conventions as NuGet uses them; "DotnetToolSettings.xml" of the .NET SDK.

using System.IO.Compression;
using System.Text;
using Imagecraft.Metadata;

namespace Imagecraft.Cli.Publishing;

/// <summary>A file that <c>dotnet tool install</c> takes. The same files give the same package.</summary>
public static class ToolPackage
{
    private const string Id = "imagecraft", Folder = "tools/net10.0/any";

    private static readonly DateTimeOffset _time = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>E.g. <c>imagecraft.0.1.0.nupkg</c>.</summary>
    public static string Name => $"{Id}.{Version}.nupkg";

    private static string Version => ImagecraftVersion.Current.Split('+')[0];

    /// <summary>Writes it.</summary>
    /// <param name="output">Gets it.</param>
    /// <param name="program">The orchestrator's files, by their names beside it.</param>
    /// <param name="core">The core layer, below its folder.</param>
    public static void Write(Stream output, IEnumerable<ArchiveFile> program, IEnumerable<ArchiveFile> core)
    {
        var layer = new MemoryStream();
        ToolArchive.Write(layer, PublishedTool.CoreFolder, core);
        using var package = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        Add(package, "[Content_Types].xml", """
            <?xml version="1.0" encoding="utf-8"?>
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" /><Default Extension="nuspec" ContentType="application/octet" /><Default Extension="dll" ContentType="application/octet" /><Default Extension="json" ContentType="application/octet" /><Default Extension="xml" ContentType="application/octet" /><Default Extension="so" ContentType="application/octet" /><Default Extension="gz" ContentType="application/octet" /></Types>
            """);
        Add(package, "_rels/.rels", $"""
            <?xml version="1.0" encoding="utf-8"?>
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/{Id}.nuspec" Id="R1" /></Relationships>
            """);
        Add(package, $"{Id}.nuspec", $"""
            <?xml version="1.0" encoding="utf-8"?>
            <package xmlns="http://schemas.microsoft.com/packaging/2012/06/nuspec.xsd">
              <metadata>
                <id>{Id}</id>
                <version>{Version}</version>
                <authors>Imagecraft</authors>
                <description>Builds bootable Linux images for on-device machine learning, on Linux.</description>
                <packageTypes><packageType name="DotnetTool" /></packageTypes>
              </metadata>
            </package>
            """);
        Add(package, $"{Folder}/DotnetToolSettings.xml", """
            <?xml version="1.0" encoding="utf-8"?>
            <DotNetCliTool Version="1"><Commands><Command Name="imagecraft" EntryPoint="imagecraft.dll" Runner="dotnet" /></Commands></DotNetCliTool>
            """);
        foreach (var file in program.OfType<ArchiveFile.OfDisk>().OrderBy(file => file.Name, StringComparer.Ordinal))
            Add(package, $"{Folder}/{file.Name}", File.ReadAllBytes(file.Path));
        Add(package, $"{Folder}/{PackedCore.NameOf(layer.ToArray())}", layer.ToArray());
    }

    private static void Add(ZipArchive package, string name, string text) => Add(package, name, Encoding.UTF8.GetBytes(text));

    private static void Add(ZipArchive package, string name, byte[] content)
    {
        var entry = package.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = _time;
        using var stream = entry.Open();
        stream.Write(content);
    }
}
