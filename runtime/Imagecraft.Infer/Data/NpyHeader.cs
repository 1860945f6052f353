// Reads the Python dictionary at the head of a .npy file. Unaware of the data behind it.

namespace Imagecraft.Infer.Data;

/// <summary>What the header says.</summary>
readonly ref struct NpyHeader
{
    public ElementType Type { get; private init; }

    public long[] Shape { get; private init; }

    /// <summary>Reads text such as <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (2, 3), }</c>.</summary>
    public static NpyHeader Parse(string text, string path)
    {
        var scan = new Scanner(text, path);
        string? descr = null;
        bool? fortran = null;
        long[]? shape = null;
        scan.Expect('{');
        while (!scan.Take('}'))
        {
            var key = scan.Quoted();
            scan.Expect(':');
            switch (key)
            {
                case "descr": descr = scan.Quoted(); break;
                case "fortran_order": fortran = scan.Word() == "True"; break;
                case "shape": shape = scan.Tuple(); break;
                default: throw Npy.Bad(path, $"its header has the unknown key `{key}`");
            }
            if (!scan.Take(','))
            {
                scan.Expect('}');
                break;
            }
        }
        scan.End();
        if (descr is null || fortran is null || shape is null)
            throw Npy.Bad(path, "its header lacks one of [descr, fortran_order, shape]");
        if (fortran == true && shape.Length > 1)
            throw Npy.Bad(path, "it is in Fortran order, save it in C order");
        var type = ElementTypes.FromNumpy(descr) ?? throw Npy.Bad(path, $"its type `{descr}` is none of the little-endian types {ElementTypes.All}");
        return new() { Type = type, Shape = shape };
    }

    ref struct Scanner(string text, string path)
    {
        readonly ReadOnlySpan<char> text = text;
        readonly string path = path;
        int at;

        public bool Take(char wanted)
        {
            Skip();
            if (at >= text.Length || text[at] != wanted)
                return false;
            at++;
            return true;
        }

        public void Expect(char wanted)
        {
            if (!Take(wanted))
                throw Broken($"expected `{wanted}`");
        }

        public string Quoted()
        {
            var quote = Take('\'') ? '\'' : Take('"') ? '"' : throw Broken("expected a quoted word");
            var length = text[at..].IndexOf(quote);
            if (length < 0)
                throw Broken("a quote is not closed");
            var word = text.Slice(at, length).ToString();
            at += length + 1;
            return word;
        }

        public string Word()
        {
            Skip();
            var start = at;
            while (at < text.Length && char.IsAsciiLetterOrDigit(text[at]))
                at++;
            var word = text[start..at].ToString();
            return word is "True" or "False" ? word : throw Broken("expected `True` or `False`");
        }

        public long[] Tuple()
        {
            var numbers = new List<long>();
            Expect('(');
            while (!Take(')'))
            {
                Skip();
                var start = at;
                while (at < text.Length && char.IsAsciiDigit(text[at]))
                    at++;
                if (!long.TryParse(text[start..at], out var number))
                    throw Broken("expected a dimension");
                numbers.Add(number);
                if (numbers.Count > 32)
                    throw Broken("more than 32 dimensions");
                if (!Take(','))
                {
                    Expect(')');
                    break;
                }
            }
            return [.. numbers];
        }

        public void End()
        {
            Skip();
            if (at != text.Length)
                throw Broken("there is more behind the dictionary");
        }

        void Skip()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
        }

        readonly InferException Broken(string reason) => Npy.Bad(path, $"its header is malformed at character {at}, {reason}");
    }
}
