// Writes workspaces with many recipes, for measurements and tests of size. Unaware of who measures.

using System.Globalization;
using System.Text;

namespace Imagecraft.Metadata.Tests;

/// <summary>Generated recipes that look like real ones: sources, patches, dependencies, packages, services, checks.</summary>
public static class RecipeGenerator
{
    /// <summary>Writes <paramref name="count"/> recipes (and the files they name) below <paramref name="root"/>: nine of ten in the core layer, the rest in <c>layers/generated</c>, with an append each for the recipe before.</summary>
    public static void Write(string root, int count)
    {
        WriteFile(root, "layers/generated/layer.yaml", "layer: generated\npriority: 5\n");
        for (var index = 0; index < count; index++)
        {
            var inLayer = index % 10 == 9;
            var folder = $"{(inLayer ? "layers/generated/" : "")}recipes/{Name(index)}";
            WriteFile(root, $"{folder}/{Name(index)}.yaml", Recipe(index));
            WriteFile(root, $"{folder}/0001-fix.patch", "");
            if (inLayer)
                WriteFile(root, $"{folder}/{Name(index - 1)}.append.yaml", $"append: {Name(index - 1)}\nversion: {index}.1\nbuild: {{ configure: [ --with-extras ] }}\n");
        }
    }

    /// <summary>The text of one recipe; it depends on up to three with smaller numbers.</summary>
    public static string Recipe(int index)
    {
        var text = new StringBuilder();
        var name = Name(index);
        text.Append(CultureInfo.InvariantCulture, $"""
            recipe: {name}
            version: {index}.0
            license: GPL-2.0-only
            summary: Generated component number {index} of a large workspace
            homepage: https://example.org/{name}
            sources:
              - url: https://example.org/releases/{name}-{index}.0.tar.xz
                mirrors: [ "debian:{name}/{name}_{index}.0.orig.tar.xz" ]
                sha256: {index:x64}
            patches: [ 0001-fix.patch ]
            depends: [ {string.Join(", ", new[] { index / 2, index / 3, index - 1 }.Where(other => other >= 0 && other < index).Distinct().Select(Name))} ]
            build:
              system: autotools
              configure: [ --disable-static, --disable-nls, "--with-number={index}" ]
              make: [ "V=0" ]
              environment: {"{"} CFLAGS: -O2 {"}"}
            packages:
              - name: {name}
                files: [ "/usr/bin/*", "/usr/lib/**", "/etc/**" ]
                except: [ "/usr/share/**", "/usr/include/**" ]
                attributes: [ {"{"} path: /usr/bin/{name}, mode: "0755", owner: root, group: root {"}"} ]
              - name: {name}-dev
                files: [ "/usr/include/**" ]
                requires: [ {name} ]
            services:
              - {"{"} name: {name}, run: "/usr/bin/{name} -n", kind: respawn {"}"}
            checks:
              - {"{"} name: version, run: "{name} --version", contains: [ "{index}.0" ], timeout: 10 {"}"}

            """);
        return text.ToString();
    }

    static string Name(int index) => $"component-{index}";

    static void WriteFile(string root, string path, string text)
    {
        var full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
