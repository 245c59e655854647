using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>Compares texts: JSON by property, XML by element, anything else by line.</summary>
internal static partial class TextComparison
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly string[] XmlExtensions = [".xml", ".nuspec", ".config", ".props", ".targets", ".csproj", ".fsproj", ".vbproj", ".resx", ".psmdcp", ".xaml", ".svg", ".manifest", ".rels"];

    /// <summary>Decodes UTF-8, or UTF-16 with a byte order mark; fails where the bytes are no text.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out string? text)
    {
        text = null;
        try
        {
            if (bytes.Length >= 2 && (bytes[0], bytes[1]) is (0xFF, 0xFE))
            {
                text = Encoding.Unicode.GetString(bytes[2..]);
            }
            else if (!bytes.Contains((byte)0))
            {
                text = Strict.GetString(bytes);
            }
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        return text is not null;
    }

    /// <summary>Compares two texts.</summary>
    public static Verdict Compare(Differ differ, string where, string name, string left, string right)
    {
        string extension = Path.GetExtension(name).ToLowerInvariant();
        try
        {
            if (name.EndsWith("_rels/.rels", StringComparison.OrdinalIgnoreCase) && PackageRelations().Replace(left, "") == PackageRelations().Replace(right, ""))
            {
                differ.Add(where, PartKinds.PackageId, PackageRelations().Match(left).Value, PackageRelations().Match(right).Value);
                return Verdict.Metadata;
            }

            if (extension is ".json" or ".webmanifest" or ".map" || left.AsSpan().TrimStart().StartsWith('{') && right.AsSpan().TrimStart().StartsWith('{'))
            {
                if (JsonComparison.Compare(differ, where, left, right))
                {
                    return LastModified().Replace(left, "") == LastModified().Replace(right, "") ? Verdict.Metadata : Verdict.Different;
                }
            }
            else if (Array.IndexOf(XmlExtensions, extension) >= 0 && XmlComparison.Compare(differ, where, left, right))
            {
                return Verdict.Different;
            }
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or System.Xml.XmlException or InvalidOperationException)
        {
            // Named like JSON or XML and none: the lines are compared.
        }

        if (left.ReplaceLineEndings("\n") == right.ReplaceLineEndings("\n"))
        {
            differ.Add(where, PartKinds.LineEnds, LineEnds(left), LineEnds(right));
            return Verdict.Different;
        }

        LineComparison.Compare(differ, where, PartKinds.Text, left.Split('\n'), right.Split('\n'));
        return Verdict.Different;
    }

    private static string LineEnds(string text) => text.Contains("\r\n", StringComparison.Ordinal) ? "carriage return and line feed" : text.Contains('\n', StringComparison.Ordinal) ? "line feed" : "none or others";

    // The part NuGet names by chance, and the identifiers that go with it.
    [GeneratedRegex(@"Target=""/package/services/metadata/core-properties/[0-9a-fA-F]+\.psmdcp""|Id=""R[0-9A-F]+""")]
    private static partial Regex PackageRelations();

    [GeneratedRegex(@"""Name"":\s*""Last-Modified"",\s*""Value"":\s*""[^""]*""")]
    private static partial Regex LastModified();
}
