// A graph as a list of steps over numbered places. Unaware of what kernels compute.

using Imagecraft.Onnx.Graphs;
using Imagecraft.Onnx.Protos;

namespace Imagecraft.Onnx.Reference;

/// <summary>One node: its kernel, where its values lie, and which of them nobody reads after it.</summary>
sealed record ProgramStep(NodeProto Node, int Opset, Kernel Kernel, int[] Inputs, int[] Outputs, Kept Kept)
{
    /// <summary>Places that are free after this step.</summary>
    public int[] Last { get; set; } = [];
}

/// <summary>A graph, ready to run. A graph within a node captures values of the one around it.</summary>
sealed class GraphProgram
{
    /// <summary>Bytes of inputs of what is computed at once.</summary>
    const long MostFolded = 64 << 20;

    readonly Dictionary<string, int> places = new(StringComparer.Ordinal);
    readonly Dictionary<GraphProto, GraphProgram> inner = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<int, int> captures = [];
    readonly List<Tensor?> constants = [];
    readonly List<ProgramStep> steps = [];
    readonly GraphProgram? outer;
    int rounds;
    long folded;
    readonly int[] inputs;
    readonly int[] outputs;

    /// <summary>Places of inputs, constants and captured values.</summary>
    readonly HashSet<int> borrowed;

    public GraphProgram(GraphProto graph, IReadOnlyDictionary<string, int> opsets, GraphProgram? outer, string file)
    {
        this.outer = outer;
        foreach (var tensor in graph.Initializer)
            constants[Place(tensor.Name)] = Tensor.Of(tensor, $"The constant `{tensor.Name}` of `{file}`");
        // Older files list initializers as inputs too.
        Inputs = [.. graph.Input.Where(input => !graph.Initializer.Any(tensor => tensor.Name == input.Name))];
        inputs = [.. Inputs.Select(input => Place(input.Name))];
        foreach (var node in graph.Node)
            if (Step(node, opsets, file) is var step && !TryFold(step))
                steps.Add(step);
        outputs = [.. graph.Output.Select(output => Find(output.Name, file))];
        borrowed = [.. inputs, .. captures.Values, .. Enumerable.Range(0, constants.Count).Where(IsConstant)];
        MarkLast();
    }

    public IReadOnlyList<ValueInfoProto> Inputs { get; }

    /// <summary>Runs it once; whoever calls gives the outputs back to the pool.</summary>
    /// <param name="given">Its inputs, in order; they stay the caller's.</param>
    /// <param name="frame">The values of the graph around it.</param>
    /// <param name="cancellationToken">Stops between nodes.</param>
    public Tensor[] Run(IReadOnlyList<Tensor> given, Tensor?[]? frame, CancellationToken cancellationToken)
    {
        if (given.Count != inputs.Length)
            throw new OnnxException($"A graph with {inputs.Length} inputs is given {given.Count}");
        if (outer is null)
            rounds = 0;
        var values = new Tensor?[constants.Count];
        constants.CopyTo(values);
        foreach (var (around, here) in captures)
            values[here] = frame![around];
        for (var i = 0; i < inputs.Length; i++)
            values[inputs[i]] = given[i];
        var live = 0L;
        foreach (var step in steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Compute(step, values, cancellationToken);
            live += Own(step.Outputs, values);
            if (live > Budget.MostLiveBytes)
                throw new OnnxException($"When the node {step.Node.Display()} is computed, {live >> 20} MiB of values are needed at one time, more than the {Budget.MostLiveBytes >> 20} that may be; give the network's inputs smaller `shapes`");
            live -= Own(step.Last, values);
            foreach (var place in step.Last)
            {
                MemoryPool.Give(values[place]!.Memory);
                values[place] = null;
            }
        }
        var results = new Tensor[outputs.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            results[i] = values[outputs[i]]!;
            // What is somebody else's, or goes out twice, gets a user more.
            if (borrowed.Contains(outputs[i]) || outputs.AsSpan(0, i).Contains(outputs[i]))
                results[i] = results[i].Reshaped(results[i].Shape);
        }
        return results;
    }

    /// <summary>Bytes that nobody else has.</summary>
    static long Own(int[] places, Tensor?[] values)
    {
        var bytes = 0L;
        foreach (var place in places)
            if (place >= 0 && values[place] is { Memory: { Users: 1 } memory })
                bytes += memory.Bytes.Length;
        return bytes;
    }

    Tensor[] RunInner(ProgramStep step, GraphProto graph, IReadOnlyList<Tensor> given, Tensor?[] values, CancellationToken cancellationToken)
    {
        var root = this;
        while (root.outer is { } around)
            root = around;
        return ++root.rounds <= Budget.MostRounds
            ? inner[graph].Run(given, values, cancellationToken)
            : throw new OnnxException($"The node {step.Node.Display()} cannot be computed: its graphs were run {Budget.MostRounds} times; limit the steps of the network's loops");
    }

    void Compute(ProgramStep step, Tensor?[] values, CancellationToken cancellationToken)
    {
        var arguments = Array.ConvertAll(step.Inputs, place => place < 0 ? null : values[place]);
        var call = new Call(step.Node, step.Opset, arguments, step.Kept, (graph, given) => RunInner(step, graph, given, values, cancellationToken));
        Tensor[] results;
        try
        {
            results = step.Kernel(call);
        }
        catch (OnnxException problem) when (!problem.Message.Contains(step.Node.Display(), StringComparison.Ordinal) && !step.Node.Subgraphs().Any())
        {
            throw call.Bad(char.ToLowerInvariant(problem.Message[0]) + problem.Message[1..]);
        }
        catch (Exception problem) when (problem is IndexOutOfRangeException or ArgumentException or OverflowException or DivideByZeroException or NullReferenceException or KeyNotFoundException)
        {
            var shapes = arguments.Select(argument => argument is null ? "-" : $"{Tensor.Name(argument.Type)} [{string.Join(", ", argument.Shape)}]");
            throw new OnnxException($"The node {step.Node.Display()} cannot be computed on {string.Join(", ", shapes)}: {problem.Message}", problem);
        }
        for (var i = 0; i < step.Outputs.Length; i++)
            if (step.Outputs[i] >= 0)
                values[step.Outputs[i]] = i < results.Length ? results[i] : throw call.Bad($"its output {i} has no reference arithmetic");
    }

    ProgramStep Step(NodeProto node, IReadOnlyDictionary<string, int> opsets, string file)
    {
        var kernel = Kernels.KernelTable.Find(node) ?? throw new OnnxException($"The node {node.Display()} of `{file}` has no reference arithmetic{(node.Domain.Length > 0 ? $" (domain `{node.Domain}`)" : "")}; leave it out, or replace it by standard operators");
        var read = Array.ConvertAll(node.Input.ToArray(), name => name.Length == 0 ? -1 : Find(name, file));
        foreach (var graph in node.Subgraphs())
            inner.Add(graph, new(graph, opsets, this, file));
        var written = Array.ConvertAll(node.Output.ToArray(), name => name.Length == 0 ? -1 : Place(name));
        return new(node, opsets.GetValueOrDefault(node.Domain == "ai.onnx" ? "" : node.Domain, 1), kernel, read, written, new(Array.ConvertAll(read, IsConstant)));
    }

    /// <summary>Computes at once what depends on constants alone, such as quantized weights; what would be large waits until it is needed.</summary>
    bool TryFold(ProgramStep step)
    {
        if (step.Inputs.Length == 0 || !Array.TrueForAll(step.Inputs, place => place < 0 || IsConstant(place)) || step.Node.Subgraphs().Any() || step.Inputs.Sum(place => place < 0 ? 0L : constants[place]!.Memory.Bytes.Length) > MostFolded)
            return false;
        var values = constants.ToArray();
        Compute(step, values, default);
        var made = Own(step.Outputs, values);
        // Constants that a few numbers blow up come and go with each run.
        if (folded + made > Budget.MostFoldedBytes)
        {
            foreach (var place in step.Outputs.Where(place => place >= 0))
                MemoryPool.Give(values[place]!.Memory);
            return false;
        }
        folded += made;
        foreach (var place in step.Outputs.Where(place => place >= 0))
            constants[place] = values[place];
        return true;
    }

    bool IsConstant(int place) => place >= 0 && constants[place] is not null;

    int Place(string name)
    {
        if (!places.TryGetValue(name, out var place))
        {
            places.Add(name, place = constants.Count);
            constants.Add(null);
        }
        return place;
    }

    int Find(string name, string file)
    {
        if (places.TryGetValue(name, out var place))
            return place;
        if (outer is null)
            throw new OnnxException($"`{file}` reads the value `{name}`, which nothing makes before");
        var around = outer.Find(name, file);
        place = Place(name);
        if (outer.constants[around] is { } constant)
            constants[place] = constant;
        else
            captures.Add(around, place);
        return place;
    }

    // What a graph within a node captures is read by that node. Outputs, inputs, constants and captured values are kept.
    void MarkLast()
    {
        var kept = new HashSet<int>(borrowed.Concat(outputs));
        for (var at = steps.Count - 1; at >= 0; at--)
        {
            var captured = steps[at].Node.Subgraphs().SelectMany(graph => inner[graph].captures.Keys);
            var last = steps[at].Inputs.Concat(steps[at].Outputs).Concat(captured).Where(place => place >= 0 && kept.Add(place));
            steps[at].Last = [.. last];
        }
    }
}
