using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace ReproGate.Gates.Packages.Names;

/// <summary>
/// Skeletons of Unicode Technical Standard 39: what is left of a text when every character becomes the one it looks like and invisible
/// ones vanish. Two texts with the same skeleton look the same. The table holds what <c>\w</c> admits in NuGet ids and is closed
/// under decomposition, so neither normalisation nor ICU is needed.
/// </summary>
internal static class Skeleton
{
    private static readonly Lazy<FrozenDictionary<char, string>> Table = new(Read);

    public static string Of(string text)
    {
        FrozenDictionary<char, string> table = Table.Value;
        var skeleton = new StringBuilder(text.Length + 8);
        foreach (char unit in text)
        {
            if (table.TryGetValue(unit, out string? prototype))
            {
                skeleton.Append(prototype);
            }
            else
            {
                skeleton.Append(unit);
            }
        }

        return skeleton.ToString();
    }

    /// <summary>
    /// The skeletons under which an id is looked for: as it is written, and in lower case, since ids that differ in letter case are one
    /// id, and rn looks like m but not like M.
    /// </summary>
    public static (string Written, string Lower) KeysOf(string id) => (Of(id).ToLowerInvariant(), Of(id.ToLowerInvariant()).ToLowerInvariant());

    /// <summary>Whether two ids look the same, in the letter case they are written in or in lower case.</summary>
    public static bool AreSame(string left, string right)
    {
        (string written, string lower) = KeysOf(left);
        (string otherWritten, string otherLower) = KeysOf(right);
        return written == otherWritten || lower == otherLower;
    }

    private static FrozenDictionary<char, string> Read()
    {
        var table = new Dictionary<char, string>();
        foreach (string line in NameData.Lines("confusables.txt"))
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            string prototype = string.Concat(Units(line[..tab]));
            foreach (char source in Units(line[(tab + 1)..]))
            {
                table[source] = prototype;
            }
        }

        return table.ToFrozenDictionary();
    }

    private static IEnumerable<char> Units(string hex) =>
        hex.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static unit => (char)ushort.Parse(unit, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
