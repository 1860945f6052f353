// Matrix products in every form that ONNX allows: near float on integers, or a reason.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Passes;
using Imagecraft.Onnx.Protos;
using Imagecraft.Onnx.Quantization;

namespace Imagecraft.Onnx.Tests.Quantization;

public sealed class ProductTests
{
    const long Rows = 3, Inputs = 32, Outputs = 16;

    /// <summary>A product from `x` to `y`; the bias is `b`.</summary>
    static readonly Dictionary<string, Action<TestNetwork>> Forms = new()
    {
        ["no bias"] = net => Gemm(net),
        ["bias of the channels"] = net => Gemm(net, Outputs),
        ["bias of one row"] = net => Gemm(net, 1, Outputs),
        ["bias of one number"] = net => Gemm(net, []),
        ["bias of one number in a vector"] = net => Gemm(net, 1),
        ["bias of one number in a matrix"] = net => Gemm(net, 1, 1),
        ["bias of the rows"] = net => Gemm(net, Rows, 1),
        ["bias of rows and channels"] = net => Gemm(net, Rows, Outputs),
        ["bias that is computed"] = net =>
        {
            net.Node("ReduceMean", ["x"], "b").With("axes", (long[])[1]);
            net.Node("Gemm", ["x", net.Weights("w", Inputs, Outputs), "b"], "y").With("beta", 0.5f);
        },
        ["alpha"] = net => Gemm(net, Outputs).With("alpha", 0.5f),
        ["alpha below zero and no bias"] = net => Gemm(net).With("alpha", -2f),
        ["beta"] = net => Gemm(net, Outputs).With("beta", 0.25f),
        ["beta of zero"] = net => Gemm(net, Rows, Outputs).With("beta", 0f),
        ["beta of rows"] = net => Gemm(net, Rows, 1).With("beta", -3f),
        ["all at once"] = net => Gemm(net, 1, Outputs).With("alpha", 0.5f).With("beta", 2f),
        ["turned weights and alpha"] = net => net.Node("Gemm", ["x", net.Weights("w", Outputs, Inputs), net.Weights("b", 1, Outputs)], "y").With("transB", 1L).With("alpha", 0.5f),
        ["MatMul and a row"] = net => Sum(net, "MatMul", 1, Outputs),
        ["MatMul and channels"] = net => Sum(net, "MatMul", Outputs),
        ["MatMul and a number"] = net => Sum(net, "MatMul", 1),
        ["MatMul and rows"] = net => Sum(net, "MatMul", Rows, 1),
    };

    public static TheoryData<string> Names => [.. Forms.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_product_of_any_form_stays_near_float_on_static_integers(string form)
    {
        var model = Network(form);
        var quantized = Quantizing.Quantize(model);
        // What stays a sum has a step of eight bits of its own.
        Assert.InRange(Quantizing.Decibels(model, quantized.Model), quantized.Model.Graph.Node.Any(node => node.OpType == "Add") ? 26 : 34, 70);
        var kinds = Quantizing.RuntimeKinds(quantized.Model);
        Assert.Contains("QGemm", kinds.Select(kind => kind == "QLinearMatMul" ? "QGemm" : kind));
        Assert.DoesNotContain(kinds, kind => kind is "Gemm" or "MatMul");
        Assert.Empty(quantized.FloatNodes);
    }

    [Theory]
    [InlineData(true, "QuantizeLinear", "QGemm")]
    [InlineData(false, "QuantizeLinear", "QGemm", "DequantizeLinear")]
    public void The_last_product_gives_integers_to_who_computes_on_nothing_else(bool takesFloat, params string[] kinds)
    {
        var model = Network("turned weights and alpha");
        var quantized = Quantizing.Quantize(model, new QuantizationOptions { TakesFloat = takesFloat });
        Assert.Equal(kinds, Quantizing.RuntimeKinds(quantized.Model));
        Assert.InRange(Quantizing.Decibels(model, quantized.Model), 34, 70);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_product_of_any_form_stays_near_float_on_integers_at_run_time(string form)
    {
        var model = Network(form);
        var quantized = DynamicQuantizer.Quantize(model, [], perChannel: true, reduceRange: false, "net");
        Assert.InRange(Quantizing.Decibels(model, quantized), 36, 70);
        Assert.Contains(quantized.Graph.Node, node => node.OpType == "DynamicQuantizeMatMul");
        Assert.DoesNotContain(quantized.Graph.Node, node => node.OpType is "Gemm" or "MatMul");
    }

    [Theory]
    [InlineData(QuantizationTarget.OnnxRuntime)]
    [InlineData(QuantizationTarget.Accelerator)]
    public void A_turned_input_is_turned_before_the_product(QuantizationTarget target)
    {
        var net = new TestNetwork(Inputs, Rows);
        Gemm(net, 1, Outputs).With("transA", 1L).With("alpha", 0.5f);
        var model = net.Build("y");
        Assert.InRange(Quantizing.Decibels(model, Quantizing.Quantize(model, new() { Target = target }).Model), 34, 70);
        Assert.InRange(Quantizing.Decibels(model, DynamicQuantizer.Quantize(model, [], perChannel: true, reduceRange: false, "net")), 36, 70);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_way_from_a_fetched_file_gives_the_same(string form)
    {
        using var folder = new TemporaryFolder();
        var model = Network(form);
        OnnxFile.Write(model, folder["source.onnx"]);
        var options = new ModelOptions { Name = "net", Version = "1", License = "MIT", Optimize = OptimizationLevel.Basic };
        ModelBuilder.Prepare(folder["source.onnx"], folder["prepared.onnx"], [], options, folder.Root, TestContext.Current.CancellationToken);
        foreach (var method in new[] { QuantizationMethod.Static, QuantizationMethod.Dynamic })
        {
            var report = ModelBuilder.Quantize(folder["prepared.onnx"], folder["small.onnx"], _ => [new("noise", TestNetwork.Frames(model), [])], null, new(method, new(), 0), options with { Optimize = OptimizationLevel.Extended }, folder.Root, TestContext.Current.CancellationToken);
            Assert.Empty(report.FloatNodes);
            Assert.InRange(Quantizing.Decibels(model, OnnxFile.Read(folder["small.onnx"])), 26, 70);
        }
    }

    [Theory]
    [InlineData("all at once", "y")]
    [InlineData("all at once", "Gemm")]
    [InlineData("MatMul and a row", "a")]
    [InlineData("MatMul and a row", "MatMul")]
    public void What_is_excluded_keeps_its_form(string form, string exclude)
    {
        var model = Network(form, "v");
        var quantized = Quantizing.Quantize(model, new() { Exclude = [exclude] }).Model;
        var kept = model.Graph.Node.First(node => node.OpType is "Gemm" or "MatMul");
        Assert.Contains(quantized.Graph.Node, node => node.OpType == kept.OpType && node.Attribute.Equals(kept.Attribute) && node.Input.Contains("w"));
    }

    [Fact]
    public void A_profile_without_the_joined_product_gets_the_product_and_the_sum()
    {
        var model = Network("MatMul and a row");
        var quantized = Quantizing.Quantize(model, new() { Operators = ["MatMul", "Add"] });
        Assert.Equal(["a", "y"], quantized.Layers.Select(layer => layer.Name));
    }

    [Fact]
    public void A_network_of_refused_products_names_each_with_its_reason()
    {
        var net = new TestNetwork(Rows, Inputs);
        net.Node("Abs", [net.Weights("w", Inputs, Outputs)], "positive");
        net.Node("Gemm", ["x", "positive"], "a");
        net.Node("MatMul", [net.Weights("left", 4, Rows), "x"], "b");
        net.Node("MatMul", ["x", net.Weights("vector", Inputs)], "c");
        net.Node("MatMul", ["x", "positive"], "d");
        var model = net.Build("a", "b", "c", "d");
        var problem = Assert.Throws<OnnxException>(() => Quantizing.Quantize(model));
        Assert.Equal(
            "Nothing of `net` can be quantized: [`a` (Gemm): its weights `positive` are no constant; `b` (MatMul): its constant `left` is on the left, weights are on the right; `c` (MatMul): its weights `vector` are a vector; `d` (MatMul): it multiplies values that are both computed]; choose another `method`, or leave `quantize` out",
            problem.Message);
        var dynamic = Assert.Throws<OnnxException>(() => DynamicQuantizer.Quantize(model, [], perChannel: true, reduceRange: false, "net"));
        Assert.StartsWith("Nothing of `net` can be quantized dynamically: [`a` (Gemm): its weights `positive` are no constant; `b` (MatMul): its constant `left` is on the left, weights are on the right; `c` (MatMul): its weights `vector` are a vector", dynamic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stays_float_beside_integers_is_told_with_its_reason()
    {
        var net = new TestNetwork(1, 4, 8, 8);
        net.Convolve("x", "a", 4, 4);
        net.Node("ReduceMean", ["a"], "bias").With("axes", 0L, 2L, 3L).With("keepdims", 0L);
        net.Node("Conv", ["a", net.Weights("w", 4, 4, 1, 1), "bias"], "b");
        net.Node("ConvTranspose", ["b", net.Weights("v", 4, 2, 2, 2)], "y");
        var quantized = Quantizing.Quantize(net.Build("y"));
        Assert.Equal(
            ["`b` (Conv): its bias `bias` is no constant", "`y` (ConvTranspose): ONNX Runtime has no kernel of integers for it"],
            quantized.FloatNodes.Select(node => node.Text));
    }

    [Fact]
    public void What_the_settings_leave_float_is_told_only_where_a_profile_did()
    {
        var excluded = Quantizing.Quantize(Network("alpha", "v"), new() { Exclude = ["y"] });
        Assert.Empty(excluded.FloatNodes);
        var net = new TestNetwork(1, 4, 8, 8);
        net.Convolve("x", "a", 4, 4);
        net.Node("Flatten", ["a"], "f");
        net.Node("Gemm", ["f", net.Weights("w", 256, 4)], "y");
        var unlisted = Quantizing.Quantize(net.Build("y"), new() { Operators = ["Conv"] });
        Assert.Equal(["`y` (Gemm): the profile takes no Gemm on integers"], unlisted.FloatNodes.Select(node => node.Text));
    }

    [Fact]
    public void A_recurrent_layer_is_left_to_the_dynamic_method_with_a_word()
    {
        var net = new TestNetwork(5, 1, 16);
        net.Node("MatMul", ["x", net.Weights("m", 16, 16)], "a");
        net.Node("LSTM", ["a", net.Weights("w", 1, 32, 16), net.Weights("r", 1, 32, 8)], "y").With("hidden_size", 8L);
        var model = net.Build("y");
        Assert.Equal(["`y` (LSTM): static quantization has no form for it, but `method: dynamic` has"], Quantizing.Quantize(model).FloatNodes.Select(node => node.Text));
    }

    static NodeProto Gemm(TestNetwork net, params long[]? bias) =>
        net.Node("Gemm", bias is null ? ["x", net.Weights("w", Inputs, Outputs)] : ["x", net.Weights("w", Inputs, Outputs), net.Weights("b", bias)], "y");

    static NodeProto Gemm(TestNetwork net) => Gemm(net, null);

    static void Sum(TestNetwork net, string kind, params long[] bias)
    {
        net.Node(kind, ["x", net.Weights("w", Inputs, Outputs)], "a");
        net.Node("Add", ["a", net.Weights("b", bias)], "y");
    }

    /// <summary>The form alone, or with a plain product behind it.</summary>
    static ModelProto Network(string form, string? behind = null)
    {
        var net = new TestNetwork(Rows, Inputs);
        Forms[form](net);
        if (behind is not null)
            net.Node(form.StartsWith("MatMul", StringComparison.Ordinal) ? "Gemm" : "MatMul", ["y", net.Weights(behind + ".w", Outputs, 4)], behind);
        return net.Build(behind ?? "y");
    }
}
