using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ReproGate.PackageNames;

/// <summary>
/// The table that Unicode Technical Standard 39 skeletons are made with, cut to what a package id may hold (NuGet:
/// <c>^\w+([.-]\w+)*$</c>, so one UTF-16 unit that <c>\w</c> admits), and closed: canonical decomposition and mapping are applied until
/// nothing changes, so that a skeleton is one look-up a character.
/// </summary>
internal static partial class ConfusablesTable
{
    /// <summary>Writes the table; 0.</summary>
    public static int Write(FileInfo confusables, FileInfo unicodeData, FileInfo derivedProperties, FileInfo output, TextWriter log)
    {
        Dictionary<int, int[]> mapping = Data(confusables).ToDictionary(static fields => Scalar(fields[0]), static fields => Scalars(fields[1]));
        Dictionary<int, int[]> decompositions = Data(unicodeData).Where(static fields => fields[5].Length > 0 && fields[5][0] != '<').ToDictionary(static fields => Scalar(fields[0]), static fields => Scalars(fields[5]));
        HashSet<int> ignorable = [.. Data(derivedProperties).Where(static fields => fields[1] == "Default_Ignorable_Code_Point").SelectMany(static fields => Range(fields[0]))];

        var sources = new SortedDictionary<string, List<int>>(StringComparer.Ordinal);
        for (int character = 0; character < 0x10000; character++)
        {
            // Hangul syllables decompose by arithmetic, into letters that look like nothing else; surrogates are no \w.
            if (character is >= 0xAC00 and < 0xD7A4 or >= 0xD800 and < 0xE000 || !WordCharacter().IsMatch(((char)character).ToString()))
            {
                continue;
            }

            string prototype = string.Concat(Close(character, mapping, decompositions, ignorable).Select(char.ConvertFromUtf32));
            if (prototype != ((char)character).ToString())
            {
                (sources.TryGetValue(prototype, out List<int>? list) ? list : sources[prototype] = []).Add(character);
            }
        }

        using (var writer = new StreamWriter(output.FullName) { NewLine = "\n" })
        {
            string version = File.ReadLines(confusables.FullName).Take(20).First(static line => line.Contains("Version:", StringComparison.Ordinal)).Split(':')[1].Trim();
            writer.Write(Header.ReplaceLineEndings("\n").Replace("{version}", version, StringComparison.Ordinal));
            foreach ((string prototype, List<int> list) in sources)
            {
                writer.WriteLine($"{string.Join(' ', prototype.Select(Hex))}\t{string.Join(' ', list.Select(static source => Hex((char)source)))}");
            }
        }

        log.WriteLine($"{sources.Sum(static pair => pair.Value.Count)} characters of {sources.Count} looks.");
        return 0;
    }

    private static List<int> Close(int character, Dictionary<int, int[]> mapping, Dictionary<int, int[]> decompositions, HashSet<int> ignorable)
    {
        List<int> current = [character];
        for (int round = 0; round < 32; round++)
        {
            List<int> next = [.. current
                .SelectMany(scalar => Decompose(scalar, decompositions))
                .Where(scalar => !ignorable.Contains(scalar))
                .SelectMany(scalar => mapping.TryGetValue(scalar, out int[]? target) ? target : [scalar])
                .SelectMany(scalar => Decompose(scalar, decompositions))];
            if (next.SequenceEqual(current))
            {
                return next;
            }

            current = next;
        }

        throw new InvalidDataException($"The mapping of U+{character:X4} never comes to rest.");
    }

    private static IEnumerable<int> Decompose(int scalar, Dictionary<int, int[]> decompositions) =>
        decompositions.TryGetValue(scalar, out int[]? parts) ? parts.SelectMany(part => Decompose(part, decompositions)) : [scalar];

    private static IEnumerable<string[]> Data(FileInfo file) => File.ReadLines(file.FullName, Encoding.UTF8)
        .Select(static line => line.Split('#')[0].Trim('\uFEFF', ' ', '\t'))
        .Where(static line => line.Length > 0)
        .Select(static line => line.Split(';', StringSplitOptions.TrimEntries));

    private static int Scalar(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static int[] Scalars(string hex) => [.. hex.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Scalar)];

    private static IEnumerable<int> Range(string text)
    {
        string[] ends = text.Split("..");
        int first = Scalar(ends[0]);
        return Enumerable.Range(first, Scalar(ends[^1]) - first + 1);
    }

    private static string Hex(char unit) => ((int)unit).ToString("X4", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\w")]
    private static partial Regex WordCharacter();

    private const string Header =
        """
        # Characters a package id may hold that look like others: prototype<TAB>sources, UTF-16 in hexadecimal; an empty prototype is
        # invisible. Made by eng/ReproGate.PackageNames from confusables.txt of Unicode Technical Standard 39, version {version}, and the
        # Unicode Character Database, see docs/well-known-packages.md. A modified copy of Unicode data files:
        #
        # UNICODE LICENSE V3
        # COPYRIGHT AND PERMISSION NOTICE
        # Copyright © 1991-2025 Unicode, Inc.
        #
        # NOTICE TO USER: Carefully read the following legal agreement. BY DOWNLOADING, INSTALLING, COPYING OR OTHERWISE USING DATA FILES,
        # AND/OR SOFTWARE, YOU UNEQUIVOCALLY ACCEPT, AND AGREE TO BE BOUND BY, ALL OF THE TERMS AND CONDITIONS OF THIS AGREEMENT. IF YOU DO
        # NOT AGREE, DO NOT DOWNLOAD, INSTALL, COPY, DISTRIBUTE OR USE THE DATA FILES OR SOFTWARE.
        #
        # Permission is hereby granted, free of charge, to any person obtaining a copy of data files and any associated documentation (the
        # "Data Files") or software and any associated documentation (the "Software") to deal in the Data Files or Software without
        # restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, and/or sell copies of the
        # Data Files or Software, and to permit persons to whom the Data Files or Software are furnished to do so, provided that either (a)
        # this copyright and permission notice appear with all copies of the Data Files or Software, or (b) this copyright and permission
        # notice appear in associated Documentation.
        #
        # THE DATA FILES AND SOFTWARE ARE PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO
        # THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT OF THIRD PARTY RIGHTS. IN NO EVENT SHALL
        # THE COPYRIGHT HOLDER OR HOLDERS INCLUDED IN THIS NOTICE BE LIABLE FOR ANY CLAIM, OR ANY SPECIAL INDIRECT OR CONSEQUENTIAL DAMAGES,
        # OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER
        # TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THE DATA FILES OR SOFTWARE.
        #
        # Except as contained in this notice, the name of a copyright holder shall not be used in advertising or otherwise to promote the
        # sale, use or other dealings in these Data Files or Software without prior written authorization of the copyright holder.

        """;
}
