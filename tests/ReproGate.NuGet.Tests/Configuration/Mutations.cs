using CsCheck;

namespace ReproGate.NuGet.Tests.Configuration;

/// <summary>Texts near a valid one: cut, doubled, characters replaced, pieces of other files inserted.</summary>
internal static class Mutations
{
    private static readonly string[] Pieces = ["<", ">", "\"", "&", "&amp;", "<![CDATA[", "<!--", "-->", "<clear />", "<add />", "<add key=\"\" value=\"\" />", "key=\"x\"", "xmlns=\"u\"", "\0", "\uD800", "\u00e9", "%", "%A%", "://", "@", "\n", "<!DOCTYPE a>", "<?x?>", "{", "}", "[", "]", ",", ":", "null", "1e999", "//", "/*", "\\u", "\\ud800"];

    public static Gen<string> Of(string seed)
    {
        Gen<(int At, int Length, int Kind, int Piece)> edit = Gen.Select(Gen.Int[0, seed.Length], Gen.Int[0, 40], Gen.Int[0, 3], Gen.Int[0, Pieces.Length - 1]);
        return edit.Array[1, 4].Select(edits =>
        {
            string text = seed;
            foreach ((int position, int length, int kind, int piece) in edits)
            {
                int at = Math.Min(position, text.Length);
                int end = Math.Min(at + length, text.Length);
                text = kind switch
                {
                    0 => text[..at] + Pieces[piece] + text[at..],
                    1 => text[..at] + text[end..],
                    2 => text[..end] + text[at..],
                    _ => text[..at] + Pieces[piece] + text[end..],
                };
            }

            return text;
        });
    }
}
