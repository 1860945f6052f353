// Functions of a network's own are taken apart.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using static Imagecraft.Onnx.Tests.TestModels;

namespace Imagecraft.Onnx.Tests;

public sealed class FunctionTests
{
    const string Own = "com.example";

    static NodeProto Call(string function, string[] inputs, string output)
    {
        var node = Node(function, inputs, output);
        node.Domain = Own;
        return node;
    }

    static FunctionProto Function(string name, string[] inputs, string[] outputs, params NodeProto[] nodes) =>
        new() { Name = name, Domain = Own, Input = { inputs }, Output = { outputs }, Node = { nodes }, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } } };

    static ModelProto Model(NodeProto[] nodes, params FunctionProto[] functions)
    {
        var model = Chain([2, 3], nodes, Weights("w", 3, 3));
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = Own, Version = 1 });
        model.Functions.AddRange(functions);
        return model;
    }

    [Fact]
    public void Calls_give_what_ONNX_Runtime_says_they_give()
    {
        var leaky = Node("LeakyRelu", ["m"], "r");
        leaky.Attribute.Add(new AttributeProto { Name = "alpha", RefAttrName = "slope", Type = AttributeProto.Types.AttributeType.Float });
        var softmax = Node("Softmax", ["r"], "out");
        softmax.Attribute.Add(new AttributeProto { Name = "axis", RefAttrName = "along", Type = AttributeProto.Types.AttributeType.Int });
        var layer = Function("Layer", ["x", "weights"], ["out"], Node("MatMul", ["x", "weights"], "m"), leaky, softmax);
        layer.AttributeProto.Add(new AttributeProto { Name = "slope", Type = AttributeProto.Types.AttributeType.Float, F = 0.25f });
        layer.AttributeProto.Add(new AttributeProto { Name = "along", Type = AttributeProto.Types.AttributeType.Int, I = -1 });
        var block = Function("Block", ["a", "b"], ["out"], Call("Layer", ["a", "b"], "first"), Call("Layer", ["first", "b"], "m"), Node("Add", ["m", "a"], "out"));
        foreach (var function in new[] { layer, block })
            function.OpsetImport.Add(new OperatorSetIdProto { Domain = Own, Version = 1 });
        // The names within are those of values outside, too.
        var model = Model([Call("Layer", ["x", "w"], "m").With("slope", 0.5f), Call("Block", ["m", "w"], "out"), Node("Neg", ["out"], "y")], layer, block);
        var inlined = new InlineFunctions().Apply(model.Clone(), "net");
        Assert.Empty(inlined.Functions);
        Assert.Equal([], ModelCheck.Problems(inlined, "net"));
        Assert.All(inlined.Graph.Node, node => Assert.Equal("", node.Domain));
        var x = new Dictionary<string, TensorProto> { ["x"] = Weights("x", 2, 3) };
        Assert.Null(Conformance.ConformanceRun.Difference(Conformance.ConformanceRun.Run(inlined, x), Conformance.ConformanceRun.Run(model, x)));
    }

    [Fact]
    public void An_input_that_is_given_back_and_an_output_that_nobody_wants_are_kept_apart()
    {
        var model = Model([Call("Pass", ["x"], "p"), Node("Neg", ["p"], "y")], Function("Pass", ["a"], ["a", "b"], Node("Abs", ["a"], "b")));
        Assert.Equal(["Identity", "Abs", "Neg"], new InlineFunctions().Apply(model, "net").Types());
    }

    [Fact]
    public void A_function_that_calls_itself_is_refused()
    {
        var problem = Assert.Throws<OnnxException>(() => new InlineFunctions().Apply(Model([Call("Again", ["x"], "y")], Function("Again", ["a"], ["b"], Call("Again", ["a"], "b"))), "net"));
        Assert.EndsWith("(Again) of `net` calls functions more than 64 deep, perhaps itself; export the network without functions", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_that_double_and_double_are_refused()
    {
        FunctionProto[] functions = [.. Enumerable.Range(0, 40).Select(i => Function($"F{i}", ["a"], ["c"], i == 0 ? Node("Neg", ["a"], "b") : Call($"F{i - 1}", ["a"], "b"), i == 0 ? Node("Neg", ["b"], "c") : Call($"F{i - 1}", ["b"], "c")))];
        var problem = Assert.Throws<OnnxException>(() => new InlineFunctions().Apply(Model([Call("F39", ["x"], "y")], functions), "net"));
        Assert.Equal("The functions of `net` come to more than 200000 nodes; export the network without functions", problem.Message);
    }

    [Fact]
    public void Functions_that_double_and_come_to_nothing_are_refused_too()
    {
        FunctionProto[] functions = [.. Enumerable.Range(0, 40).Select(i => i == 0 ? Function("F0", ["a"], []) : Function($"F{i}", ["a"], [], Call($"F{i - 1}", ["a"], ""), Call($"F{i - 1}", ["a"], "")))];
        var problem = Assert.Throws<OnnxException>(() => new InlineFunctions().Apply(Model([Call("F39", ["x"], ""), Node("Neg", ["x"], "y")], functions), "net"));
        Assert.Equal("The functions of `net` come to more than 200000 nodes; export the network without functions", problem.Message);
    }

    [Fact]
    public void Two_functions_of_one_name_are_refused()
    {
        var problem = Assert.Throws<OnnxException>(() => new InlineFunctions().Apply(Model([Call("Twice", ["x"], "y")], Function("Twice", ["a"], ["b"], Node("Neg", ["a"], "b")), Function("Twice", ["a"], ["b"], Node("Abs", ["a"], "b"))), "net"));
        Assert.Equal("The function `Twice` of `net` is there twice; export the network again", problem.Message);
    }

    [Fact]
    public void Another_operator_set_than_the_network_s_is_told()
    {
        var function = Function("Old", ["a"], ["b"], Node("Neg", ["a"], "b"));
        function.OpsetImport[0].Version = 12;
        var problem = Assert.Throws<OnnxException>(() => new InlineFunctions().Apply(Model([Call("Old", ["x"], "y")], function), "net"));
        Assert.Equal("The function `Old` of `net` is of operator set 12, but the network of 17; export it with one operator set", problem.Message);
    }

    [Fact]
    public void An_operator_that_nobody_defines_is_named_with_its_domain()
    {
        var problem = Assert.Throws<OnnxException>(() => new RefuseForeign().Apply(Model([Call("Odd", ["x"], "o"), Node("Neg", ["o"], "y")]), "net"));
        Assert.Equal("`net` has operators that neither ONNX nor ONNX Runtime defines: [`o` (Odd) of `com.example`]; export it with standard operators, or with these as functions of the model", problem.Message);
    }
}
