// That planning and built-in functions speak of the same requests.

using System.Reflection;
using System.Text.Json;
using Imagecraft.Requests;
using Imagecraft.Requests.Packages;

namespace Imagecraft.BuiltIns.Tests;

public class RequestTests
{
    private static readonly JsonSerializerOptions Everything = new() { WriteIndented = true };

    public static TheoryData<Type> Requests => [.. typeof(IRequest).Assembly.GetTypes().Where(t => t.IsClass && typeof(IRequest).IsAssignableFrom(t)).OrderBy(t => t.FullName, StringComparer.Ordinal)];

    [Fact]
    public void Every_built_in_function_has_a_request_of_its_name_in_the_folder_of_its_name() => Assert.Equal(
        BuiltInFunctions.All.Select(f => $"{f.GetType().FullName!.Replace("Imagecraft.BuiltIns.", "Imagecraft.Requests.", StringComparison.Ordinal)}Request").Order(StringComparer.Ordinal),
        Requests.Select(r => r.Data.FullName!));

    [Fact]
    public void Every_built_in_function_is_asked_for_by_its_own_request() => Assert.All(BuiltInFunctions.All, function =>
    {
        var request = function.GetType().BaseType!.GenericTypeArguments.Single();
        Assert.Equal($"{function.GetType().Name}Request", request.Name);
        Assert.Equal(NameOf(request), function.Name);
        Assert.Equal(function.GetType().Name.ToLowerInvariant(), function.Name.Replace("-", "", StringComparison.Ordinal));
    });

    [Fact]
    public void No_function_needs_the_planner_whose_code_would_then_decide_its_key() =>
        Assert.DoesNotContain("Imagecraft.Planning", typeof(BuiltInFunctions).Assembly.GetReferencedAssemblies().Select(a => a.Name));

    [Theory]
    [MemberData(nameof(Requests))]
    public void Every_request_reads_back_as_it_was_written_with_all_its_fields(Type type)
    {
        var sample = RequestSample.Of(type);
        var text = (string)Generic(nameof(RequestJson.Write), type, sample);
        var read = Generic(nameof(RequestJson.Read), type, text);
        Assert.Equal(JsonSerializer.Serialize(sample, type, Everything), JsonSerializer.Serialize(read, type, Everything));
        Assert.Equal(text, Generic(nameof(RequestJson.Write), type, read));
        var fields = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => JsonNamingPolicy.KebabCaseLower.ConvertName(p.Name));
        Assert.Equal(fields.Order(StringComparer.Ordinal), JsonDocument.Parse(text).RootElement.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void Every_request_reads_back_as_it_was_written_when_all_that_may_be_absent_is(Type type)
    {
        var sample = RequestSample.Of(type, full: false);
        var read = Generic(nameof(RequestJson.Read), type, Generic(nameof(RequestJson.Write), type, sample));
        Assert.Equal(JsonSerializer.Serialize(sample, type, Everything), JsonSerializer.Serialize(read, type, Everything));
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void What_is_written_for_a_reader_is_what_the_reader_would_write(Type type) =>
        Assert.Equal(JsonSerializer.Serialize(RequestSample.Of(type), RequestReader.Default.GetTypeInfo(type)!), Generic(nameof(RequestJson.Write), type, RequestSample.Of(type)));

    [Theory]
    [MemberData(nameof(Requests))]
    public void Outputs_of_a_request_are_named_once_each(Type type)
    {
        var outputs = ((IRequest)RequestSample.Of(type)).Outputs();
        Assert.NotEmpty(outputs);
        Assert.All(outputs, o => Assert.Equal(o.Name, o.Path));
        Assert.All(outputs.GroupBy(o => o), same => Assert.True(same.Count() == 1 || type == typeof(SplitPackagesRequest), $"`{same.Key.Name}` is there twice"));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("null")]
    [InlineData("{ \"package\": [] }")]
    [InlineData("{ \"packages\": 1 }")]
    public void A_request_that_cannot_be_read_is_told_as_a_bug_with_the_function_s_name(string text)
    {
        var problem = Assert.Throws<InvalidOperationException>(() => RequestJson.Read<SplitPackagesRequest>(text));
        Assert.StartsWith("The request of the built-in function `split-packages` cannot be read: ", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith("the plan was made by another version of `SplitPackagesRequest` than the function's, which is a bug of Imagecraft's", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_without_a_request_or_an_input_names_what_is_missing()
    {
        using var context = new TestContext();
        Assert.StartsWith("The plan gives no input `/request.json`", (await Assert.ThrowsAsync<InvalidOperationException>(() => context.RunAsync(new Packages.SplitPackages()))).Message, StringComparison.Ordinal);
        context.Asking(new SplitPackagesRequest([]));
        Assert.Equal("The plan gives no input `/install`, only [/request.json]", (await Assert.ThrowsAsync<InvalidOperationException>(() => context.RunAsync(new Packages.SplitPackages()))).Message);
    }

    private static string NameOf(Type request) => (string)request.GetProperty(nameof(IRequest.FunctionName), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    private static object Generic(string method, Type type, object argument) => typeof(RequestJson).GetMethod(method)!.MakeGenericMethod(type).Invoke(null, [argument])!;
}
