// From text to numbers of tokens, as it is wanted. Unaware of vocabularies.

namespace Imagecraft.Onnx.Data;

/// <summary>How words are taken apart.</summary>
public enum TokenizerKind
{
    /// <summary>Pairs of bytes that were merged most often (byte-level BPE, as of GPT-2): a vocabulary in JSON and a list of merges.</summary>
    Bpe,

    /// <summary>The longest beginnings that the vocabulary has (as of BERT): a vocabulary with a token a line.</summary>
    WordPiece,

    /// <summary>A model of SentencePiece, whose file says all.</summary>
    SentencePiece,
}

/// <summary>Text to as many numbers as the input takes, the rest filled up.</summary>
public sealed record TokenizerOptions
{
    /// <summary>How words are taken apart.</summary>
    public required TokenizerKind Kind { get; init; }

    /// <summary>Of <see cref="TokenizerKind.WordPiece"/>: letters become small first, and lose their accents.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>Whether the tokens that begin and end a text are added, where the kind has such.</summary>
    public bool Special { get; init; } = true;

    /// <summary>What stands behind a text that is shorter than the input; null: the vocabulary's own, else 0.</summary>
    public int? Padding { get; init; }
}
