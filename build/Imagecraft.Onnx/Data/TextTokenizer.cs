// From text to numbers of tokens, by Microsoft.ML.Tokenizers. Unaware of files and networks.

using Microsoft.ML.Tokenizers;

namespace Imagecraft.Onnx.Data;

/// <summary>A tokenizer with its vocabulary.</summary>
public sealed class TextTokenizer
{
    readonly Func<string, IReadOnlyList<int>> encode;
    readonly int padding;
    readonly bool hasEnd;

    /// <summary>Reads a vocabulary.</summary>
    /// <param name="options">What is wanted.</param>
    /// <param name="vocabulary">Bytes of the vocabulary, of SentencePiece's model.</param>
    /// <param name="merges">Bytes of the list of merges, of byte-level BPE.</param>
    /// <param name="model">Names the network in messages.</param>
    /// <exception cref="OnnxException">The files are no such vocabulary.</exception>
    public TextTokenizer(TokenizerOptions options, byte[] vocabulary, byte[]? merges, string model)
    {
        Options = options;
        try
        {
            (encode, var own) = options.Kind switch
            {
                TokenizerKind.Bpe => Bpe(vocabulary, merges ?? throw new OnnxException($"The tokenizer of `{model}` needs `merges`, the list of pairs that its vocabulary was made by")),
                TokenizerKind.WordPiece => WordPiece(options, vocabulary),
                _ => SentencePiece(options, vocabulary),
            };
            padding = options.Padding ?? own;
            hasEnd = options is { Kind: TokenizerKind.WordPiece, Special: true };
        }
        catch (Exception problem) when (problem is not (OnnxException or OutOfMemoryException))
        {
            throw new OnnxException($"The vocabulary of the tokenizer of `{model}` is not one of `kind: {Word(options.Kind)}`: {problem.Message}; take the files that were published with the network", problem);
        }
    }

    /// <summary>How it takes texts apart.</summary>
    public TokenizerOptions Options { get; }

    static string Word(TokenizerKind kind) => kind switch { TokenizerKind.Bpe => "bpe", TokenizerKind.WordPiece => "word-piece", _ => "sentence-piece" };

    /// <summary>All tokens of a text.</summary>
    public IReadOnlyList<int> Tokens(string text) => encode(text);

    /// <summary>Writes a text's tokens as numbers, what is too long being cut, but not the token that ends texts; the rest is filled up; how many there are.</summary>
    public int Fill(Span<float> frame, string text)
    {
        var tokens = encode(text);
        frame.Fill(padding);
        for (var i = 0; i < Math.Min(tokens.Count, frame.Length); i++)
            frame[i] = tokens[i];
        if (hasEnd && tokens.Count > frame.Length)
            frame[^1] = tokens[^1];
        return Math.Min(tokens.Count, frame.Length);
    }

    static (Func<string, IReadOnlyList<int>> Encode, int Padding) Bpe(byte[] vocabulary, byte[] merges)
    {
        var tokenizer = CodeGenTokenizer.Create(new MemoryStream(vocabulary), new MemoryStream(merges), addPrefixSpace: false, addBeginOfSentence: false, addEndOfSentence: false);
        return (text => tokenizer.EncodeToIds(text), 0);
    }

    static (Func<string, IReadOnlyList<int>> Encode, int Padding) WordPiece(TokenizerOptions options, byte[] vocabulary)
    {
        var tokenizer = BertTokenizer.Create(new MemoryStream(vocabulary), new BertOptions { LowerCaseBeforeTokenization = options.LowerCase });
        return (text => tokenizer.EncodeToIds(options.LowerCase ? Accents.Remove(text) : text, addSpecialTokens: options.Special), tokenizer.PaddingTokenId);
    }

    static (Func<string, IReadOnlyList<int>> Encode, int Padding) SentencePiece(TokenizerOptions options, byte[] vocabulary)
    {
        var tokenizer = SentencePieceTokenizer.Create(new MemoryStream(vocabulary), addBeginningOfSentence: options.Special, addEndOfSentence: false);
        return (text => tokenizer.EncodeToIds(text), 0);
    }
}
