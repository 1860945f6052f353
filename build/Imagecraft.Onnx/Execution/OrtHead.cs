// Puts the head of an `.ort` file into one order. Unaware of networks.
// Source: ort.fbs of ONNX Runtime (tables InferenceSession, KernelTypeStrResolver and what lies in it) and the binary format of FlatBuffers.

using System.Collections.Immutable;

namespace Imagecraft.Onnx.Execution;

/// <summary>
/// ONNX Runtime writes the constraints of kernels' types out of hash tables whose order differs from run to run; all else is written in the order of the graph, behind them. The constraints are
/// read, sorted and written anew in front of the rest, which stays as it is: within a FlatBuffer, places are relative.
/// </summary>
static class OrtHead
{
    const int SessionVersion = 0, SessionModel = 1, SessionResolver = 3;

    /// <summary>The file ends at a multiple of it, so that whatever was aligned to its end still is aligned.</summary>
    const int Alignment = 64;

    sealed record Argument(byte Kind, int Index);

    sealed record Constraint(string Name, ImmutableArray<Argument> Arguments);

    sealed record OperatorConstraints(string Name, ImmutableArray<Constraint> Constraints);

    /// <summary>The same file in order; one without constraints is in order already.</summary>
    public static byte[] Sort(byte[] file)
    {
        var session = FlatTable.Follow(file, 0);
        if (!session.Has(SessionResolver))
            return file;
        var model = session.Child(SessionModel);
        var rest = Math.Min(model.Start, model.Offsets);
        var operators = session.Child(SessionResolver).Items(0).Select(entry => new OperatorConstraints(
            entry.Text(0),
            [.. entry.Items(1).Select(constraint => new Constraint(constraint.Text(0), [.. constraint.Items(1).Select(argument => new Argument(argument.Byte(0), argument.Int(1)))])).OrderBy(constraint => constraint.Name, StringComparer.Ordinal)]));
        return Write([.. operators.OrderBy(entry => entry.Name, StringComparer.Ordinal)], session.Text(SessionVersion), file.AsSpan(rest), model.Start - rest);
    }

    static byte[] Write(ImmutableArray<OperatorConstraints> operators, string version, ReadOnlySpan<byte> rest, int model)
    {
        var head = new FlatWriter();
        // Each table's list of field offsets: size of the list, size of the table, then a place a field.
        var root = head.Offsets(16, 4, 8, 0, 12);
        var single = head.Offsets(8, 4);
        var pair = head.Offsets(12, 4, 8);
        var argument = head.Offsets(12, 8, 4);
        head.Point(0, head.Table(root));
        var (versionAt, modelAt, resolverAt) = (head.Hole(), head.Hole(), head.Hole());
        head.Text(versionAt, version);
        head.Point(resolverAt, head.Table(single));
        head.Vector(head.Hole(), operators, (at, entry) =>
        {
            head.Point(at, head.Table(pair));
            var (name, constraints) = (head.Hole(), head.Hole());
            head.Text(name, entry.Name);
            head.Vector(constraints, entry.Constraints, (place, constraint) =>
            {
                head.Point(place, head.Table(pair));
                var (type, arguments) = (head.Hole(), head.Hole());
                head.Text(type, constraint.Name);
                head.Vector(arguments, constraint.Arguments, (where, one) =>
                {
                    head.Point(where, head.Table(argument));
                    head.Int(one.Index);
                    head.Int(one.Kind);
                });
            });
        });
        head.Pad(Alignment, rest.Length);
        head.Point(modelAt, head.Length + model);
        return [.. head.ToArray(), .. rest];
    }
}
