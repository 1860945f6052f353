// How long the command line needs for a workspace of 1,000 recipes, from process start to end. Unaware of other costs.

using System.Globalization;
using System.Text;

namespace Imagecraft.Benchmarks;

/// <summary>Generates recipes as people write them, and lists them by a new process each time.</summary>
public static class LoadBenchmark
{
    private const int Recipes = 1000;

    /// <summary>Median of ten cold processes.</summary>
    public static async Task<Row> RunAsync(string checkout)
    {
        // Compiles the orchestrator when need be, so that only loading is timed.
        await Checkout.TimeAsync(Path.Combine(checkout, "build.sh"), ["--version"], checkout);
        var stamp = await File.ReadAllLinesAsync(Path.Combine(checkout, "artifacts", "orchestrator.stamp"));
        var workspace = Directory.CreateTempSubdirectory("imagecraft-load").FullName;
        try
        {
            for (var i = 0; i < Recipes; i++)
                Write(workspace, i);
            var seconds = new List<double>();
            for (var i = 0; i < 10; i++)
                seconds.Add(await Checkout.TimeAsync(stamp[0], ["exec", Path.Combine(checkout, stamp[1], "imagecraft.dll"), "list", "recipe"], workspace, ("IMAGECRAFT_WORKSPACE", workspace)));
            return new Row($"load {Recipes:N0} recipes, process start included", "0.3 s", Row.MedianOf(seconds), Row.Spread(seconds));
        }
        finally
        {
            Directory.Delete(workspace, recursive: true);
        }
    }

    private static void Write(string workspace, int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"recipe-{number:0000}");
        var folder = Directory.CreateDirectory(Path.Combine(workspace, "recipes", name)).FullName;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            recipe: {name}
            version: 1.{number}.0
            license: MIT
            summary: Generated recipe number {number}
            homepage: https://example.org/{name}
            sources:
              - url: https://example.org/{name}-1.{number}.0.tar.xz
                mirrors: [ "https://mirror.example.org/{name}.tar.xz" ]
                sha256: {number:x64}
            patches: [ 0001-fix.patch ]

            """);
        if (number >= 3)
            text.Append(CultureInfo.InvariantCulture, $"depends: [ recipe-{number - 3:0000}, recipe-{number / 2:0000} ]\n");
        text.Append(CultureInfo.InvariantCulture, $$"""
            build:
              system: autotools
              configure: [ "--disable-static", "--enable-shared", "--without-x" ]
              make: [ "V=1" ]
              environment: { CFLAGS: "-O2" }
            packages:
              - name: {{name}}
                files: [ "/usr/bin/**", "/usr/lib/**/*.so.*" ]
                except: [ "/usr/share/man/**" ]
              - name: {{name}}-dev
                files: [ "/usr/include/**", "/usr/lib/**" ]
                requires: [ {{name}} ]
            checks:
              - { name: runs, run: "{{name}} --version", contains: [ "1.{{number}}.0" ] }

            """);
        File.WriteAllText(Path.Combine(folder, $"{name}.yaml"), text.ToString());
        File.WriteAllText(Path.Combine(folder, "0001-fix.patch"), "");
    }
}
