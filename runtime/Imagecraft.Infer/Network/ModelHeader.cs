// Reads versions from the head of a model file without loading it. Unaware of graphs.
// Source: onnx.proto, message ModelProto; field numbers as published there.

using System.Text;

namespace Imagecraft.Infer.Network;

/// <summary>What ONNX Runtime's API does not tell: IR version, producer and operator sets.</summary>
/// <param name="IrVersion">Version of the format.</param>
/// <param name="Producer">Who wrote the file.</param>
/// <param name="Opsets">Versions of operator sets by domain.</param>
/// <param name="LeftOut">Optimizers of ONNX Runtime that would do this network harm: the build's entry <c>imagecraft.left-out</c> in its metadata, with semicolons between.</param>
sealed record ModelHeader(long IrVersion, string Producer, IReadOnlyList<(string Domain, long Version)> Opsets, IReadOnlyList<string> LeftOut)
{
    const int IrVersionField = 1, ProducerField = 2, OpsetField = 8, MetadataField = 14, FirstField = 1, SecondField = 2;
    const string LeftOutKey = "imagecraft.left-out";

    /// <summary>Walks the top-level fields of a model that ONNX Runtime has accepted, in either of its formats.</summary>
    public static ModelHeader Parse(ReadOnlySpan<byte> model)
    {
        if (OrtHeader.IsOrt(model))
            return OrtHeader.Parse(model);
        long version = 0;
        var producer = "";
        var opsets = new List<(string, long)>();
        string[] leftOut = [];
        var fields = new Fields(model);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case IrVersionField: version = (long)fields.Value; break;
                case ProducerField: producer = Encoding.UTF8.GetString(fields.Content); break;
                case OpsetField: opsets.Add(ParseOpset(fields.Content)); break;
                case MetadataField when ParseEntry(fields.Content) is (LeftOutKey, var names): leftOut = names.Split(';', StringSplitOptions.RemoveEmptyEntries); break;
            }
        }
        return new(version, producer, opsets, leftOut);
    }

    /// <summary>A value of the model's metadata; null when it has none of that name.</summary>
    public static string? Entry(ReadOnlySpan<byte> model, string key)
    {
        var fields = new Fields(model);
        while (fields.Next())
            if (fields.Number == MetadataField && ParseEntry(fields.Content) is var (name, value) && name == key)
                return value;
        return null;
    }

    /// <summary>The standard operators' domain may be written as nothing.</summary>
    public static string DomainName(string domain) => domain.Length == 0 ? "ai.onnx" : domain;

    static (string, long) ParseOpset(ReadOnlySpan<byte> message)
    {
        var (domain, version) = ("", 0L);
        var fields = new Fields(message);
        while (fields.Next())
        {
            if (fields.Number == FirstField)
                domain = Encoding.UTF8.GetString(fields.Content);
            else if (fields.Number == SecondField)
                version = (long)fields.Value;
        }
        return (DomainName(domain), version);
    }

    static (string Key, string Value) ParseEntry(ReadOnlySpan<byte> message)
    {
        var (key, value) = ("", "");
        var fields = new Fields(message);
        while (fields.Next())
        {
            if (fields.Number == FirstField)
                key = Encoding.UTF8.GetString(fields.Content);
            else if (fields.Number == SecondField)
                value = Encoding.UTF8.GetString(fields.Content);
        }
        return (key, value);
    }

    /// <summary>The fields of one protobuf message; ends quietly where the bytes make no sense.</summary>
    ref struct Fields(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> rest = message;

        public int Number { get; private set; }

        public ulong Value { get; private set; }

        public ReadOnlySpan<byte> Content { get; private set; }

        public bool Next()
        {
            if (rest.IsEmpty || !Varint(out var tag))
                return false;
            Number = (int)(tag >> 3);
            Value = 0;
            Content = default;
            var size = 0UL;
            switch (tag & 7)
            {
                case 0:
                    if (!Varint(out var value))
                        return false;
                    Value = value;
                    return true;
                case 1: size = 8; break;
                case 2 when Varint(out size): break;
                case 5: size = 4; break;
                default: return false;
            }
            if (size > (ulong)rest.Length)
                return false;
            Content = rest[..(int)size];
            rest = rest[(int)size..];
            return true;
        }

        bool Varint(out ulong value)
        {
            value = 0;
            for (var i = 0; i < 10 && i < rest.Length; i++)
            {
                value |= (ulong)(rest[i] & 0x7F) << (7 * i);
                if (rest[i] >= 0x80)
                    continue;
                rest = rest[(i + 1)..];
                return true;
            }
            return false;
        }
    }
}
