// A form's keys are named where the record takes their values. What goes wrong with that is the programmer's fault, and told at once.

using Imagecraft.Metadata.Forms;
using Imagecraft.Metadata.Model;
using Imagecraft.Metadata.Yaml;

namespace Imagecraft.Metadata.Tests;

public class KeysTests
{
    static readonly Form<(Sited<string> Name, int Count)> Form = new("a thing", keys => (keys.Required("name", ScalarShapes.Name, "what it is"), keys.Optional("count", ScalarShapes.PlainCount, 3, "how many")));

    [Fact]
    public void Naming_a_key_once_gives_its_value_its_schema_and_its_place_in_messages()
    {
        Assert.Equal([("name", "what it is", true), ("count", "how many", false)], Form.Fields.Select(field => (field.Key, field.Meaning, field.Required)));
        Assert.Equal(["name", "count"], Form.Schema()["properties"]!.AsObject().Select(property => property.Key));
        Assert.Equal(("a", 7), Read("{ count: 7, name: a }"));
        Assert.Equal(("a", 3), Read("{ name: a }"));
        Assert.Equal("Unknown key `cuont` in a thing", Problem("{ name: a, cuont: 7 }"));
        Assert.Equal("Required key `name` is missing in a thing", Problem("{ count: 7 }"));
    }

    [Fact]
    public void A_form_cannot_ask_twice_for_a_key() =>
        Assert.Contains("asks twice for `name`", Assert.Throws<InvalidOperationException>(() => new Form<string>("a thing", keys => $"{keys.Required("name", ScalarShapes.Text, "")}{keys.Maybe("name", ScalarShapes.Text, "")}")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_form_that_asks_for_other_keys_than_it_described_is_told()
    {
        var asked = 0;
        var form = new Form<string>("a thing", keys => asked++ == 0 ? $"{keys.Maybe("a", ScalarShapes.Text, "")}" : $"{keys.Maybe("b", ScalarShapes.Text, "")}");
        Assert.Contains("asks for `b` out of the order", Assert.Throws<InvalidOperationException>(() => form.TryRead(Root("{}"), "`thing`", new Reading(_ => true), out _)).Message, StringComparison.Ordinal);
    }

    static (string, int) Read(string text) => Form.TryRead(Root(text), "`thing`", new Reading(_ => true), out var value) ? (value.Name.Value, value.Count) : throw new InvalidOperationException();

    static string Problem(string text)
    {
        var reading = new Reading(_ => true);
        Assert.False(Form.TryRead(Root(text), "`thing`", reading, out _));
        return Assert.Single(reading.Problems).Diagnostic.Message;
    }

    static YamlMap Root(string text) => YamlText.Parse("thing.yaml", text).Root!;
}
