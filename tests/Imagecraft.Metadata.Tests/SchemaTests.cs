// The JSON Schemas say what the readers do, because both come from one description.

using System.Text.Json;
using Imagecraft.Metadata.Diagnostics;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Tests;

public class SchemaTests
{
    static readonly Dictionary<string, string> Schemas = SchemaWriter.Write().ToDictionary(file => file.FileName.Split('.')[0], file => file.Json);

    public static TheoryData<string> Kinds => [.. KindNames.All];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_schema_in_the_repository_is_what_the_readers_describe(string kind)
    {
        var file = Path.Combine(Repository.Root, "docs", "schemas", $"{kind}.schema.json");
        if (Environment.GetEnvironmentVariable("IMAGECRAFT_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, Schemas[kind]);
        }
        Assert.True(File.Exists(file), $"{file} does not exist; run with IMAGECRAFT_ACCEPT=1 to write it");
        Assert.Equal(File.ReadAllText(file), Schemas[kind]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_key_of_a_schema_is_known_to_the_reader_and_no_other_is(string kind)
    {
        using var schema = JsonDocument.Parse(Schemas[kind]);
        using var recipe = JsonDocument.Parse(Schemas["recipe"]);
        var keys = Whole(schema, recipe).GetProperty("properties").EnumerateObject().Select(property => property.Name).ToArray();

        Assert.Contains(kind, keys);
        Assert.DoesNotContain(Unknown(kind, keys), message => keys.Any(key => message.Contains($"`{key}`", StringComparison.Ordinal)));
        Assert.Single(Unknown(kind, [.. keys, "no-such-key"]));
    }

    [Fact]
    public void The_keys_of_every_build_system_are_in_the_schema_of_recipes_and_of_appends()
    {
        using var recipe = JsonDocument.Parse(Schemas["recipe"]);
        using var append = JsonDocument.Parse(Schemas["append"]);
        var systems = Whole(recipe, recipe).GetProperty("properties").GetProperty("build").GetProperty("anyOf")[0].GetProperty("oneOf").EnumerateArray()
            .ToDictionary(choice => choice.GetProperty("properties").GetProperty("system").GetProperty("const").GetString()!, choice => choice.GetProperty("properties").EnumerateObject().Select(key => key.Name).ToArray());
        var all = Whole(append, recipe).GetProperty("properties").GetProperty("build").GetProperty("anyOf")[0].GetProperty("properties").EnumerateObject().Select(key => key.Name).ToHashSet();

        Assert.Equal(["autotools", "cargo", "cmake", "dotnet-aot", "go", "kconfig", "kernel", "kernel-module", "kernel-tool", "make", "meson", "node", "prebuilt", "python", "script"], systems.Keys);
        Assert.All(systems.Values, keys => Assert.Subset(all, keys.ToHashSet()));
        foreach (var (system, keys) in systems)
        {
            var build = string.Join('\n', keys.Where(key => key != "system").Select(key => $"  {key}: {{ }}"));
            var text = $"recipe: a\nversion: 1\nlicense: MIT\nbuild:\n  system: {system}\n{build}\n";
            Assert.DoesNotContain(new TestWorkspace().Add("recipes/a.yaml", text).Read().Diagnostics, problem => problem.Code == Codes.UnknownKey);
        }
    }

    [Fact]
    public void Every_YAML_file_of_the_repository_fits_its_schema()
    {
        string[] folders = ["boards", "images", "layers", "models", "recipes"];
        var files = folders.Select(folder => Path.Combine(Repository.Root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories)).ToArray();

        Assert.NotEmpty(files);
        Assert.Empty(files.SelectMany(file => Problems(Path.GetRelativePath(Repository.Root, file), File.ReadAllText(file))));
    }

    [Theory]
    [InlineData("recipe: a\nversion: 1\nlicense: MIT\nbuild: { system: make }", 0)]
    [InlineData("recipe: a\nversion: 1\nbuild: { system: make }", 1)]
    [InlineData("recipe: a\nversion: 1\nlicense: MIT\nbuild: { system: make, options: [ x ] }", 1)]
    [InlineData("recipe: a\nversion: [ 1 ]\nlicense: MIT\nverison: 2\nbuild: { system: make }", 2)]
    [InlineData("image: i\nsize: 512 MiB\nusers: [ { name: ml, id: 1 } ]", 0)]
    [InlineData("image: i\nsize: 512 MB\nusers: [ { name: ml } ]", 2)]
    [InlineData("append: a\nbuild: { fragments: [ x ] }", 0)]
    [InlineData("append: a\nrecipe: b", 1)]
    [InlineData("append: { board: b }\npartitions: [ { name: root, size: 2 GiB } ]\nremove: { packages: [ x ] }", 0)]
    [InlineData("append: { board: b }\nremove: x", 1)]
    [InlineData("board: b\nextends: other\npartitions: [ { name: root, size: 2 GiB } ]", 0)]
    [InlineData("board: b\npartitions: [ { name: root, size: 2 GiB } ]", 6)]
    [InlineData("recipe: a\nversion: { value: 1, when: { architecture: arm64 }, otherwise: 2 }\nlicense: MIT\nbuild: { system: make, make: [ x, { value: y, when: { option: \"!fast\" } } ] }\npackages: [ { name: a, files: [ /a ], when: { host: false } } ]", 0)]
    [InlineData("recipe: a\nversion: 1\nlicense: MIT\nbuild: { system: make, make: [ { value: y, when: { arch: x } } ] }", 1)]
    public void Schemas_refuse_what_readers_refuse(string text, int problems) => Assert.Equal(problems, Problems("a.yaml", text).Count);

    /// <summary>The schema of a document that extends no other; of appends the one of those to recipes.</summary>
    static JsonElement Whole(JsonDocument schema, JsonDocument recipe) => schema.RootElement switch
    {
        var root when root.TryGetProperty("anyOf", out _) => recipe.RootElement.GetProperty("$defs").GetProperty("changes"),
        var root when root.TryGetProperty("$defs", out var definitions) => definitions.GetProperty("whole"),
        var root => root,
    };

    static IReadOnlyList<string> Problems(string path, string text)
    {
        var root = YamlText.Parse(path, text).Root!;
        return SchemaCheck.Problems(Schemas[root.Entries[0].Key.Text], root, file => Schemas[file.Split('.')[0]]);
    }

    /// <summary>Messages about unknown keys for a document with these keys, each with a value of no meaning.</summary>
    static string[] Unknown(string kind, string[] keys)
    {
        var text = $"{kind}: a\n" + string.Concat(keys.Where(key => key != kind).Select(key => $"{key}: {{ }}\n"));
        var workspace = kind switch
        {
            KindNames.Layer => new TestWorkspace().Add("layer.yaml", text),
            KindNames.Append => new TestWorkspace().Recipe("a").Add("recipes/a.append.yaml", text),
            _ => new TestWorkspace().Add("recipes/x.yaml", text),
        };
        return [.. workspace.Read().Diagnostics.Where(problem => problem.Code == Codes.UnknownKey).Select(problem => problem.Message)];
    }
}
