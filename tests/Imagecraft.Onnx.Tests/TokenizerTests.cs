// Texts as networks take them, against published examples.

using System.Text;
using Google.Protobuf;
using Imagecraft.Onnx.Data;

namespace Imagecraft.Onnx.Tests;

public class TokenizerTests
{
    // The example of BERT's own tokenization_test.py.
    [Fact]
    public void Word_pieces_are_those_of_BERTs_own_example()
    {
        var vocabulary = "[UNK]\n[CLS]\n[SEP]\nwant\n##want\n##ed\nwa\nun\nrunn\n##ing\n,\n[PAD]\n[MASK]\n";
        var plain = new TextTokenizer(new() { Kind = TokenizerKind.WordPiece, Special = false }, Encoding.UTF8.GetBytes(vocabulary), null, "net");
        Assert.Equal([7, 4, 5, 10, 8, 9], plain.Tokens("UNwant\u00E9d,running"));
        var framed = new float[10];
        new TextTokenizer(new() { Kind = TokenizerKind.WordPiece }, Encoding.UTF8.GetBytes(vocabulary), null, "net").Fill(framed, "UNwant\u00E9d,running");
        Assert.Equal([1, 7, 4, 5, 10, 8, 9, 2, 11, 11], framed);
        new TextTokenizer(new() { Kind = TokenizerKind.WordPiece }, Encoding.UTF8.GetBytes(vocabulary), null, "net").Fill(framed.AsSpan(0, 4), "UNwant\u00E9d,running");
        Assert.Equal([1, 7, 4, 2], framed[..4]);
    }

    // The merges that Sennrich, Haddow and Birch 2016 learn from low, lower, newest, widest: `lowest` becomes low and est.
    [Fact]
    public void Byte_pairs_are_merged_in_the_order_of_their_list()
    {
        string[] tokens = ["<|endoftext|>", "l", "o", "w", "e", "r", "n", "s", "t", "i", "d", "es", "est", "lo", "low", "\u0120", "\u0120low"];
        var vocabulary = "{" + string.Join(",", tokens.Select((token, i) => $"\"{token}\":{i}")) + "}";
        var tokenizer = new TextTokenizer(new() { Kind = TokenizerKind.Bpe }, Encoding.UTF8.GetBytes(vocabulary), Encoding.UTF8.GetBytes("#version: 0.2\ne s\nes t\nl o\nlo w\n\u0120 low\n"), "net");
        Assert.Equal([14, 12, 16, 4, 5], tokenizer.Tokens("lowest lower"));
    }

    // The most probable of all ways to cut (T. Kudo, 2018): the sum of logarithms decides, not the longest piece.
    [Fact]
    public void Pieces_of_a_unigram_model_are_the_most_probable_ones()
    {
        var model = Pieces(("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("\u2581", -2, 1), ("\u2581he", -3, 1), ("llo", -3, 1), ("\u2581hell", -4, 1), ("o", -4, 1), ("\u2581hello", -9, 1), ("h", -5, 1), ("e", -5, 1), ("l", -5, 1));
        var tokenizer = new TextTokenizer(new() { Kind = TokenizerKind.SentencePiece, Special = false }, model, null, "net");
        Assert.Equal([4, 5], tokenizer.Tokens("hello"));
    }

    [Theory]
    [InlineData(TokenizerKind.SentencePiece, "sentence-piece")]
    [InlineData(TokenizerKind.Bpe, "bpe")]
    public void A_vocabulary_of_another_kind_is_told(TokenizerKind kind, string word) =>
        Assert.Contains($"The vocabulary of the tokenizer of `net` is not one of `kind: {word}`", Assert.Throws<OnnxException>(() => new TextTokenizer(new() { Kind = kind }, "no vocabulary"u8.ToArray(), "x"u8.ToArray(), "net")).Message, StringComparison.Ordinal);

    /// <summary>A model of SentencePiece: pieces (field 1: text, score, kind) and the trainer's kind (field 2, 3: unigram).</summary>
    static byte[] Pieces(params (string Text, float Score, int Kind)[] pieces)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            foreach (var (text, score, kind) in pieces)
                Message(output, 1, part =>
                {
                    part.WriteTag(1, WireFormat.WireType.LengthDelimited);
                    part.WriteString(text);
                    part.WriteTag(2, WireFormat.WireType.Fixed32);
                    part.WriteFloat(score);
                    part.WriteTag(3, WireFormat.WireType.Varint);
                    part.WriteInt32(kind);
                });
            Message(output, 2, part =>
            {
                part.WriteTag(3, WireFormat.WireType.Varint);
                part.WriteInt32(1);
            });
            Message(output, 3, part =>
            {
                part.WriteTag(1, WireFormat.WireType.LengthDelimited);
                part.WriteString("identity");
            });
        }
        return stream.ToArray();
    }

    static void Message(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var part = new CodedOutputStream(stream, leaveOpen: true))
            write(part);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(stream.ToArray()));
    }
}
