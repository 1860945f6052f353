// What programs read of this one: one document on standard output, whatever else is said.

using System.Text.Json;

namespace Imagecraft.EndToEnd.Tests;

public sealed class JsonTests : IDisposable
{
    private readonly SmallWorkspace _workspace = new();

    [Fact]
    public async Task Plans_and_reasons_are_documents()
    {
        await _workspace.SucceedAsync("hello");
        _workspace.WriteHello("puts(\"changed\"); return 0;");

        var plan = await ReadAsync("plan", "hello", "--board", "small", "--offline", "--locked", "--json");
        var build = plan.EnumerateArray().Single(action => action.GetProperty("action").GetString()!.EndsWith(":build", StringComparison.Ordinal));
        Assert.Equal("maybe", build.GetProperty("verdict").GetString());
        Assert.Equal("/bin/bash", build.GetProperty("work").GetProperty("command")[0].GetString());
        Assert.Contains(build.GetProperty("reads").EnumerateArray(), input => input.GetProperty("path").GetString() == "/src" && input.GetProperty("because").GetString() == "the sources of hello");
        Assert.Contains(build.GetProperty("makes").EnumerateArray(), output => output.GetProperty("name").GetString() == "install");
        var source = plan.EnumerateArray().Single(action => action.GetProperty("action").GetString() == "hello:source");
        Assert.Equal(("run", JsonValueKind.Object), (source.GetProperty("verdict").GetString(), source.GetProperty("work").GetProperty("request").ValueKind));

        var why = (await ReadAsync("why", "hello:source", "--board", "small", "--offline", "--locked", "--json"))[0];
        Assert.Equal(("hello:source", "run"), (why.GetProperty("action").GetString(), why.GetProperty("verdict").GetString()));
        Assert.Contains("recipes/hello/hello.c", why.GetProperty("steps")[0].GetProperty("words").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_and_fields_are_documents_with_places_and_problems_elsewhere_stay_out_of_them()
    {
        _workspace.Write("recipes/odd.yaml", "recipe: odd\nodd: 1\n");
        var recipe = (await ReadAsync("list", "recipes", "--json")).EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == "hello");
        Assert.Equal(("recipe", "recipes/hello/hello.yaml", 1), (recipe.GetProperty("kind").GetString(), recipe.GetProperty("file").GetString(), recipe.GetProperty("line").GetInt32()));
        var shown = await ReadAsync("show", "recipe", "hello", "--json");
        Assert.Contains(shown.GetProperty("fields").EnumerateArray(), field => field.GetProperty("path").GetString() == "license" && field.GetProperty("value").GetString() == "MIT" && field.GetProperty("line").GetInt32() == 3);
    }

    public void Dispose() => _workspace.Dispose();

    private async Task<JsonElement> ReadAsync(params string[] arguments)
    {
        var (code, output, errors) = await _workspace.RunApartAsync(arguments);
        Assert.True(code == 0, output + errors);
        return JsonDocument.Parse(output).RootElement;
    }
}
